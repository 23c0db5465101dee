"""Write a resolved configuration as YAML, for a reader."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

WIDTH = 100


class _Representer(SafeRepresenter):
    """Write texts of several lines, such as equations, line by line."""

    def represent_str(self, data: str) -> ScalarNode:
        style = "|" if "\n" in data else None
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=style)


_Representer.add_representer(str, _Representer.represent_str)


def dump(resolved: Mapping[str, Any]) -> str:
    """Write plain data as YAML 1.2; `load` reads it back to the same values.

    Parameters
    ----------
    resolved : mapping
        Plain data that JSON can hold.

    Returns
    -------
    str
        Block style, small collections on one line, keys in the order given.
    """
    writer = YAML(typ="safe", pure=True)
    writer.Representer = _Representer
    writer.width = WIDTH
    writer.default_flow_style = None
    writer.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    text = StringIO()
    writer.dump(dict(resolved), text)
    return text.getvalue()
