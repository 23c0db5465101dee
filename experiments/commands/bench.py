"""The commands `bench ...`: how fast this machine runs what, beside what could be used instead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from neuro.errors import SpecError, nearest

if TYPE_CHECKING:
    from experiments.bench.cases import Case

app = typer.Typer(
    name="bench",
    help="Measure how fast this machine runs what, beside what could be used instead.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def benchmarks() -> None:
    """Measure how fast this machine runs what, beside what could be used instead."""


@app.command()
def engines(
    only: Annotated[
        list[str] | None,
        typer.Option("--only", help="A network or an engine; may be repeated. All if left out."),
    ] = None,
    quick: Annotated[bool, typer.Option("--quick", help="Small networks, short runs.")] = False,
    repeats: Annotated[int, typer.Option(min=1, help="Repetitions; the median counts.")] = 5,
    output: Annotated[Path, typer.Option("--output", "-o", help="The JSON file to write.")] = Path(
        "runs/bench-engines.json"
    ),
) -> None:
    """Compare the device "numba" with its peers; the last line printed is the JSON file.

    Ctrl+C keeps what was measured and exits 130.
    """
    from experiments.bench import engine_table

    cases, contenders = _choose(only or [], quick)
    engine_table.measure(cases, contenders, repeats, output)
    typer.echo(output)


def _choose(only: list[str], quick: bool) -> tuple[dict[str, Case], list[str]]:
    from experiments.bench.cases import CASES, QUICK
    from experiments.bench.contenders import CONTENDERS

    known = QUICK if quick else CASES
    names = (*known, *CONTENDERS)
    for word in only:
        if word not in names:
            raise SpecError(f"nothing named '{word}'{nearest(word, names)} ({', '.join(names)})")
    cases = {name: known[name] for name in known if name in only} or dict(known)
    return cases, [name for name in CONTENDERS if name in only] or list(CONTENDERS)
