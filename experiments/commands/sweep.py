"""The commands `sweep` and `report`: one configuration at many values, and what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.configuration import Config


def sweep(
    config: Config,
    axes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUES]...", help="e.g. 'seed=1,2,3' 'x.y=range(0,1,0.1)'"),
    ] = None,
    repeats: Annotated[
        int | None, typer.Option("--repeats", help="Runs of each point, with seeds of their own.")
    ] = None,
    workers: Annotated[
        int | None, typer.Option("--workers", help="Processes; one for each core if left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Folder; runs/NAME-sweep if left out.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Run a configuration at every combination of values; run again to go on where it stopped.

    Each point has a file of its own. Points that fail are named and leave the others alone
    (exit 6). The last line is the folder.
    """
    from experiments.progress import Silent, choose_progress
    from experiments.sweep import plan
    from experiments.sweep import sweep as run_all

    planned = plan(config, axes or (), repeats)
    folder = output or Path("runs") / f"{config.stem}-sweep"
    shown = Silent() if quiet else choose_progress()
    run_all(planned, folder, workers or _cores(), shown)
    typer.echo(folder)


def _cores() -> int:
    """Return the number of cores that this process may use."""
    import os

    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def report(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The folder of a sweep.")],
    metrics: Annotated[
        list[str] | None, typer.Option("--metric", help="A metric; all scalars if left out.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The picture; FOLDER/report.png.")
    ] = None,
    beside: Annotated[
        list[Path] | None,
        typer.Option(
            "--beside", help="A recording of kind key_value; its read-outs join memory.png."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show the metrics of a sweep as a table, and draw them; the last line is the picture.

    A sweep over methods of a stream of tasks has two more pictures beside it: memory.png,
    accuracy against all that is kept, and forgetting.png, accuracy over the tasks; one over methods
    of pruning has pareto.png and transfer.png.
    """
    import json
    from contextlib import ExitStack

    from experiments import figures
    from experiments.sweep import collect
    from experiments.sweep.collection import check_metrics, table
    from experiments.tables import show_table

    picture = output or folder / "report.png"
    figures.check_format(picture)
    found = collect(folder)
    names = check_metrics(found, metrics or [])
    if len(found.programs) > 1:
        made = ", ".join(each or "a program without a commit" for each in found.programs)
        typer.echo(f"points of several states of the program: {made}", err=True)
    scalars = [name for name in names if name in found.scalars]
    columns, rows = table(found, scalars)
    if as_json:
        typer.echo(json.dumps([dict(zip(columns, row, strict=True)) for row in rows], indent=2))
        return
    n_points = len(found.points) + len(found.missing)
    show_table(f"{len(found.points)} of {n_points} points", columns, rows)
    from experiments.figures import forgetting, mask_transfer, pareto, rivals
    from experiments.figures.sweep import save
    from neuro.recording import read

    with ExitStack() as opened:
        readouts = [opened.enter_context(read(file)) for file in beside or []]
        for figure in (rivals, forgetting, pareto, mask_transfer):
            if figure.is_shown(found):
                drawn = rivals.draw(found, readouts) if figure is rivals else figure.draw(found)
                other = picture.with_name(f"{figure.picture_name(found)}{picture.suffix}")
                figures.write(drawn, other)
                typer.echo(other)
    save(found, names, picture)
    typer.echo(picture)
