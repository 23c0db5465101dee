"""Leave synapses alone whose variable a statement would not change, without reading it.

Learning rules such as ``w += eta*(w_max - w)*int(t - lastspike_pre <= window)`` change few of the
synapses that an event visits. Where the condition is false, they add a number times zero, and the
sum has the bits of ``w`` unless ``w`` is -0.0, infinite or no number, or the number is infinite.
So the condition, which is about neurons, is asked first, and the synapse is not touched if it is
false, for as long as no value of the variable, and none of the factors, is beyond `LIMIT` or is
-0.0: values are searched before a run, and each new one is tested by the kernel that writes it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from neuro.device.source import Getter

if TYPE_CHECKING:
    from neuro.device.device import NumbaDevice

#: Up to `MOST_LEAVES` factors and terms of at most this size have a finite result.
LIMIT = 1e30
MOST_LEAVES = 8

_READ = re.compile(r"(?P<name>\w+) = \w+\[(?P<index>\w+)\]")
_WRITE = re.compile(r"\w+\[_idx\] = (?P<name>\w+)")
_CASTS = {"np.float64", "np.int32", "np.bool_"}


@dataclass(frozen=True, slots=True)
class Idle:
    """Hold a statement that changes a variable only where a condition on neurons holds.

    Parameters
    ----------
    name
        The variable.
    condition
        An expression that is true wherever the variable may change.
    early, late
        The lines that the condition needs, and all others.
    scalars
        Numbers that are the same for all synapses and multiply the condition.
    """

    name: str
    condition: str
    early: tuple[str, ...]
    late: tuple[str, ...]
    scalars: tuple[str, ...]

    def lines(self, loud: str, flag: str) -> list[str]:
        """Write the statements.

        Parameters
        ----------
        loud
            Says that synapses have to be visited whatever the condition.
        flag
            The array that is told of values for which that is so.
        """
        v = self.name
        is_negative_zero = f"({v} == 0.0 and math.copysign(1.0, {v}) < 0.0)"
        return [
            *self.early,
            f"if {loud} or ({self.condition}):",
            *(f"    {line}" for line in self.late),
            f"    if not (abs({v}) <= {LIMIT}) or {is_negative_zero}:",
            f"        {flag}[0] = 1",
        ]

    def is_loud(self, flag: str) -> str:
        """Write the condition under which all synapses have to be visited."""
        large = [f"not (abs(np.float64({name})) <= {LIMIT})" for name in self.scalars]
        return " or ".join([f"{flag}[0] != 0", *large])


def recognise(lines: Sequence[str]) -> Idle | None:
    """Return the statement of some lines if it leaves most synapses as they are.

    Parameters
    ----------
    lines
        Reads, then one statement, then one write, about synapse `_idx`.
    """
    reads = {line: match for line in lines if (match := _READ.fullmatch(line))}
    rest = [line for line in lines if line not in reads]
    write = _WRITE.fullmatch(rest[-1]) if len(rest) == 2 else None
    if write is None or not rest[0].startswith(f"{write['name']} = np.float64("):
        return None
    name = write["name"]
    of_synapses = [
        match["name"]
        for match in reads.values()
        if match["index"] == "_idx" and not match["name"].endswith("_idx")
    ]
    if of_synapses != [name]:
        return None
    search = _Search(name, {match["name"] for match in reads.values()})
    change = _change(ast.parse(rest[0]).body[0], name)
    if change is None or not search.vanishes(change) or len(search.leaves) > MOST_LEAVES:
        return None
    early = [line for line, match in reads.items() if match["name"] != name]
    late = [line for line, match in reads.items() if match["name"] == name]
    return Idle(
        name,
        " or ".join(f"({ast.unparse(part)})" for part in search.conditions),
        tuple(early),
        (*late, *rest),
        tuple(sorted(set(search.leaves) - {"", name})),
    )


def _change(statement: ast.stmt, name: str) -> ast.expr | None:
    """Return what a statement adds to `name` or takes from it, or None."""
    value = _bare(statement.value) if isinstance(statement, ast.Assign) else None
    if not isinstance(value, ast.BinOp) or not isinstance(value.op, ast.Add | ast.Sub):
        return None
    return value.right if isinstance(value.left, ast.Name) and value.left.id == name else None


def _bare(node: ast.expr) -> ast.expr:
    """Return an expression without a conversion to double precision around it."""
    while isinstance(node, ast.Call) and ast.unparse(node.func) == "np.float64":
        node = node.args[0]
    return node


class _Search:
    """Look for the conditions under which an expression is not zero."""

    def __init__(self, name: str, loaded: set[str]) -> None:
        self.name = name
        self.loaded = loaded
        self.conditions: list[ast.expr] = []
        self.leaves: list[str] = []

    def vanishes(self, node: ast.expr) -> bool:
        """Return whether a finite expression is zero if none of the conditions holds."""
        node = _bare(node)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            return self.vanishes(node.operand)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
            return self.vanishes(node.left) and self.vanishes(node.right)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
            for one, other in ((node.left, node.right), (node.right, node.left)):
                before = len(self.conditions), len(self.leaves)
                if self.vanishes(one) and self._is_bounded(other):
                    return True
                del self.conditions[before[0] :], self.leaves[before[1] :]
            return False
        if not isinstance(node, ast.Call) or ast.unparse(node.func) != "np.int32":
            return False
        if not self._is_neuronal(node.args[0]):
            return False
        self.conditions.append(node.args[0])
        return True

    def _is_bounded(self, node: ast.expr) -> bool:
        """Return whether an expression is a sum or product of bounded numbers; list these."""
        node = _bare(node)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Mult):
            return self._is_bounded(node.left) and self._is_bounded(node.right)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            return self._is_bounded(node.operand)
        if isinstance(node, ast.Constant):
            self.leaves.append("")
            return isinstance(node.value, int | float) and abs(node.value) <= LIMIT
        if isinstance(node, ast.Name):
            self.leaves.append(node.id)
            return node.id == self.name or node.id not in self.loaded
        return False

    def _is_neuronal(self, node: ast.expr) -> bool:
        """Return whether an expression is a truth about neurons that calls nothing."""
        calls = [n for n in ast.walk(node) if isinstance(n, ast.Call)]
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        is_truth = isinstance(node, ast.Compare | ast.BoolOp)
        return (
            is_truth
            and self.name not in names
            and all(ast.unparse(call.func) in _CASTS for call in calls)
        )


@final
class Quiet:
    """Remember for which variables no value needs a visit.

    Parameters
    ----------
    device
        Counts the writes to arrays.
    """

    def __init__(self, device: NumbaDevice) -> None:
        self._device = device
        self._known: WeakKeyDictionary[Any, tuple[tuple[int, int], NDArray[np.uint8]]] = (
            WeakKeyDictionary()
        )

    def is_quiet(self, variable: Any) -> bool:
        """Return whether all values are within `LIMIT` and none is -0.0."""
        token = (self._device.writes.get(variable, 0), len(variable.get_value()))
        known = self._known.get(variable)
        if known is not None and known[0] == token and known[1][0] == 0:
            return True
        is_quiet = are_quiet(variable.get_value())
        flag = known[1] if known is not None else np.zeros(1, dtype=np.uint8)
        flag[0] = not is_quiet
        self._known[variable] = (token, flag)
        return is_quiet

    def flag_getter(self, variable: Any) -> Getter:
        """Return what looks up the array that kernels set when a value is beyond the limit."""
        return lambda: self._known[variable][1]


def are_quiet(array: NDArray[np.float64]) -> bool:
    """Return whether adding or subtracting zero would leave each element as it is, bit for bit.

    Parameters
    ----------
    array
        Numbers, shape (n,). Larger ones than `LIMIT` are refused, too.
    """
    if len(array) == 0:
        return True
    # No number fails every comparison; -0.0 is the smallest integer of its size.
    bits = array.view(np.int64)
    is_bounded = bool(array.max() <= LIMIT and array.min() >= -LIMIT)
    return is_bounded and int(bits.min()) != np.iinfo(np.int64).min
