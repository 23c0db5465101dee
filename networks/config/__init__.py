"""From a YAML file to the description of a run; the only door to YAML and pydantic."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from networks.config.dump import dump
from networks.config.load import Configuration, load
from networks.config.overrides import values_of
from networks.config.problems import ConfigError, Problem

__all__ = ["ConfigError", "Configuration", "Problem", "load", "schema", "show", "values_of"]


def show(configuration: Configuration) -> str:
    """Write the resolved configuration as YAML."""
    return dump(configuration.resolved)


def schema(experiments: Mapping[str, type] | None = None) -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a configuration, for completion in editors.

    Parameters
    ----------
    experiments : mapping of str to type
        Settings dataclass of each kind of experiment.

    Returns
    -------
    dict
        The schema.
    """
    from networks.config.jsonschema import make_schema

    return make_schema(experiments or {})
