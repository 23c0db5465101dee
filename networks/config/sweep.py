"""The block `sweep`: which values of a configuration are varied."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from networks.config.blocks import named
from networks.config.document import Node, without
from networks.config.overrides import set_path
from networks.config.problems import Problems
from networks.config.space import read_range
from neuro.errors import SpecError, nearest

# What a sweep cannot vary.
FIXED = ("include", "sweep", "schema_version", "when_quick")
LISTED = ("grid", "zip")  # of each key the values are written down
DRAWN = ("random", "latin_hypercube")  # of each key a range
KEYS = (*LISTED, *DRAWN, "repeats")
EXAMPLES = {
    "grid": "{key.path: [values]}", "zip": "{key.path: [values], key.path: [as many]}",
    **dict.fromkeys(DRAWN, "{samples: N, space: {key.path: {low: 1 ms, high: 20 ms}}}"),
}  # fmt: skip


def read_sweep(
    root: Node, top: tuple[str, ...], blocks: tuple[str, ...], problems: Problems
) -> Mapping[str, Any]:
    """Read what is varied: lists of overrides, ranges to draw from, and repeats.

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
        if key not in KEYS:
            problems.add(node.key_mark(key), f"sweep.{key}", f"unknown key{nearest(key, KEYS)}")
    repeats = node.get("repeats")
    if repeats is not None and not _is_number(repeats):
        problems.add(repeats.mark, "sweep.repeats", "expected a whole number from 1 on")
    for name in (*LISTED, *DRAWN):
        _check_way(name, node, problems)
    seen: dict[str, str] = {}
    for path, held, key in _varied(root):
        _check_key(key, path, held, root, top, blocks, problems)
        if key in seen:
            problems.add(held.key_mark(key), path, f"it is varied in {seen[key]} already")
        seen[key] = path
    return MappingProxyType(node.plain())


def _is_number(node: Node | None) -> bool:
    return node is not None and type(node.value) is int and node.value >= 1


def _varied(root: Node) -> Iterator[tuple[str, Node, str]]:
    """Yield path, mapping and key of all that is varied."""
    sweep = root.get("sweep") or root
    for name in (*LISTED, *DRAWN):
        path = f"sweep.{name}" if name in LISTED else f"sweep.{name}.space"
        held = sweep.get(name)
        held = held.get("space") if held is not None and name in DRAWN else held
        for key in held.mapping if held is not None else ():
            yield f"{path}.{key}", held or root, key


def _check_way(name: str, sweep: Node, problems: Problems) -> None:
    """Check one way of varying: that there are values, or ranges and how many points to draw."""
    node, path = sweep.get(name), f"sweep.{name}"
    if node is None:
        return
    if not node.is_mapping:
        problems.add(node.mark, path, f"expected {EXAMPLES[name]}")
        return
    if name in LISTED:
        lists = {key: each for key, each in node.mapping.items() if _is_list(each)}
        for key, each in node.mapping.items():
            if key not in lists:
                problems.add(each.mark, f"{path}.{key}", "expected a list of values")
        _check_lengths(name, node, lists, problems)
        return
    for key in node.mapping:
        if key not in ("samples", "space"):
            hint = nearest(key, ("samples", "space"))
            problems.add(node.key_mark(key), f"{path}.{key}", f"unknown key{hint}")
    if not _is_number(node.get("samples")):
        mark = (node.get("samples") or node).mark
        problems.add(mark, f"{path}.samples", "expected a whole number from 1 on")
    space = node.get("space")
    if space is None or not space.mapping:
        problems.add((space or node).mark, f"{path}.space", f"expected {EXAMPLES[name]}")
        return
    for key, each in space.mapping.items():
        try:
            read_range(each.plain())
        except SpecError as error:
            problems.add(each.mark, f"{path}.space.{key}", str(error))


def _is_list(node: Node) -> bool:
    return isinstance(node.value, list) and bool(node.value)


def _check_lengths(name: str, node: Node, lists: dict[str, Node], problems: Problems) -> None:
    """Check that lists that are gone through together are as long."""
    sizes = {key: len(each.plain()) for key, each in lists.items()}
    if name == "zip" and len(set(sizes.values())) > 1:
        told = ", ".join(f"'{key}' has {size}" for key, size in sizes.items())
        problems.add(node.mark, "sweep.zip", f"needed: as many values of each key; {told}")


def _check_key(
    key: str,
    path: str,
    held: Node,
    root: Node,
    top: tuple[str, ...],
    blocks: tuple[str, ...],
    problems: Problems,
) -> None:
    """Check the beginning of a path."""
    first, _, rest = key.partition(".")
    if first not in top or first in FIXED:
        problems.add(held.key_mark(key), path, f"'{first}' is not a key{nearest(first, top)}")
    elif first in blocks:
        entries = (root.get(first) or held).mapping
        entry = rest.partition(".")[0]
        if entry not in entries:
            message = named(entry, entries, f"one of the {first}")
            problems.add(held.key_mark(key), path, message)


def check_paths(
    root: Node,
    resolved: Mapping[str, Any],
    read: Callable[[Node, Problems], Any],
    problems: Problems,
) -> None:
    """Refuse paths that lead to nothing, of a configuration that is sound itself.

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
    for path, held, key in _varied(root):
        steps, values = key.split("."), held.mapping[key]
        if _leads(resolved, steps):
            continue
        found = Problems()
        tree = set_path(without(root, "sweep"), steps, _first(values), "", found)
        if not found.found:
            read(tree, found)
        for problem in found.found[:1]:
            problems.add(held.key_mark(key), path, problem.message)


def _first(values: Node) -> Node:
    """Return one value that a key takes: the first of a list, or the low end of a range."""
    if isinstance(values.value, list):
        return values.value[0]
    return values.get("low") or values


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
