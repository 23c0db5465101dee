"""Compute once what does not change while compiled code runs.

Lines of generated code are split in two: an *entry*, run whenever the time loop is entered, and
the rest, run at every step. An expression moves to the entry if every array that it names is
written by no code object of the loop; what Python changes between two entries is seen at the
next. The operations and their order stay as they are, so that results keep every bit. A scalar
goes through a cell of an array; an expression that has one value per element, such as a
propagator `exp(-dt / tau)` with one `tau` per neuron, through an array of its own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2.core.variables import ArrayVariable
from numpy.typing import NDArray

from neuro.device.expression import CASTS, is_costly, kind_of, names_in, parse
from neuro.device.source import Getter, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject

_STORE = re.compile(r"^\s*(\w+)\[.*?\] *[-+*/]?=(?!=)", re.MULTILINE)
_IDENTIFIER = re.compile(r"(?<![\w.])[A-Za-z_]\w*")
#: Variables that templates and the loop itself write to, whatever the statements say.
_ALWAYS_WRITTEN = frozenset({"lastspike", "not_refractory", "t", "timestep", "t_in_timesteps"})
#: Templates that write to more than their statements do.
_OPAQUE = frozenset({"spatialstateupdate", "summed_variable", "spikegenerator"})
#: The arrays that hold the scalars of an entry.
_REALS, _WHOLES = "_own_real", "_own_whole"

#: Rewrites an expression, given the names that do not change and the types of all names.
Regroup = Callable[[ast.expr, frozenset[str], dict[str, str]], ast.expr]


def written(codes: Iterable[NumbaCodeObject]) -> frozenset[str]:
    """Return the names of all arrays that some code objects may write to."""
    found: set[str] = set()
    for code in codes:
        text = "\n".join(line for block in (code.scalar, code.vector) for line in block[None])
        found.update(_STORE.findall(text))
        arrays = [v for v in code.variables.values() if isinstance(v, ArrayVariable)]
        is_opaque = code.template_name in _OPAQUE
        found.update(code.array(v) for v in arrays if is_opaque or v.name in _ALWAYS_WRITTEN)
        told = code.template_kwds.values()
        found.update(code.array(v) for v in told if isinstance(v, ArrayVariable))
    return frozenset(found)


@dataclass(slots=True)
class Split:
    """Hold the code of an object, split by how often it runs.

    Parameters
    ----------
    scalar, vector
        Lines for every step.
    entry
        Lines for every entry of the time loop.
    bindings
        The arrays through which the entry hands its values to the steps.
    """

    scalar: list[str]
    vector: list[str]
    entry: list[str] = field(default_factory=list)
    bindings: dict[str, Getter] = field(default_factory=dict)


def split(
    code: NumbaCodeObject,
    scalar: Sequence[str],
    vector: Sequence[str],
    regroup: Regroup | None = None,
) -> Split:
    """Split the code of an object that visits all its elements.

    Parameters
    ----------
    code
        The code object.
    scalar, vector
        Its lines for all elements together and for each.
    regroup
        Brings together what does not change; None keeps the order of operations.
    """
    return _Splitter(code, regroup).split(scalar, vector)


class _Splitter:
    """Hold what is known while the code of one object is split."""

    def __init__(self, code: NumbaCodeObject, regroup: Regroup | None) -> None:
        self.code, self.regroup = code, regroup
        self.kinds: dict[str, str] = {}
        self.known: set[str] = {"np", "math", "mod", "power", "floordiv", "fast_exp32"}
        for name, value in code.constants.items():
            self.known.add(name)
            self.kinds[name] = np.asarray(value).dtype.name
        for variable in code.variables.values():
            if isinstance(variable, ArrayVariable):
                name = code.array(variable)
                self.kinds[name] = np.dtype(variable.dtype).name
                if name not in code.device.written:
                    self.known.add(name)
        for name, rendering in code.functions.items():
            if code.variables[name].stateless:
                self.known.update(_IDENTIFIER.findall(rendering.text + " " + rendering.fast))
                self.known.update(rendering.arrays)
        self.cells = {_REALS: 0, _WHOLES: 0}
        self.entry: list[str] = []
        self.bindings: dict[str, Getter] = {}
        #: The arrays of element-wise expressions by text, and what these need.
        self.each: dict[str, str] = {}
        self.definitions: list[str] = []

    def split(self, scalar: Sequence[str], vector: Sequence[str]) -> Split:
        every_step = self._scalars(scalar)
        each = self._elements(vector)
        if any(self.cells.values()):
            reals = np.zeros(max(1, self.cells[_REALS]))
            wholes = np.zeros(max(1, self.cells[_WHOLES]), dtype=np.int64)
            self.bindings.update({_REALS: _constant(reals), _WHOLES: _constant(wholes)})
        if self.each:
            stores = [f"{name}[_idx] = {text}" for text, name in self.each.items()]
            visit = indented([*self.definitions, *stores])
            self.entry += [f"for _idx in range({self.code.value('N')}):", *visit]
        return Split(every_step, each, self.entry if self.bindings else [], self.bindings)

    def _scalars(self, lines: Sequence[str]) -> list[str]:
        """Move what only names what is known to the entry."""
        nodes = ast.parse("\n".join(lines)).body
        assigned = _assigned(nodes)
        kept = []
        for node in nodes:
            text = ast.unparse(node)
            name, value = _assignment(node) or ("", node)
            if not name or assigned.count(name) > 1 or names_in(value) - self.known:
                kept.append(text)
                continue
            self.entry.append(text)
            self.known.add(name)
            kind = self.kinds[name] = kind_of(value, self.kinds) or ""
            is_read = isinstance(value, ast.Subscript)
            kept.append(self._cell(name, kind) if kind in CASTS and not is_read else text)
        return kept

    def _cell(self, name: str, kind: str) -> str:
        """Hand a scalar over and return the line that takes it."""
        array = _REALS if kind.startswith("float") else _WHOLES
        place = f"{array}[{self.cells[array]}]"
        self.cells[array] += 1
        self.entry.append(f"{place} = {name}")
        return f"{name} = {CASTS[kind]}({place})"

    def _elements(self, lines: Sequence[str]) -> list[str]:
        """Replace element-wise expressions that do not change by elements of arrays."""
        if isinstance(self.code.variables.get("N"), ArrayVariable):
            return list(lines)  # synapses: an array each would cost too much memory
        nodes = ast.parse("\n".join(lines)).body
        assigned = _assigned(nodes)
        known = {*self.known, "_idx"}
        varying = {"_idx"}
        for node in nodes:
            name, value = _assignment(node) or ("", node)
            if not name:
                continue
            self.kinds[name] = kind_of(value, self.kinds) or ""
            if assigned.count(name) == 1 and not names_in(value) - known:
                known.add(name)
                varying.add(name)
                self.definitions.append(ast.unparse(node))
        replacer = _Replacer(self, frozenset(known), frozenset(varying))
        return [ast.unparse(replacer.visit(node)) for node in nodes]

    def element(self, node: ast.expr) -> ast.expr | None:
        """Return the element that stands for an expression, or None if it stays as it is."""
        kind = kind_of(node, self.kinds)
        if kind not in {"float64", "float32"} or not is_costly(node):
            return None
        text = ast.unparse(node)
        if text not in self.each:
            name = self.each[text] = f"_own_each_{len(self.each)}"
            size = self.code.n_elements
            self.bindings[name] = _constant(np.zeros(size, dtype=kind))
        return parse(f"{self.each[text]}[_idx]")


class _Replacer(ast.NodeTransformer):
    """Replace the largest expressions that name nothing but what is known.

    Parameters
    ----------
    splitter
        Keeps the arrays.
    known
        The names that do not change.
    varying
        Those of them that differ between elements.
    """

    def __init__(self, splitter: _Splitter, known: frozenset[str], varying: frozenset[str]) -> None:
        self.splitter, self.known, self.varying = splitter, known, varying

    def visit_Assign(self, node: ast.Assign) -> ast.Assign:
        """Replace within the right side, regrouped if that is allowed."""
        name, _ = _assignment(node) or ("", node)
        if name in self.varying:
            return node
        if self.splitter.regroup is not None:
            node.value = self.splitter.regroup(node.value, self.known, self.splitter.kinds)
        node.value = self.visit(node.value)
        return node

    def visit(self, node: ast.AST) -> Any:
        """Replace an expression or look inside it."""
        if isinstance(node, ast.BinOp | ast.Call | ast.UnaryOp):
            names = names_in(node)
            if names & self.varying and not names - self.known:
                return self.splitter.element(node) or super().visit(node)
        return super().visit(node)


def _assignment(node: ast.stmt) -> tuple[str, ast.expr] | None:
    """Return the name and the value of an assignment to a name, or None for other statements."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    return None


def _assigned(nodes: Iterable[ast.stmt]) -> list[str]:
    return [
        part.id
        for node in nodes
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    ]


def _constant(value: NDArray[Any]) -> Getter:
    return lambda: value
