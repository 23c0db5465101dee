"""The block `sweep`: which values of a configuration are varied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from networks.config.blocks import named
from networks.config.document import Node, without
from networks.config.overrides import set_path
from networks.config.problems import Problems
from neuro.errors import nearest

# What a grid cannot vary.
FIXED = ("include", "sweep", "schema_version", "when_quick")


def read_sweep(
    root: Node, top: tuple[str, ...], blocks: tuple[str, ...], problems: Problems
) -> Mapping[str, Any]:
    """Read what is varied: a grid of overrides, and repeats.

    Parameters
    ----------
    root : Node
        The whole configuration.
    top, blocks : tuple of str
        Its keys, and those that hold named entries.
    problems : Problems
        Where problems are noted.

    Returns
    -------
    mapping of str to Any
        The block as it was written; empty without one.
    """
    node = root.get("sweep")
    if node is None or node.value is None:
        return MappingProxyType({})
    if not node.is_mapping:
        problems.add(node.mark, "sweep", "expected {grid: {key.path: [values]}, repeats: N}")
        return MappingProxyType({})
    for key in node.mapping:
        if key not in ("grid", "repeats"):
            hint = nearest(key, ("grid", "repeats"))
            problems.add(node.key_mark(key), f"sweep.{key}", f"unknown key{hint}")
    repeats = node.get("repeats")
    if repeats is not None and not (type(repeats.value) is int and repeats.value >= 1):
        problems.add(repeats.mark, "sweep.repeats", "expected a whole number from 1 on")
    grid = node.get("grid")
    if grid is not None and not grid.is_mapping:
        problems.add(grid.mark, "sweep.grid", "expected {key.path: [values]}")
    for key in grid.mapping if grid else ():
        _check_key(key, root, top, blocks, problems)
    return MappingProxyType(node.plain())


def _check_key(
    key: str, root: Node, top: tuple[str, ...], blocks: tuple[str, ...], problems: Problems
) -> None:
    """Check the beginning of a path, and that there are values."""
    grid = root.mapping["sweep"].mapping["grid"]
    path, values = f"sweep.grid.{key}", grid.mapping[key]
    first, _, rest = key.partition(".")
    if first not in top or first in FIXED:
        problems.add(grid.key_mark(key), path, f"'{first}' is not a key{nearest(first, top)}")
    elif first in blocks:
        entries = (root.get(first) or grid).mapping
        entry = rest.partition(".")[0]
        if entry not in entries:
            message = named(entry, entries, f"one of the {first}")
            problems.add(grid.key_mark(key), path, message)
    if not isinstance(values.value, list) or not values.value:
        problems.add(values.mark, path, "expected a list of values")


def check_paths(
    root: Node,
    resolved: Mapping[str, Any],
    read: Callable[[Node, Problems], Any],
    problems: Problems,
) -> None:
    """Refuse the paths of a grid that lead to nothing, of a configuration that is sound itself.

    Parameters
    ----------
    root : Node
        The whole configuration.
    resolved : mapping
        The same with every default: a path that leads somewhere in it is one.
    read : callable of (Node, Problems)
        Reads another configuration: a key left out may be given, and is tried with its value.
    problems : Problems
        Where problems are noted.
    """
    grid = (root.get("sweep") or root).get("grid")
    for key, values in (grid.mapping if grid else {}).items():
        steps = key.split(".")
        if grid is None or _leads(resolved, steps):
            continue
        found = Problems()
        first = values.value[0] if isinstance(values.value, list) else values
        tree = set_path(without(root, "sweep"), steps, first, "", found)
        if not found.found:
            read(tree, found)
        for problem in found.found[:1]:
            problems.add(grid.key_mark(key), f"sweep.grid.{key}", problem.message)


def _leads(tree: Any, steps: list[str]) -> bool:
    """Say whether a path leads to something."""
    for step in steps:
        if isinstance(tree, list) and step.isdigit() and int(step) < len(tree):
            tree = tree[int(step)]
        elif isinstance(tree, Mapping) and step in tree:
            tree = tree[step]
        else:
            return False
    return True
