"""Run an experiment as a script: `python -m experiments.memory.digit_memory --help`."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from experiments.cli import invoke
from experiments.commands import run as command
from experiments.commands.configuration import Overrides
from experiments.commands.listing import CONFIGS


def main(kind: str, default: str) -> NoReturn:
    """Run the command line of one experiment and leave with its exit code.

    Parameters
    ----------
    kind : str
        Name of the experiment.
    default : str
        The configuration that is run if none is named, below ``data/configs``.
    """
    sys.exit(invoke(sys.argv[1:], script(kind, default), program=f"python -m {kind}"))


def script(kind: str, default: str) -> typer.Typer:
    """Make the command of one experiment: `engram run` with its configuration and its settings.

    Parameters
    ----------
    kind : str
        Name of the experiment.
    default : str
        The configuration that is run if none is named, below ``data/configs``.

    Returns
    -------
    typer.Typer
        The command; its help lists the settings of the experiment.
    """
    from experiments import EXPERIMENTS

    settings = EXPERIMENTS[kind].settings
    commands = typer.Typer(pretty_exceptions_enable=False, rich_markup_mode=None)
    names = "\n".join(
        f"  experiment.{entry.name}={_written(entry)}" for entry in dataclasses.fields(settings)
    )
    summary = (settings.__doc__ or kind).partition("\n")[0]

    @commands.command(help=f"{summary}\n\n\b\nSettings and their defaults:\n{names}")
    def _run(
        config: Annotated[Path, typer.Option(help="Another YAML file.")] = CONFIGS / default,
        overrides: Overrides = None,
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    ) -> None:
        command.run(config, overrides, quiet)

    return commands


def _written(entry: dataclasses.Field[object]) -> str:
    if entry.default is not dataclasses.MISSING:
        return str(entry.default)
    if entry.default_factory is not dataclasses.MISSING:
        return str(entry.default_factory())
    return "(needed)"
