"""The command `init`: a configuration to begin with."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from experiments import templates
from neuro.errors import EnvironmentFault


def init(
    template: Annotated[
        str, typer.Argument(help="Name of a template; see `engram list templates`.")
    ],
    folder: Annotated[Path, typer.Argument(help="Where to put it; made if missing.")] = Path(),
) -> None:
    """Copy a template into a folder, ready to run; a file that exists is never overwritten."""
    source = templates.path(template)
    target = folder / source.name
    if target.exists():
        raise EnvironmentFault(f"{target} exists already; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    typer.echo(f"wrote {target}; now: engram run {target}")
