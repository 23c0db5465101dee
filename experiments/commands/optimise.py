"""The command `optimise`: the values of a configuration with the best metric."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from experiments.commands.configuration import Config
from experiments.commands.sweep import Job, Quiet, Scheduler, UseSlurm, Workers, cores, place_of

if TYPE_CHECKING:
    from experiments.sweep.optimise import Direction


def optimise(
    config: Config,
    metric: Annotated[str, typer.Option("--metric", "-m", help="What is made best.")],
    minimise: Annotated[
        bool, typer.Option("--minimise", help="Less of the metric is better.")
    ] = False,
    trials: Annotated[
        int | None, typer.Option("--trials", help="Points in all; the samples of the YAML.")
    ] = None,
    workers: Workers = None,
    scheduler: Scheduler = None,
    slurm: UseSlurm = False,
    job: Job = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Folder; runs/NAME-search if left out.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Search the space of a configuration's sweep for the best metric, by Optuna.

    The space is that of `sweep: {random: ...}` or `sweep: {latin_hypercube: ...}`. Each point is a
    file as in a sweep, with the study (study.db) beside them: `engram report` shows them, and a
    search that was stopped goes on when it is run again. The last line is the folder.
    """
    from experiments.progress import Silent, choose_progress
    from experiments.sweep.optimise import Goal
    from experiments.sweep.optimise import optimise as search

    place = place_of(scheduler, slurm, job or [], workers)
    folder = output or Path("runs") / f"{config.stem}-search"
    direction: Direction = "minimise" if minimise else "maximise"
    shown = Silent() if quiet else choose_progress()
    n_workers = cores() if workers is None else workers
    best = search(config, Goal(metric, direction), folder, trials, n_workers, shown, place)
    failed = f", {best.n_failed} of them without it" if best.n_failed else ""
    typer.echo(f"{metric} {best.value:.6g}, the best of {best.n_trials} trials{failed}:")
    typer.echo(f"engram run {shlex.join([str(config), *best.point.overrides])}")
    typer.echo(folder)
