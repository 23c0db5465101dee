"""State which ratios of times the device must reach, and compare what was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import final

from experiments.bench.results import Row


@final
@dataclass(frozen=True, slots=True)
class Goal:
    """State one ratio: best peer with one thread, divided by a contender.

    Parameters
    ----------
    case, contender : str
        Which row and which engine.
    must, wanted : float
        The ratio that is required, and the one that is hoped for.
    """

    case: str
    contender: str
    must: float
    wanted: float


GOALS = (
    Goal("cuba-4k", "numba-strict", 1.2, 2.0),
    Goal("cuba-4k", "numba-fast", 1.6, 2.5),
    Goal("cuba-4k", "numba-fast32", 2.5, 6.0),
    Goal("coba-4k", "numba-fast", 2.5, 6.0),
    Goal("coba-4k", "numba-fast32", 4.0, 10.0),
)


@final
@dataclass(frozen=True, slots=True)
class Finding:
    """Hold a goal beside what was measured.

    Parameters
    ----------
    goal : Goal
        What was asked for.
    peer : str
        The best peer by processor time; empty if none is valid.
    cpu, wall : float
        Ratios of processor time and of wall time; NaN where they are void.
    """

    goal: Goal
    peer: str
    cpu: float
    wall: float

    @property
    def state(self) -> str:
        """Return "goal", "pass", "short", or "void"; processor time decides."""
        if self.cpu != self.cpu:
            return "void"
        if self.cpu >= self.goal.wanted:
            return "goal"
        return "pass" if self.cpu >= self.goal.must else "short"


def findings(rows: Mapping[str, Row]) -> Iterator[Finding]:
    """Yield every goal whose network and engine were measured.

    Parameters
    ----------
    rows : mapping of str to Row
        By the name of the case.
    """
    for goal in GOALS:
        row = rows.get(goal.case)
        if row is not None and goal.contender in row.entries:
            cpu, wall = row.ratio(goal.contender, "cpu"), row.ratio(goal.contender, "wall")
            yield Finding(goal, row.best_peer("cpu") or "", cpu, wall)
