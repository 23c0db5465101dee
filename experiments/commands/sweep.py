"""The command `sweep`: one configuration at many values."""

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
    run_all(planned, folder, _cores() if workers is None else workers, shown)
    typer.echo(folder)


def _cores() -> int:
    """Return the number of cores that this process may use."""
    import os

    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
