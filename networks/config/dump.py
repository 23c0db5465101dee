"""A resolved configuration as YAML text."""

from __future__ import annotations

from io import StringIO
from typing import Any


def dump(resolved: dict[str, Any]) -> str:
    """Write a resolved configuration as YAML that `load` reads again.

    Parameters
    ----------
    resolved : dict
        What `Configuration.resolved` holds.

    Returns
    -------
    str
        YAML; texts of several lines as blocks.
    """
    from ruamel.yaml import YAML

    writer = YAML()
    writer.width = 1000
    stream = StringIO()
    writer.dump(_literal(resolved), stream)
    return stream.getvalue()


def _literal(value: Any) -> Any:
    """Mark texts of several lines to be written as blocks."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

    if isinstance(value, dict):
        return {key: _literal(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_literal(each) for each in value]
    if isinstance(value, str) and "\n" in value:
        clean = not any(line != line.rstrip() for line in value.split("\n"))
        plain = clean and value.strip() and value[0] not in " \n\t"
        return LiteralScalarString(value) if plain else DoubleQuotedScalarString(value)
    return value
