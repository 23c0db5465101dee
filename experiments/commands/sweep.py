"""The command `sweep`: one configuration at many values."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.configuration import Config

if TYPE_CHECKING:
    from experiments.sweep.cluster import Remote, Slurm


Workers = Annotated[
    int | None, typer.Option("--workers", help="Processes; one for each core if left out.")
]
Scheduler = Annotated[
    str | None,
    typer.Option("--scheduler", metavar="ADDRESS", help="Of a Dask cluster that runs already."),
]
UseSlurm = Annotated[bool, typer.Option("--slurm", help="Run the workers as jobs of Slurm.")]
Job = Annotated[
    list[str] | None,
    typer.Option("--job", metavar="KEY=VALUE", help="Of a job: queue, account, cores, ..."),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def sweep(
    config: Config,
    axes: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUES]...", help="e.g. 'seed=1,2,3' 'x.y=range(0,1,0.1)'"),
    ] = None,
    repeats: Annotated[
        int | None, typer.Option("--repeats", help="Runs of each point, with seeds of their own.")
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    slurm: UseSlurm = False,
    job: Job = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Folder; runs/NAME-sweep if left out.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Run a configuration at every combination of values; run again to go on where it stopped.

    Each point has a file of its own. Points that fail are named and leave the others alone
    (exit 6). The last line is the folder; `engram sweep collect FOLDER` makes one file of it.
    """
    from experiments.progress import Silent, choose_progress
    from experiments.sweep import plan
    from experiments.sweep import sweep as run_all

    place = place_of(scheduler, slurm, job or [], workers)
    planned = plan(config, axes or (), repeats)
    folder = output or Path("runs") / f"{config.stem}-sweep"
    shown = Silent() if quiet else choose_progress()
    run_all(planned, folder, cores() if workers is None else workers, shown, place)
    typer.echo(folder)


def place_of(
    scheduler: str | None, slurm: bool, job: list[str], workers: int | None
) -> Remote | Slurm | None:
    """Return which other processes were asked for; None for those of this machine."""
    from neuro.errors import SpecError

    if scheduler is None and not slurm and not job:
        return None
    if job and not slurm:
        raise SpecError("--job is of jobs of Slurm; needed: --slurm too")
    if scheduler is not None and slurm:
        raise SpecError("--scheduler and --slurm are given; needed: one of them")
    if scheduler is not None and workers is not None:
        raise SpecError("--workers: the cluster of --scheduler has its own; needed: one of them")
    from experiments.sweep.cluster import Remote, Slurm

    if scheduler is not None:
        return Remote(scheduler)
    settings = dict(word.partition("=")[::2] for word in job)
    if unset := [key for key, value in settings.items() if not key or not value]:
        raise SpecError(f"--job {unset[0]}; expected KEY=VALUE such as queue=long")
    return Slurm(1 if workers is None else workers, settings)


def cores() -> int:
    """Return the number of cores that this process may use."""
    import os

    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
