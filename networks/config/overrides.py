"""Overrides of the command line: `key.path=value`, the value read as YAML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from networks.config.document import Node
from networks.config.problems import Mark, Problems, Source
from networks.config.reader import read_text

# Overrides are shown after every file.
ORDER = 1000
EXPECTED = "expected key.path=value, such as seed=7 or 'simulation.dt=0.5 ms'"


def apply_overrides(node: Node, overrides: Sequence[str], problems: Problems) -> Node:
    """Lay overrides over a tree, one after the other.

    Parameters
    ----------
    node : Node
        The tree.
    overrides : sequence of str
        ``key.path=value``; a step that is a number counts in a list. The kind of the experiment
        stands for the block `experiment`: ``continual.method=svd``.
    problems : Problems
        Where problems are noted, at the override itself.

    Returns
    -------
    Node
        The new tree.
    """
    for number, text in enumerate(overrides):
        source = Source("<command line>", (" ".join(text.split()),), ORDER + number)
        mark = Mark(source)
        path, equals, value = text.partition("=")
        steps = path.strip().split(".")
        if not equals or not all(steps) or not value.strip():
            problems.add(mark, "", EXPECTED)
            continue
        read = read_text(value, source, problems)
        if read is not None:
            node = set_path(node, _unshortened(node, steps), _located(read, mark), "", problems)
    return node


def _unshortened(node: Node, steps: list[str]) -> list[str]:
    """Write the block `experiment` where its kind stands for it."""
    experiment = node.get("experiment")
    kind = experiment.get("kind") if experiment is not None else None
    if kind is None or len(steps) < 2 or steps[0] != kind.value:
        return steps
    return ["experiment", *steps[1:]]


def values_of(text: str) -> tuple[Any, ...]:
    """Read the values of a list written without brackets: ``1, 2 ms, {a: b}``.

    Parameters
    ----------
    text : str
        YAML; commas within brackets or quotes separate nothing.

    Returns
    -------
    tuple
        Plain values.

    Raises
    ------
    ConfigError
        If it is no YAML.
    """
    problems = Problems()
    node = read_text(f"[{text}]", Source("<command line>", (f"[{text}]",), ORDER), problems)
    problems.stop()
    return () if node is None else tuple(node.plain())


def _located(node: Node, mark: Mark) -> Node:
    """Mark every value with the override, whose columns mean nothing to the reader."""
    value = node.value
    if isinstance(value, dict):
        value = {key: _located(each, mark) for key, each in value.items()}
    elif isinstance(value, list):
        value = [_located(each, mark) for each in value]
    return replace(node, value=value, mark=mark, keys=dict.fromkeys(node.keys, mark), style=">")


def set_path(node: Node, steps: Sequence[str], value: Node, path: str, problems: Problems) -> Node:
    """Return a tree in which a path has a new value; missing mappings are made."""
    if not steps:
        return value
    step, mark = steps[0], value.mark
    here = f"{path}.{step}".lstrip(".")
    if isinstance(node.value, list):
        if not step.isdigit() or int(step) >= len(node.value):
            message = f"'{step}' is not an index of a list of {len(node.value)}, counted from 0"
            problems.add(mark, here, message)
            return node
        items = list(node.value)
        items[int(step)] = set_path(items[int(step)], steps[1:], value, here, problems)
        return replace(node, value=items)
    if node.value is not None and not isinstance(node.value, dict):
        problems.add(mark, here, f"'{path}' is a single value and has no '{step}'")
        return node
    inner = node.mapping.get(step, Node(None, mark))
    entries = {**node.mapping, step: set_path(inner, steps[1:], value, here, problems)}
    keys = node.keys if step in node.keys else {**node.keys, step: mark}
    if len(steps) == 1:
        keys = {**node.keys, step: mark}
    return replace(node, value=entries, keys=keys)
