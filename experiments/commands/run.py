"""The commands `run`, `resume` and `repair`: from a configuration to its sealed file."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from experiments.commands.configuration import Config, Overrides


def run(
    config: Config,
    overrides: Overrides = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Run a configuration, draw the figures of its experiment; the last line is the sealed file.

    Ctrl+C stops the run, seals what was recorded with status 3, and exits 130.
    """
    execute(config, overrides or (), quiet)


def execute(config: Path, overrides: Sequence[str], quiet: bool) -> Path:
    """Do what the command `run` does, and return the sealed file."""
    from experiments import SETTINGS
    from networks.config import load

    # A mistake in the file is told before what simulates is imported, which takes seconds.
    configuration = load(config, overrides, experiments=SETTINGS)
    for notice in configuration.notices:
        typer.echo(notice, err=True)
    from experiments import runner
    from experiments.progress import Silent, choose_progress

    path = runner.run(configuration, Silent() if quiet else choose_progress())
    if configuration.spec.experiment is not None:
        _draw(configuration.resolved["experiment"]["kind"], path)
    typer.echo(path)
    return path


def resume(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="FILE.h5 of an interrupted run.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
) -> None:
    """Go on with an interrupted run from its last checkpoint; the last line is the sealed file.

    The file is, bit for bit, that of a run which was never interrupted.
    """
    from experiments.progress import Silent, choose_progress
    from experiments.resumption import resume as go_on
    from neuro.recording import read

    path = go_on(file, Silent() if quiet else choose_progress())
    with read(path) as recording:
        experiment = recording.configuration.get("experiment")
    if experiment is not None:
        _draw(experiment["kind"], path)
    typer.echo(path)


def _draw(experiment: str, path: Path) -> None:
    from experiments import EXPERIMENTS, figures
    from neuro.recording import read

    with read(path) as recording:
        for kind in EXPERIMENTS[experiment].figures:
            picture = path.with_name(f"{path.stem}-{kind}.png")
            # Nobody asked for it by name: `engram plot` would tell why there is none.
            with suppress(figures.NothingToDrawError):
                figures.save(kind, recording, picture)
                typer.echo(picture)


def repair(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="FILE.h5 of a run that died.")],
) -> None:
    """Seal what a dead run left in FILE.h5.parts; the last line printed is the sealed file."""
    from neuro.recording import repair as seal

    typer.echo(seal(file))
