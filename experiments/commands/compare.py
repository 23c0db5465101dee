"""The command `compare`: how two runs differ, from what was asked to the first spike."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from neuro.recording import Comparison
    from neuro.recording.compare import Change, FirstSpike
    from neuro.recording.difference import Difference

# As of diff, cmp and h5diff.
DIFFERENT = 1
LONG = 60  # characters of a value in a table

First = Annotated[Path, typer.Argument(metavar="A", help="A recording, finished or not.")]
Second = Annotated[Path, typer.Argument(metavar="B", help="The one to put beside it.")]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", metavar="PATTERN", help="Leave results out: 'metrics/seconds_*'. Repeatable."
    ),
]


def compare(
    a: First,
    b: Second,
    ignore: Ignore = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    is_whole: Annotated[
        bool, typer.Option("--all", help="Tell every difference, however many.")
    ] = False,
) -> None:
    """Compare two runs: configuration, provenance, metrics, first diverging spike, weights.

    Exit code as of diff and h5diff: 0 if all results are equal bit for bit, 1 if they differ;
    differences of configuration and provenance alone are told and leave it 0. As everywhere,
    4 if a file is missing, 5 if it is damaged or no recording.
    """
    from neuro.recording import compare as compare_files

    found = compare_files(a, b, ignore or [])
    if as_json:
        typer.echo(json.dumps(plain(found), indent=2, allow_nan=False))
    else:
        _show(found, is_whole)
    if not found.is_equal:
        raise typer.Exit(DIFFERENT)


def plain(found: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON can hold it.

    Parameters
    ----------
    found : Comparison
        Of two files.

    Returns
    -------
    dict
        Numbers without a word in JSON are the texts "nan", "inf" and "-inf".
    """
    kept = {"arrays": ("edges", "nodes", "phases", "data")}
    groups = {"metrics": ("metrics",), "weights": ("weights",), "traces": ("reports",)} | kept
    told = {
        "a": found.a,
        "b": found.b,
        "equal": found.is_equal,
        "first_spike": found.first_spike and asdict(found.first_spike),
        "status": found.status and asdict(found.status),
        "simulated_ms": found.simulated_ms and asdict(found.simulated_ms),
        "configuration": [asdict(each) for each in found.configuration],
        "provenance": [asdict(each) for each in found.provenance],
        "spikes": [asdict(each) for each in found.spikes],
        **{key: [asdict(each) for each in found.below(*names)] for key, names in groups.items()},
        "only_in_a": list(found.only_in_a),
        "only_in_b": list(found.only_in_b),
        "ignored": list(found.ignored),
    }
    return {key: _jsonable(value) for key, value in told.items()}


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _jsonable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if isinstance(value, str | int | float | None) else str(value)


def _show(found: Comparison, is_whole: bool) -> None:
    from experiments.folding import folded, named

    typer.echo(f"A  {found.a}\nB  {found.b}")
    typer.echo("results are equal, bit for bit" if found.is_equal else "results differ")
    if found.ignored:
        _tell(f"left out: {', '.join(found.ignored)}")
    if found.first_spike:
        _tell(f"first diverging spike: {_told_spike(found.first_spike)}")
    for name, only in (("A", found.only_in_a), ("B", found.only_in_b)):
        if only:
            told = ", ".join(only) if is_whole else "; ".join(named(only))
            _tell(f"only in {name}: {told}")
    run = [each for each in (found.status, found.simulated_ms) if each]
    sections = (("run", run), ("configuration", found.configuration))
    for title, rows in (*sections, ("provenance", found.provenance)):
        if rows:
            kept = rows if is_whole else folded(rows)
            _table(title, ("", "A", "B"), [_row(each) for each in kept], is_whole)
    if found.spikes:
        spikes = [
            (each.population, str(each.n_a), str(each.n_b), _told_spike(each.first))
            for each in found.spikes
        ]
        _table("spikes", ("population", "in A", "in B", "first that differs"), spikes, is_whole)
    if found.arrays:
        columns = ("", "shape", "differ", "largest", "relative", "A", "B", "where")
        _table("values", columns, [_values(each) for each in found.arrays], is_whole)


def _tell(text: str) -> None:
    from experiments.harmless import harmless

    typer.echo(harmless(text))


def _table(
    title: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]], is_whole: bool
) -> None:
    """Show a table, of a long one the first rows."""
    from experiments.folding import MOST_ROWS
    from experiments.tables import show_table

    shown = rows if is_whole else rows[:MOST_ROWS]
    show_table(title, columns, shown)
    if rest := len(rows) - len(shown):
        typer.echo(f"... and {rest} more; --all tells them")


def _values(found: Difference) -> tuple[str, ...]:
    shape = _size(found.shape_a)
    if found.kind == "shape":
        return found.name, f"{shape} / {_size(found.shape_b)}", *[""] * 6
    if found.kind == "type":
        shape += f", {found.dtype_a} / {found.dtype_b}"
    where = found.place or ", ".join(str(place) for place in found.index or ())
    numbers = ("" if n is None else f"{n:.6g}" for n in (found.largest, found.relative))
    values = ("" if v is None else _short(v) for v in (found.a, found.b))
    return found.name, shape, str(found.n_differ), *numbers, *values, where


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(length) for length in shape) or "scalar"


def _row(change: Change) -> tuple[str, str, str]:
    return change.key, _short(change.a), _short(change.b)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONG else f"{text[:LONG]} ..."


def _told_spike(spike: FirstSpike) -> str:
    place = f"{spike.population}, {spike.time_ms:.10g} ms, neuron {spike.neuron}"
    return f"{place}, only in {spike.only_in.upper()}"
