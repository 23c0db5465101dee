"""The commands `validate`, `show` and `schema`: what a configuration says, without running it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[Path, typer.Argument(metavar="CONFIG", help="A YAML file.")]
Overrides = Annotated[
    list[str] | None,
    typer.Argument(metavar="[KEY=VALUE]...", help="e.g. seed=7 simulation.duration='2 s'"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def validate(
    configs: Annotated[list[Path], typer.Argument(metavar="CONFIG...", help="YAML files.")],
    as_json: AsJson = False,
) -> None:
    """Check configurations and show every error with its line; exit 2 if there is one."""
    from experiments.commands.validation import check

    code = check(configs, as_json)
    if code:
        raise typer.Exit(code)


def show(config: Config, overrides: Overrides = None, as_json: AsJson = False) -> None:
    """Show the resolved configuration: includes and overrides merged, defaults filled in."""
    from experiments import SETTINGS
    from networks.config import load
    from networks.config import show as as_yaml

    configuration = load(config, overrides or (), experiments=SETTINGS)
    if as_json:
        typer.echo(json.dumps(configuration.resolved, indent=2))
    else:
        typer.echo(as_yaml(configuration), nl=False)


def schema() -> None:
    """Print the JSON Schema of a configuration, for completion in editors."""
    from experiments import SETTINGS
    from networks.config import schema as schema_of

    typer.echo(json.dumps(schema_of(SETTINGS), indent=2))
