"""Give every call of a random function its place, and draw for all elements of a group at once.

The texts of the functions (`neuro.device.functions`) say `draw_normal()`. In a code object this
becomes `draw_normal(_counter, _own_place + 0, _idx)`; where every element draws in every step,
it becomes an element of an array that one call fills before the elements are visited.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2.core.variables import ArrayVariable
from numpy.typing import DTypeLike

from neuro.device.expression import parse
from neuro.device.fast.draws import BLOCK
from neuro.device.source import Getter
from neuro.device.threads.region import FIRST, LAST

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject

_PREFIX = "draw_"
#: The functions that fill arrays, by what draws one number, and the type of their numbers.
_FILL: dict[str, tuple[str, DTypeLike]] = {
    "draw_count": ("fill_count", np.int32),
    "draw_normal": ("fill_normal", np.float64),
    "draw_uniform": ("fill_uniform", np.float64),
}


def _is_draw(node: ast.Call) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id.startswith(_PREFIX)


def _rewritten(lines: Sequence[str], transformer: ast.NodeTransformer) -> list[str]:
    """Return lines changed by a transformer; those that draw nothing keep their text."""
    if not any(_PREFIX in line for line in lines):
        return list(lines)
    nodes = ast.parse("\n".join(lines)).body
    return [ast.unparse(transformer.visit(node)) for node in nodes]


class _Placer(ast.NodeTransformer):
    def __init__(self, first: int, element: str) -> None:
        self.place, self.element = first, element

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if _is_draw(node):
            text = f"f(_counter, _own_place + {self.place}, {self.element})"
            call = parse(text)
            assert isinstance(call, ast.Call)
            node.args = [*call.args, *node.args]
            self.place += 1
        return node


def placed(lines: Sequence[str], first: int, element: str) -> tuple[list[str], int]:
    """Give the calls in some lines their places.

    Parameters
    ----------
    lines
        Lines of generated code.
    first
        The number of the first place.
    element
        The name of the index of the element that draws.

    Returns
    -------
    tuple
        The lines and the number of the next place.
    """
    placer = _Placer(first, element)
    return _rewritten(lines, placer), placer.place


@dataclass(slots=True)
class Drawn:
    """Hold code whose numbers are drawn before its elements are visited.

    Parameters
    ----------
    vector
        Lines for each element.
    before
        Lines that fill the arrays.
    bindings
        The arrays.
    """

    vector: list[str]
    before: list[str] = field(default_factory=list)
    bindings: dict[str, Getter] = field(default_factory=dict)


class _Filler(ast.NodeTransformer):
    def __init__(self, size: int, n_parts: int) -> None:
        self.n_padded = -(-size // BLOCK) * BLOCK
        self.n_parts = n_parts
        self.drawn = Drawn([])

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        if not _is_draw(node) or ast.unparse(node.func) not in _FILL:
            return node
        counter, place, element, *rest = (ast.unparse(argument) for argument in node.args)
        if element != "_idx":
            return node
        fill, dtype = _FILL[ast.unparse(node.func)]
        name = f"_own_drawn_{len(self.drawn.before)}"
        self.drawn.bindings[name] = _constant(np.zeros(self.n_padded, dtype=dtype))
        if fill == "fill_count":
            bits = f"{name}_bits"
            n_blocks = max(1, self.n_parts)
            self.drawn.bindings[bits] = _constant(np.zeros(n_blocks * BLOCK, dtype=np.uint32))
            rest.append(f"{bits}[{FIRST} * {BLOCK}:]" if self.n_parts else bits)
        arguments = [name, counter, place, *rest, *self._span()]
        self.drawn.before.append(f"{fill}({', '.join(arguments)})")
        return parse(f"{name}[_idx]")

    def _span(self) -> list[str]:
        """Write the first element to fill and the one behind the last."""
        if not self.n_parts:
            return ["0", str(self.n_padded)]
        return [f"edge({self.n_padded}, {p}, {self.n_parts}, {BLOCK})" for p in (FIRST, LAST)]


def draw(code: NumbaCodeObject, lines: Sequence[str], n_parts: int = 0) -> Drawn:
    """Replace draws by elements of arrays, except for synapses, which may be too many.

    Parameters
    ----------
    code
        The code object, which visits all its elements in every step.
    lines
        Its lines for each element.
    n_parts
        The number of parts in which threads share the elements, or 0. Each part fills what it
        needs, if it consists of whole blocks of numbers.
    """
    size = code.variables["N"]
    if isinstance(size, ArrayVariable):
        return Drawn(list(lines))
    filler = _Filler(int(size.get_value()), n_parts)
    filler.drawn.vector = _rewritten(lines, filler)
    return filler.drawn


def _constant(value: Any) -> Getter:
    return lambda: value
