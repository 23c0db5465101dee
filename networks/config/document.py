"""A configuration as a tree in which every key and value knows where it was written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from networks.config.problems import Mark

Scalar = str | int | float | bool | None
Step = str | int


@dataclass(frozen=True, slots=True)
class Node:
    """Hold a value and where it stands.

    Attributes
    ----------
    value : dict of str to Node, list of Node, or scalar
        What was written.
    mark : Mark
        Where the value begins; the "|" of a block.
    keys : dict of str to Mark
        Where each key of a mapping stands.
    size : int
        Values in it, itself included; aliases count each time.
    style : str
        YAML's style of a scalar: "|", ">", quotes, or empty.
    """

    value: dict[str, Node] | list[Node] | Scalar
    mark: Mark
    keys: dict[str, Mark] = field(default_factory=dict)
    size: int = 1
    style: str = ""

    @property
    def mapping(self) -> dict[str, Node]:
        """Return the entries of a mapping, or none."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def is_mapping(self) -> bool:
        """Say whether the node is a mapping."""
        return isinstance(self.value, dict)

    def plain(self) -> Any:
        """Return the value as dictionaries, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def get(self, key: str) -> Node | None:
        """Return the value of a key of a mapping."""
        return self.mapping.get(key)

    def key_mark(self, key: str) -> Mark:
        """Return where a key stands; the mapping itself if it has no such key."""
        return self.keys.get(key, self.mark)

    def step(self, step: Step) -> Node | None:
        """Return what a key or an index leads to."""
        if isinstance(self.value, list) and isinstance(step, int) and step < len(self.value):
            return self.value[step]
        return self.mapping.get(str(step))

    def find(self, path: Sequence[Step]) -> Mark:
        """Return where a path leads; one that ends in nothing leads to the last thing there is."""
        inner = self.step(path[0]) if path else None
        return self.mark if inner is None else inner.find(path[1:])

    def find_key(self, path: Sequence[Step]) -> Mark:
        """Return where the key that ends a path stands."""
        inner = self.step(path[0])
        if len(path) == 1 or inner is None:
            return self.key_mark(str(path[0]))
        return inner.find_key(path[1:])

    def inside(self, line: int, column: int) -> Mark:
        """Return the mark of a place inside a text, counted from its first character."""
        if not isinstance(self.value, str):
            return self.mark
        source = self.mark.source
        if self.style == "|":
            lines = self.value.split("\n")
            row = self.mark.line + 1 + line
            if line < len(lines) and row < len(source.lines):
                indent = source.lines[row].find(lines[line]) if lines[line] else 0
                return replace(self.mark, line=row, column=max(indent, 0) + column)
            return self.mark
        if self.style == ">" or line or "\n" in self.value:
            return self.mark
        quote = 1 if self.style in ("'", '"') else 0
        written = source.lines[self.mark.line][self.mark.column + quote :] if source.lines else ""
        on_one_line = written.startswith(self.value)
        return replace(self.mark, column=self.mark.column + (quote + column if on_one_line else 0))


def merge(base: Node, over: Node) -> Node:
    """Merge two trees: mappings key by key, anything else is replaced.

    Parameters
    ----------
    base, over : Node
        What is there, and what is laid over it.

    Returns
    -------
    Node
        A new tree; every key and value keeps the place where it was written.
    """
    if not (isinstance(base.value, dict) and isinstance(over.value, dict)):
        return over
    entries = dict(base.value)
    for key, node in over.value.items():
        entries[key] = merge(entries[key], node) if key in entries else node
    size = 1 + sum(node.size for node in entries.values())
    return Node(entries, over.mark, base.keys | over.keys, size)


def without(node: Node, key: str) -> Node:
    """Return a mapping without one of its keys."""
    return replace(node, value={k: v for k, v in node.mapping.items() if k != key})
