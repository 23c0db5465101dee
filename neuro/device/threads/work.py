"""Count the work of statements, and find out which of them may change places.

The statements of a step may be divided between threads if each array that they write is touched
through one index only, so that no two threads meet in an element, and if they draw nothing from a
stream, whose numbers depend on who asks first.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from brian2.core.functions import Function

from neuro.device.expression import is_cast

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject

#: Nanoseconds, as a core of 3 GHz takes them: an operation in a loop of wide vectors, a call of a
#: function that vectorises, of one that does not, and the visit of a synapse.
OPERATION, QUICK_CALL, CALL, VISIT = 0.03, 0.7, 10.0, 1.5
#: Of refractory periods `timestep` is left out of the loop (`refractory.py`).
_QUICK = ("fast_", "exp_", "draw_", "clip", "abs", "int", "timestep")
#: Events per second and neuron where the work of synapses is estimated before a run.
NOMINAL_RATE = 10.0


def nanoseconds(lines: Iterable[str]) -> float:
    """Count the work of some lines for one element, in nominal nanoseconds.

    This is a count of operations, weighted: it depends on nothing but the text.
    """
    total = 0.0
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Call) and not is_cast(node):
            total += QUICK_CALL if ast.unparse(node.func).startswith(_QUICK) else CALL
        elif isinstance(node, ast.Subscript | ast.BinOp | ast.Compare):
            total += OPERATION
    return total


def _accesses(lines: Iterable[str]) -> tuple[dict[str, set[str]], set[str]]:
    """Return the indices through which arrays are touched, and the arrays that are written."""
    indices: dict[str, set[str]] = {}
    stored = set()
    for node in ast.walk(ast.parse("\n".join(lines))):
        if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            indices.setdefault(node.value.id, set()).add(ast.unparse(node.slice))
            if isinstance(node.ctx, ast.Store):
                stored.add(node.value.id)
    return indices, stored


def written_through(code: NumbaCodeObject) -> frozenset[str] | None:
    """Return the indices through which the statements of an object write to arrays.

    Parameters
    ----------
    code
        The code object.

    Returns
    -------
    frozenset of str or None
        None if the order of the elements matters: something is shared, drawn from a stream, or
        written through one index and touched through another.
    """
    if not draws_in_any_order(code):
        return None
    return lines_written_through(code.scalar[None], code.vector[None])


def draws_in_any_order(code: NumbaCodeObject) -> bool:
    """Return whether the functions that an object calls do not care who calls first."""
    functions = {name: v for name, v in code.variables.items() if isinstance(v, Function)}
    return all(
        function.stateless or (name in code.functions and code.is_counted(name))
        for name, function in functions.items()
    )


def lines_written_through(scalar: Iterable[str], vector: Iterable[str]) -> frozenset[str] | None:
    """Return the indices through which statements write to arrays; see `written_through`.

    Parameters
    ----------
    scalar, vector
        Lines for all elements together and for each.
    """
    in_scalar, stored_once = _accesses(scalar)
    indices, stored = _accesses(vector)
    if stored_once or stored & set(in_scalar):
        return None
    if any(len(indices[array]) != 1 for array in stored):
        return None
    return frozenset(index for array in stored for index in indices[array])


def is_elementwise(code: NumbaCodeObject) -> bool:
    """Return whether an object's statements for different elements may change places."""
    through = written_through(code)
    return through is not None and through <= {"_idx"}


def ends_written(code: NumbaCodeObject, ends: Mapping[str, str]) -> frozenset[str] | None:
    """Return the sides of synapses whose variables the statements of a pathway write.

    Parameters
    ----------
    code
        The code object of the pathway.
    ends
        The name of a side for each index in the statements.

    Returns
    -------
    frozenset of str or None
        None if the order of the synapses matters.
    """
    through = written_through(code)
    if through is None or not through <= {"_idx", *ends}:
        return None
    return frozenset(ends[index] for index in through if index != "_idx")


def step_work(codes: Iterable[NumbaCodeObject]) -> float:
    """Count the work of a mean step that threads could share, in nominal nanoseconds.

    Parameters
    ----------
    codes
        The code objects of a network. Synapses are counted as if every neuron had `NOMINAL_RATE`
        events per second.
    """
    per_second, shortest = 0.0, math.inf
    for code in codes:
        dt = float(code.owner.clock.dt_)
        shortest = min(shortest, dt)
        if code.template_name == "synapses":
            n_synapses = int(code.template_kwds["pathway"].queue.indptr[-1])
            visit = VISIT + nanoseconds(code.vector[None])
            per_second += n_synapses * visit * NOMINAL_RATE
        elif code.template_name in {"stateupdate", "threshold"} and is_elementwise(code):
            per_second += code.n_elements * nanoseconds(code.vector[None]) / dt
    return per_second * shortest if per_second else 0.0
