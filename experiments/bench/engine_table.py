"""Compare the device "numba" with its peers, network by network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from experiments.bench.cases import Case
from experiments.bench.compare import compare
from experiments.bench.report import machine, show_goals, show_machine, show_row, write
from experiments.bench.results import Row
from experiments.progress import PlainLines


def measure(
    cases: Mapping[str, Case], contenders: Sequence[str], repeats: int, output: Path
) -> None:
    """Measure, print the tables and write the JSON file, also when interrupted.

    Parameters
    ----------
    cases : mapping of str to Case
        Networks by name.
    contenders : sequence of str
        Engines.
    repeats : int
        Repetitions of each.
    output : Path
        The JSON file; complete after every network.
    """
    rows: dict[str, Row] = {}
    host, progress = machine(), PlainLines()
    try:
        for name, case in cases.items():
            progress.stage(name)
            rows[name] = Row(case)
            compare(rows[name], contenders, repeats, progress)
            show_row(name, rows[name])
            write(output, rows, host)
    finally:
        write(output, rows, host)
        show_goals(rows)
        show_machine(host)
