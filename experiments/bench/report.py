"""Show a comparison: tables in the terminal, everything in one JSON file."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol, final

from experiments.bench.goals import findings
from experiments.bench.results import Row
from experiments.bench.starts import Start
from experiments.provenance import git_state, processor
from experiments.report.numbers import finite
from experiments.tables import show_table
from neuro.engines.compiler import find_compiler, version

PACKAGES = ("engramlab", "brian2", "cython", "numpy", "numba", "llvmlite", "nest-simulator")


@final
@dataclass(slots=True)
class Measured:
    """Hold everything that a comparison has measured so far.

    Parameters
    ----------
    host : mapping
        From `machine`.
    rows : dict of str to Row
        By the name of the case.
    limits : dict of str to float
        From `measure_limits`.
    starts : list of Start
        From `measure_starts`.
    """

    host: Mapping[str, Any]
    rows: dict[str, Row] = field(default_factory=dict)
    limits: dict[str, float] = field(default_factory=dict)
    starts: list[Start] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold, but for NaN."""
        return {
            "machine": self.host,
            "limits": self.limits,
            "rows": {name: row.plain() for name, row in self.rows.items()},
            "starts": [asdict(start) for start in self.starts],
            "goals": [
                {**asdict(found), "state": found.state}
                for found in findings(self.rows, self.starts)
            ],
        }


def machine() -> dict[str, Any]:
    """Return what was measured on: processor, versions, load, commit."""
    commit, is_dirty = git_state(Path(__file__).resolve().parents[2])
    return {
        "cpu": processor(),
        "cpu_count": os.cpu_count(),
        "load_1_5_15_min": list(os.getloadavg()) if hasattr(os, "getloadavg") else [],
        "platform": platform.platform(),
        "python": platform.python_version(),
        "compiler": find_compiler(),
        "packages": {name: version(name) for name in PACKAGES},
        "git": {"commit": commit, "dirty": is_dirty},
    }


class Plain(Protocol):
    """Hold what can be written into a JSON file."""

    def plain(self) -> dict[str, Any]:
        """Return what JSON can hold, but for NaN."""
        ...


def write(path: Path, found: Plain) -> None:
    """Write everything into a JSON file; NaN becomes null.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    found : Plain
        What there is so far.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(finite(found.plain()), indent=1, allow_nan=False)
    fresh = path.with_suffix(f"{path.suffix}.part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def number(value: float, form: str = ".3g") -> str:
    """Write a number, and "-" for NaN."""
    return "-" if math.isnan(value) else format(value, form)


def show_row(name: str, row: Row) -> None:
    """Print the times of all engines on one network.

    Parameters
    ----------
    name : str
        Of the case.
    row : Row
        What was measured.
    """
    columns = (
        "engine", "wall s/s", "cpu s/s", "x peer (cpu)", "x peer (wall)", "ns/event", "ns/update",
        "spikes/s", "n", "build s", "peak MB", "B/synapse", "",
    )  # fmt: skip
    title = f"{name}: {row.case.size} cells, {row.case.summary}; seconds per model second"
    show_table(title, columns, [_cells(row, engine) for engine in row.entries])


def _cells(row: Row, name: str) -> tuple[str, ...]:
    entry = row.entries[name]
    found = entry.inventory
    held = {} if found is None else found.synapse_bytes
    return (
        name,
        number(row.seconds(name, "wall")),
        number(row.seconds(name, "cpu")),
        number(row.ratio(name, "cpu"), ".2f"),
        number(row.ratio(name, "wall"), ".2f"),
        number(row.event_ns(name)),
        number(row.update_ns(name)),
        number(row.rate(name), ".2f"),
        str(len(entry.samples)),
        number(entry.build, ".1f"),
        "-" if found is None else f"{found.peak_bytes / 2**20:.0f}",
        "/".join(number(value, ".1f") for value in held.values()) or "-",
        row.verdict(name),
    )


def show_limits(limits: Mapping[str, float]) -> None:
    """Print what the machine allows at most."""
    if limits:
        rows = [(name, number(value)) for name, value in limits.items()]
        show_table("limits: scatter-add in ns an event, stream in GB/s", ("", ""), rows)


def show_starts(starts: Sequence[Start]) -> None:
    """Print the times of all starts."""
    if not starts:
        return
    columns = (
        "network", "engine", "import", "construct", "cold: prepare", "cpu", "first run", "cpu",
        "warm: prepare", "cpu", "first run", "cpu", "repeated run", "",
    )  # fmt: skip
    table = []
    for start in starts:
        names = ("prepare", "prepare cpu", "first", "first cpu")
        cold = [number(start.cold.get(key, math.nan)) for key in names]
        warm = [number(start.warm.get(key, math.nan)) for key in (*names, "repeat")]
        before = [number(start.warm.get(key, math.nan)) for key in ("import", "construct")]
        table.append((start.network, start.contender, *before, *cold, *warm, start.fault))
    show_table("starts: seconds of wall time, of processor time where so said", columns, table)


def show_goals(found: Measured) -> None:
    """Print everything that is asked for beside what was measured."""
    table = [
        (
            goal.subject,
            goal.contender,
            goal.peer,
            f"{goal.must:g}",
            f"{goal.wanted:g}",
            number(goal.measured),
            number(goal.wall),
            goal.state,
        )
        for goal in findings(found.rows, found.starts)
    ]
    if table:
        title = "goals: best peer with one thread / device, seconds, bytes; processor time decides"
        columns = ("what", "engine", "peer", "must", "goal", "measured", "wall", "")
        show_table(title, columns, table)


def show_machine(host: Mapping[str, Any]) -> None:
    """Print what was measured on."""
    packages = ", ".join(f"{name} {found}" for name, found in host["packages"].items())
    rows = [(key, str(value)) for key, value in host.items() if key != "packages"]
    show_table("machine", ("", ""), [*rows, ("packages", packages)])
