"""What `validate` does, without Typer: read configurations and tell what is wrong with them."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from experiments import SETTINGS
from networks.config import ConfigError, load
from neuro.errors import NeuroError


def check(paths: Sequence[Path], as_json: bool) -> int:
    """Check configurations and print every error with its line.

    Parameters
    ----------
    paths : sequence of Path
        YAML files.
    as_json : bool
        Print one JSON object: a list of errors for each file.

    Returns
    -------
    int
        0, or the greatest exit code of the errors.
    """
    found = {str(path): _complaint(path) for path in paths}
    if as_json:
        plain = {path: _plain(error) for path, error in found.items()}
        print(json.dumps(plain, indent=2), flush=True)
    else:
        for path, error in found.items():
            if error is None:
                print(f"{path}: ok", flush=True)
            else:
                print(error, file=sys.stderr, flush=True)
    return max((error.exit_code for error in found.values() if error is not None), default=0)


def _complaint(path: Path) -> NeuroError | None:
    try:
        configuration = load(path, experiments=SETTINGS)
    except NeuroError as error:
        return error
    for notice in configuration.notices:
        print(notice, file=sys.stderr, flush=True)
    return None


def _plain(error: NeuroError | None) -> list[dict[str, Any]]:
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
