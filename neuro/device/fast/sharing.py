"""Split event code into what is the same for all synapses of a neuron and what is not.

A trace that only presynaptic events change has one value per source: its statements run once per
event, not once per synapse. Each assignment of such a variable gets a name of its own, so that
statements of the synapses read it as it was at their place in the code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from brian2.core.functions import Function
from brian2.core.variables import ArrayVariable, Constant

from neuro.device.fast.statements import Assignment, recursive_names

#: The indices by which synaptic code reads variables of its source and of its target.
SOURCE_INDEX, TARGET_INDEX = "_presynaptic_idx", "_postsynaptic_idx"


@dataclass(frozen=True, slots=True)
class Split:
    """Hold event code in two parts.

    Parameters
    ----------
    own
        What runs once per event; every assignment has a name of its own.
    rest
        What runs for each synapse of the event.
    last
        The name of each shared variable after the event.
    versions
        The variable, or the name in the code, behind each name that `own` assigns.
    """

    own: tuple[Assignment, ...]
    rest: tuple[Assignment, ...]
    last: Mapping[str, str]
    versions: Mapping[str, str]


class NotSharedError(Exception):
    """Say that a variable is not the same for all synapses of a neuron.

    Parameters
    ----------
    name
        The variable.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def split(
    code: Sequence[Assignment],
    shared: set[str],
    index: str,
    variables: Mapping[str, Any],
    indices: Mapping[str, str],
) -> Split:
    """Split the code of a pathway.

    Parameters
    ----------
    code
        The statements.
    shared
        The variables that have one value per neuron.
    index
        The index of the neurons of that side.
    variables, indices
        What the names of the code stand for.

    Raises
    ------
    NotSharedError
        If a statement of a shared variable depends on the synapse.
    """
    written = {a.target for a in code if a.target in variables} - shared
    current = {name: name for name in shared}
    own: list[Assignment] = []
    rest: list[Assignment] = []
    versions: dict[str, str] = {}
    for number, assignment in enumerate(code):
        is_local = assignment.target not in variables
        reads = recursive_names(assignment.names, variables)
        is_own = (is_local or assignment.target in shared) and all(
            name in current or _is_fixed(name, index, written, variables, indices) for name in reads
        )
        statement = assignment.renamed(current)
        if is_own:
            version = f"_{assignment.target}_{number}"
            own.append(Assignment(version, "=", _right(statement)))
            current[assignment.target] = version
            versions[version] = assignment.target
        elif assignment.target in shared:
            raise NotSharedError(assignment.target)
        else:
            current.pop(assignment.target, None)
            rest.append(statement)
    return Split(tuple(own), tuple(rest), {name: current[name] for name in shared}, versions)


def _right(statement: Assignment) -> str:
    """Write what an assignment assigns, with the operation of an augmented one."""
    if statement.op == "=":
        return statement.expr
    return f"{statement.target} {statement.op[:-1]} ({statement.expr})"


def _is_fixed(
    name: str,
    index: str,
    written: set[str],
    variables: Mapping[str, Any],
    indices: Mapping[str, str],
) -> bool:
    """Return whether a name has one value for all synapses of a neuron during an event."""
    variable = variables.get(name)
    if isinstance(variable, Function):
        return bool(variable.stateless)
    if isinstance(variable, Constant) or hasattr(variable, "expr"):
        return True
    if not isinstance(variable, ArrayVariable) or name in written:
        return False
    return bool(variable.scalar) or indices[name] in {index, "0"}
