"""The command `report`: a run or a sweep as a page for a browser, a sweep also as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.report import SUFFIX
from neuro.errors import SpecError

if TYPE_CHECKING:
    from experiments.sweep import Collection


def report(
    place: Annotated[
        Path, typer.Argument(metavar="PLACE", help="A recording, or the folder of a sweep.")
    ],
    metrics: Annotated[
        list[str] | None,
        typer.Option("--metric", help="Of a sweep: a metric; all scalars if left out."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="PAGE.html, FILE-report.html if left out; of a sweep also a "
            "picture, FOLDER/report.png.",
        ),
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--beside", help="A recording of kind key_value; its read-outs join memory.png."
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Of a sweep: print JSON instead, in numbers.")
    ] = False,
) -> None:
    """Make a page of a recording or of a sweep, which needs no network; the last line is its path.

    Of a recording, finished or not: what ran, figures to look into, theory and what was found,
    metrics with definitions, configuration, versions, warnings. Of a sweep: a table to sort and
    filter, and any metric against any other. What is there already is replaced.

    Without -o a sweep is shown as a table here and drawn into report.png. A sweep over methods of a
    stream of tasks has two more pictures beside it: memory.png, accuracy against all that is kept,
    and forgetting.png, accuracy over the tasks; one over methods of pruning has pareto.png and
    transfer.png.
    """
    is_page = output is not None and output.suffix.lower() == SUFFIX
    if not _is_sweep(place):
        for name, given in (("--metric", metrics), ("--beside", beside), ("--json", as_json)):
            if given:
                raise SpecError(f"{name} is for sweeps, and {place} is none; see engram inspect")
        _of_run(place, output)
    elif as_json and output is not None:
        raise SpecError(f"--json prints, and -o {output} writes: give one of them")
    elif is_page and output is not None:
        from experiments.report import sweep

        if beside:
            raise SpecError("--beside is for pictures: give -o a name that ends in .png")
        sweep.save(place, metrics or [], output)
        typer.echo(output)
    else:
        _table(place, metrics or [], output, beside or [], as_json=as_json)


def _is_sweep(place: Path) -> bool:
    """Say whether a folder is a sweep's, or can only be meant so: it is not one of segments."""
    from experiments.sweep.folder import LIST

    return place.is_dir() and (not place.name.endswith(".parts") or (place / LIST).exists())


def _of_run(file: Path, output: Path | None) -> None:
    from experiments.report import run

    out = output or file.with_name(
        f"{file.name.removesuffix('.parts').removesuffix('.h5')}-report{SUFFIX}"
    )
    run.save(file, out)
    typer.echo(out)


def _table(
    folder: Path, metrics: list[str], output: Path | None, beside: list[Path], *, as_json: bool
) -> None:
    import json

    from experiments import figures
    from experiments.report.numbers import finite
    from experiments.sweep import collect
    from experiments.sweep.collection import check_metrics
    from experiments.sweep.table import records, short, table
    from experiments.tables import show_table

    picture = output or folder / "report.png"
    if picture.suffix.lower() not in figures.FORMATS:
        raise SpecError(
            f"{picture}: the name must end in {SUFFIX}, or in one of {', '.join(figures.FORMATS)}"
        )
    found = collect(folder)
    names = check_metrics(found, metrics)
    if len(found.programs) > 1:
        made = ", ".join(each or "a program without a commit" for each in found.programs)
        typer.echo(f"points of several states of the program: {made}", err=True)
    scalars = [name for name in names if name in found.scalars]
    if as_json:
        typer.echo(json.dumps(finite(records(found, scalars)), indent=2, allow_nan=False))
        return
    columns, rows = table(found, scalars)
    n_points = len(found.points) + len(found.missing)
    n_axes = len(found.axes)
    headings = [*short(columns[:n_axes]), *columns[n_axes:]]
    show_table(f"{len(found.points)} of {n_points} points", headings, rows, n_keys=n_axes)
    _draw(found, names, picture, beside)


def _draw(found: Collection, names: list[str], picture: Path, beside: list[Path]) -> None:
    from contextlib import ExitStack

    from experiments import figures
    from experiments.figures import forgetting, mask_transfer, pareto, rivals
    from experiments.figures.sweep import save
    from neuro.recording import read

    with ExitStack() as opened:
        readouts = [opened.enter_context(read(file)) for file in beside]
        for figure in (rivals, forgetting, pareto, mask_transfer):
            if figure.is_shown(found):
                drawn = rivals.draw(found, readouts) if figure is rivals else figure.draw(found)
                other = picture.with_name(f"{figure.picture_name(found)}{picture.suffix}")
                figures.write(drawn, other)
                typer.echo(other)
    save(found, names, picture)
    typer.echo(picture)
