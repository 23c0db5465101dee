"""Compare the device "numba" with its peers, network by network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import final

from experiments.bench.cases import Case
from experiments.bench.compare import compare
from experiments.bench.limits import measure_limits
from experiments.bench.report import (
    Measured,
    machine,
    show_goals,
    show_limits,
    show_machine,
    show_row,
    show_starts,
    write,
)
from experiments.bench.results import Row
from experiments.bench.starts import measure_starts
from experiments.progress import PlainLines, Progress


@final
@dataclass(frozen=True, slots=True)
class Plan:
    """Say what is measured.

    Parameters
    ----------
    cases : mapping of str to Case
        Networks by name.
    contenders : tuple of str
        Engines.
    repeats : int
        Repetitions of each engine on each network.
    budget : float
        Seconds after which an engine need not repeat a network any more.
    with_limits, with_starts : bool
        Whether to measure the machine's limits and starts.
    """

    cases: Mapping[str, Case]
    contenders: Sequence[str]
    repeats: int
    budget: float
    with_limits: bool = True
    with_starts: bool = True


def measure(plan: Plan, output: Path) -> None:
    """Measure, print tables, write the JSON file and the picture, also when interrupted.

    Parameters
    ----------
    plan : Plan
        What is measured.
    output : Path
        The JSON file, complete after every network; the picture lies beside it.
    """
    found = Measured(machine())
    try:
        _measure(plan, found, output, PlainLines())
    finally:
        write(output, found)
        show_starts(found.starts)
        show_limits(found.limits)
        show_goals(found)
        show_machine(found.host)


def _measure(plan: Plan, found: Measured, output: Path, progress: Progress) -> None:
    if plan.with_limits:
        progress.stage("limits of the machine")
        found.limits.update(measure_limits(plan.repeats))
    for name, case in plan.cases.items():
        progress.stage(name)
        row = found.rows[name] = Row(case)
        compare(row, plan.contenders, plan.repeats, plan.budget, progress)
        show_row(name, row)
        write(output, found)
    if plan.with_starts:
        progress.stage("starts")
        measure_starts(found.starts, list(plan.contenders), progress)
