"""State what the device must reach, and compare it with what was measured."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import final

from experiments.bench.results import Row
from experiments.bench.starts import Start


@final
@dataclass(frozen=True, slots=True)
class Goal:
    """State one ratio of times: a peer's, divided by a contender's.

    Parameters
    ----------
    case, contender : str
        Which row and which engine.
    must, wanted : float
        The ratio that is required, and the one that is hoped for.
    peer : str
        Whose time is divided; that of the best peer with one thread if empty.
    """

    case: str
    contender: str
    must: float
    wanted: float
    peer: str = ""


GOALS = (
    Goal("cuba-4k", "numba-strict", 1.2, 2.0),
    Goal("cuba-4k", "numba-fast", 1.6, 2.5),
    Goal("cuba-4k", "numba-fast32", 2.5, 6.0),
    Goal("coba-4k", "numba-fast", 2.5, 6.0),
    Goal("coba-4k", "numba-fast32", 4.0, 10.0),
    Goal("brunel", "numba-fast", 4.0, 12.0),
    Goal("brunel-driven", "numba-fast", 1.5, 7.0),
    Goal("brunel-plastic", "numba-fast", 2.0, 12.0),
    Goal("reservoir-2k", "numba-fast", 4.0, 10.0),
    Goal("delays", "numba-fast", 1.2, 3.0),
    Goal("trials-64", "numba-fast", 1.5, 6.0),
    Goal("trials-64", "numba-fast", 20.0, 80.0, peer="brian2-cython"),
)


@final
@dataclass(frozen=True, slots=True)
class Bytes:
    """State how many bytes a synapse of one pathway may take."""

    case: str
    pathway: str
    must: float
    wanted: float


MEMORY = (
    Bytes("cuba-4k", "excitation", 4, 2),
    Bytes("reservoir-2k", "recurrent", 12, 6),
    Bytes("brunel-plastic", "learning", 24, 10),
)
# Seconds that are required and hoped for.
COLD, WARM, REPEAT = (6.0, 3.0), (0.5, 0.2), (1e-3, 0.5e-3)


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """Hold a goal beside what was measured.

    Parameters
    ----------
    subject, contender, peer : str
        What was asked for, of which engine, beside which other.
    must, wanted : float
        Required, hoped for.
    measured, wall : float
        What decides (a ratio of processor times, processor time, bytes), and the same of wall
        times; NaN where void.
    is_ratio : bool
        Whether more is better.
    """

    subject: str
    contender: str
    peer: str
    must: float
    wanted: float
    measured: float
    wall: float = math.nan
    is_ratio: bool = True

    @property
    def state(self) -> str:
        """Return "goal", "pass", "short", or "void"."""
        if math.isnan(self.measured):
            return "void"
        sign = 1 if self.is_ratio else -1
        if sign * self.measured >= sign * self.wanted:
            return "goal"
        return "pass" if sign * self.measured >= sign * self.must else "short"


def findings(rows: Mapping[str, Row], starts: Sequence[Start]) -> Iterator[Finding]:
    """Yield every goal whose network and engine were measured.

    Parameters
    ----------
    rows : mapping of str to Row
        By the name of the case.
    starts : sequence of Start
        Of which those of the device count.
    """
    for goal in GOALS:
        if goal.case in rows and goal.contender in rows[goal.case].entries:
            yield _ratio(goal, rows[goal.case])
    for bound in MEMORY:
        for name in ("numba-strict", "numba-fast", "numba-fast32"):
            found = _inventory(rows, bound, name)
            if not math.isnan(found):
                subject = f"{bound.case}: bytes a synapse"
                yield Finding(subject, name, "", bound.must, bound.wanted, found, is_ratio=False)
    for start in starts:
        if start.contender.startswith("numba") and start.warm:
            yield from _start(start)


def _ratio(goal: Goal, row: Row) -> Finding:
    cpu, wall = (row.ratio(goal.contender, clock, goal.peer) for clock in ("cpu", "wall"))
    peer = goal.peer or row.best_peer("cpu") or ""
    return Finding(goal.case, goal.contender, peer, goal.must, goal.wanted, cpu, wall)


def _inventory(rows: Mapping[str, Row], bound: Bytes, name: str) -> float:
    entry = rows[bound.case].entries.get(name) if bound.case in rows else None
    if entry is None or entry.inventory is None:
        return math.nan
    return entry.inventory.synapse_bytes.get(bound.pathway, math.nan)


def _start(start: Start) -> Iterator[Finding]:
    """Compare first runs, after Brian2's front end, and later ones."""
    cold, warm = start.cold, start.warm
    times = (
        ("cold start (s)", cold["first cpu"], cold["first"]),
        ("warm start (s)", warm["first cpu"], warm["first"]),
        ("repeated run (s)", warm["repeat cpu"], warm["repeat"]),
    )
    for (what, cpu, wall), (must, wanted) in zip(times, (COLD, WARM, REPEAT), strict=True):
        subject = f"{start.network}: {what}"
        yield Finding(subject, start.contender, "", must, wanted, cpu, wall, is_ratio=False)
