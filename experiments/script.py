"""Run an experiment as a script: `python -m experiments.memory.digit_memory --help`."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from experiments import EXPERIMENTS
from experiments.cli import invoke
from experiments.commands import run as command
from experiments.commands.configuration import Overrides
from experiments.commands.listing import CONFIGS
from neuro.units import Quantity, format_quantity


def main(kind: str, default: str) -> NoReturn:
    """Run the command line of one experiment and leave with its exit code.

    Parameters
    ----------
    kind : str
        Name of the experiment.
    default : str
        The configuration that is run if none is named, below ``data/configs``.
    """
    program = f"python -m {EXPERIMENTS[kind].module}"
    sys.exit(invoke(sys.argv[1:], script(kind, default), program))


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
    settings = EXPERIMENTS[kind].settings
    commands = typer.Typer(
        pretty_exceptions_enable=False, rich_markup_mode=None, add_completion=False
    )
    names = "\n".join(f"  {line}" for line in _lines(settings, "experiment"))
    summary = (settings.__doc__ or kind).partition("\n")[0]

    @commands.command(help=f"{summary}\n\n\b\nSettings and their defaults:\n{names}")
    def _run(
        config: Annotated[Path, typer.Option(help="Another YAML file.")] = CONFIGS / default,
        overrides: Overrides = None,
        quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")] = False,
    ) -> None:
        command.run(config, overrides, quiet)

    return commands


def _lines(settings: Any, path: str) -> Iterator[str]:
    """Yield ``path.name=default`` for each setting, those of inner settings one by one."""
    for entry in dataclasses.fields(settings):
        is_class = isinstance(settings, type)
        default = _default(entry) if is_class else getattr(settings, entry.name)
        name = f"{path}.{entry.name}"
        if isinstance(default, Quantity):
            yield f"{name}={format_quantity(default)}"
        elif dataclasses.is_dataclass(default):
            yield from _lines(default, name)
        else:
            yield f"{name}={default}"


def _default(entry: dataclasses.Field[Any]) -> Any:
    if entry.default_factory is not dataclasses.MISSING:
        return entry.default_factory()
    return "(needed)" if entry.default is dataclasses.MISSING else entry.default
