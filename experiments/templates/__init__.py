"""Configurations to begin with; they lie inside the package, so `engram init` needs no clone."""

from __future__ import annotations

from pathlib import Path

from neuro.errors import SpecError, nearest

FOLDER = Path(__file__).parent


def names() -> tuple[str, ...]:
    """List the templates.

    Returns
    -------
    tuple of str
        Names that `path` accepts, sorted.
    """
    return tuple(sorted(file.stem for file in FOLDER.glob("*.yaml")))


def path(name: str) -> Path:
    """Find the file of a template.

    Parameters
    ----------
    name : str
        One of `names()`.

    Returns
    -------
    Path
        The YAML file.

    Raises
    ------
    SpecError
        If there is no such template.
    """
    known = names()
    if name not in known:
        raise SpecError(
            f"no template '{name}'{nearest(name, known)} (there are: {', '.join(known)})"
        )
    return FOLDER / f"{name}.yaml"


def summary(name: str) -> str:
    """Return what a template is for: its first line, a comment.

    Parameters
    ----------
    name : str
        One of `names()`.

    Returns
    -------
    str
        The comment without its mark.
    """
    return path(name).read_text(encoding="utf-8").splitlines()[0].removeprefix("#").strip()
