"""Show a comparison: tables in the terminal, everything in one JSON file."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from experiments.bench.goals import findings
from experiments.bench.results import Row
from experiments.provenance import git_state, processor
from experiments.tables import show_table
from neuro.engines.compiler import find_compiler, version

PACKAGES = ("engramlab", "brian2", "cython", "numpy", "numba", "llvmlite", "nest-simulator")


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


def write(path: Path, rows: Mapping[str, Row], host: Mapping[str, Any]) -> None:
    """Write everything into a JSON file; NaN becomes null.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    rows : mapping of str to Row
        By the name of the case.
    host : mapping
        From `machine`.
    """
    goals = [
        {
            "case": found.goal.case,
            "engine": found.goal.contender,
            "must": found.goal.must,
            "goal": found.goal.wanted,
            "peer": found.peer,
            "ratio_cpu": found.cpu,
            "ratio_wall": found.wall,
            "state": found.state,
        }
        for found in findings(rows)
    ]
    plain = {
        "machine": host,
        "rows": {name: row.plain() for name, row in rows.items()},
        "goals": goals,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_without_nan(plain), indent=1, allow_nan=False)
    fresh = path.with_suffix(".json.part")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _without_nan(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(entry) for entry in value]
    return value


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
        "engine", "wall s/s", "cpu s/s", "x peer (cpu)", "x peer (wall)", "spikes/s", "build s",
        "peak MB", "B/synapse", "",
    )  # fmt: skip
    title = f"{name}: {row.case.size} cells, {row.case.summary}; seconds per model second"
    show_table(title, columns, [_cells(row, engine) for engine in row.entries])


def _cells(row: Row, name: str) -> tuple[str, ...]:
    entry = row.entries[name]
    found = entry.inventory
    return (
        name,
        number(row.seconds(name, "wall")),
        number(row.seconds(name, "cpu")),
        number(row.ratio(name, "cpu"), ".2f"),
        number(row.ratio(name, "wall"), ".2f"),
        number(row.rate(name), ".2f"),
        number(entry.build, ".1f"),
        "-" if found is None else f"{found.peak_bytes / 2**20:.0f}",
        "-" if found is None else number(found.synapse_bytes, ".1f"),
        row.verdict(name),
    )


def show_goals(rows: Mapping[str, Row]) -> None:
    """Print every ratio that is asked for beside the measured one."""
    table = [
        (
            found.goal.case,
            found.goal.contender,
            found.peer,
            f"{found.goal.must:g}",
            f"{found.goal.wanted:g}",
            number(found.cpu, ".2f"),
            number(found.wall, ".2f"),
            found.state,
        )
        for found in findings(rows)
    ]
    if table:
        title = "best peer with one thread / device (processor time decides)"
        show_table(title, ("case", "engine", "best peer", "must", "goal", "cpu", "wall", ""), table)


def show_machine(host: Mapping[str, Any]) -> None:
    """Print what was measured on."""
    packages = ", ".join(f"{name} {found}" for name, found in host["packages"].items())
    rows = [(key, str(value)) for key, value in host.items() if key != "packages"]
    show_table("machine", ("", ""), [*rows, ("packages", packages)])
