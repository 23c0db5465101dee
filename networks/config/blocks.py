"""A block of the configuration while it is read: where it is, and what it may hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from networks.config import scalars
from networks.config.constraints import check_constraints
from networks.config.document import Node
from networks.config.problems import Problems
from networks.config.values import read_value
from networks.spec import Value
from neuro import dimensions as dim
from neuro.dimensions import Dimension
from neuro.errors import nearest
from neuro.expressions import parameter_dimension
from neuro.units import Quantity, describe, example, parse

Steps = tuple[str, ...]


def named(name: str, known: Mapping[str, Any], what: str) -> str:
    """Say that a name is not one of a set, and which one may have been meant."""
    hint = nearest(name, list(known))
    if not hint:
        hint = f"; there are {', '.join(sorted(known)[:20])}" if known else "; there is none"
    return f"'{name[:60]}' is not {what}{hint}"


def written(node: Node) -> str:
    """Return what was written where a name is needed."""
    return node.value if isinstance(node.value, str) else scalars.show(node.plain()).strip("'")


class Block:
    """Read a block and note what is wrong with it.

    Parameters
    ----------
    path : str
        Its path, e.g. "projections.in_exc".
    node : Node
        What was written.
    problems : Problems
        Where problems are noted.
    """

    def __init__(self, path: str, node: Node, problems: Problems) -> None:
        self.path, self.node, self.problems = path, node, problems

    def add(self, steps: Steps, message: str, at_key: bool = False) -> None:
        """Note a problem below the block, at the value or at the key."""
        mark = self.node.find_key(steps) if at_key and steps else self.node.find(steps)
        self.problems.add(mark, ".".join((self.path, *steps)), message)

    def sub(self, key: str) -> Block | None:
        """Return the block below a key, if there is one."""
        inner = self.node.get(key)
        return None if inner is None else Block(f"{self.path}.{key}", inner, self.problems)

    def is_mapping(self) -> bool:
        """Say whether the block has keys and values; note a problem if not."""
        if not self.node.is_mapping:
            self.add((), f"expected keys and values, not {scalars.show(self.node.plain())}")
        return self.node.is_mapping

    def only(self, known: tuple[str, ...]) -> None:
        """Refuse keys that the block does not have."""
        for key in self.node.mapping:
            if key not in known:
                hint = nearest(key, known) or f"; there are {', '.join(known)}"
                self.add((key,), f"unknown key{hint}", at_key=True)

    def kind(self, key: str, known: Mapping[str, Any], what: str) -> str | None:
        """Return the name that says which of several blocks this is, if it is known."""
        if not self.is_mapping():
            return None
        inner = self.node.get(key)
        if inner is None:
            self.add((), f"'{key}' is missing, one of {', '.join(known)}")
            return None
        if not isinstance(inner.value, str) or inner.value not in known:
            self.add((key,), named(written(inner), known, what))
            return None
        return inner.value

    def value(self, key: str, dimension: Dimension | None) -> Value | None:
        """Read a value that must be there.

        Its dimension is None if a mistake elsewhere hides it; then nothing is said.
        """
        inner = self.node.get(key)
        if inner is None:
            such = f", {describe(dimension)}" if dimension is not None else ""
            self.add((key,), f"is missing{such}")
            return None
        if dimension is None:
            return None
        return read_value(inner, f"{self.path}.{key}", dimension, self.problems)

    def parameters(
        self,
        defaults: Mapping[str, str],
        weight: Dimension | None,
        constraints: tuple[str, ...] = (),
    ) -> dict[str, Value]:
        """Return all parameters: those given, and the defaults.

        Parameters
        ----------
        defaults : mapping of str to str
            Default values; "1 weight" has the unit of the weight.
        weight : Dimension or None
            Dimension of the weight, None if a mistake elsewhere hides it.
        constraints : tuple of str
            What must hold between them.

        Returns
        -------
        dict of str to Quantity or Distribution
            By name.
        """
        found: dict[str, Value] = {}
        for name, text in defaults.items():
            of_weight = text.partition(" ")[2] == "weight"
            if of_weight and weight is None:
                continue
            dimension = parameter_dimension(text, weight or dim.NONE)
            value: Value | None
            if name in self.node.mapping:
                value = self.value(name, dimension)
            elif of_weight:
                value = self.in_weights(name, float(text.partition(" ")[0]), dimension)
            else:
                value = parse(text)
            if value is not None:
                found[name] = value
        check_constraints(constraints, found, self.compared)
        return found

    def compared(self, names: Steps, message: str) -> None:
        """Note a problem of parameters at the first of them that is given."""
        given = next((name for name in names if name in self.node.mapping), names[0])
        self.add((given,), message)

    def in_weights(self, name: str, number: float, dimension: Dimension) -> Quantity | None:
        """Take a default in units of the weight if it means something: 0, or a plain number."""
        if number and dimension != dim.NONE:
            such = f"{describe(dimension)} like the weight, such as '{example(dimension)}'"
            self.add((name,), f"is missing: {such}")
            return None
        return Quantity(number, dimension)
