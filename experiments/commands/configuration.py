"""The commands `validate`, `show` and `schema`: what a configuration says, without running it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from neuro.errors import NeuroError

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
    found = {str(path): _complaint(path) for path in configs}
    if as_json:
        typer.echo(json.dumps({path: _plain(error) for path, error in found.items()}, indent=2))
    else:
        for path, error in found.items():
            typer.echo(f"{path}: ok" if error is None else str(error), err=error is not None)
    codes = [error.exit_code for error in found.values() if error is not None]
    if codes:
        raise typer.Exit(max(codes))


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


def _complaint(path: Path) -> NeuroError | None:
    from experiments import SETTINGS
    from networks.config import load

    try:
        load(path, experiments=SETTINGS)
    except NeuroError as error:
        return error
    return None


def _plain(error: NeuroError | None) -> list[dict[str, Any]]:
    from networks.config import ConfigError

    if error is None:
        return []
    if not isinstance(error, ConfigError):
        return [{"message": str(error)}]
    return [
        {
            "file": problem.mark.source.name,
            "line": problem.mark.line + 1,
            "column": problem.mark.column + 1,
            "path": problem.path,
            "message": problem.message,
        }
        for problem in error.problems
    ]
