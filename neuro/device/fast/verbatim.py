"""Let translated statements stand elsewhere without changing an operation in them.

Strict mode has to replay an event with the very operations of Brian2's code, so the lines that were
made of a pathway are used as they are. Only where they take their numbers from is changed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from neuro.device.fast.fission import read
from neuro.device.fast.fragment import Fragment


def verbatim(
    code: Any, given: Collection[str], known: Mapping[str, str], dropped: Iterable[str] = ()
) -> Fragment:
    """Return the lines of a code object, in which some names are known beforehand.

    Parameters
    ----------
    code
        The code object of a pathway.
    given
        Names that the caller assigns for each synapse; what is worked out of them once per step
        is worked out for each synapse instead, by the same operations.
    known
        Names that are worked out in another way, with the expression for it.
    dropped
        Names that are not written back.
    """
    moved = set(given)
    scalar: list[str] = []
    head: list[str] = []
    for line in read(code.scalar[None]):
        if line.assigns and line.assigns <= set(given):
            continue
        if line.reads & moved:
            moved |= line.assigns
            head.append(line.text)
        else:
            scalar.append(line.text)
    replaced = {code.load(name): "" for name in given if name in code.variables}
    replaced |= {
        code.load(name): f"{name} = {text}"
        for name, text in known.items()
        if name in code.variables
    }
    replaced |= {f"{code.array(code.variables[name])}[_idx] = {name}": "" for name in dropped}
    vector = [replaced.get(line, line) for line in code.vector[None]]
    return Fragment(scalar, [*head, *(line for line in vector if line)])
