"""Recognise synaptic variables that have one value for all synapses while a network runs.

Such a variable is read once per step instead of once per synaptic event: a weight that was set to
one number, and that no code of the network writes, then costs neither memory traffic nor cache.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2.core.variables import ArrayVariable
from numpy.typing import NDArray

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject

#: Elements that are looked at before all of them are.
_SAMPLE = 32


def is_uniform(array: NDArray[Any]) -> bool:
    """Return whether all elements of an array have the same bits.

    Parameters
    ----------
    array
        Numbers or booleans, shape (n,), n >= 0. No element is uniform.
    """
    if array.ndim != 1 or len(array) == 0:
        return False
    bits = np.ascontiguousarray(array).view(f"u{array.dtype.itemsize}")
    sample = bits[:: max(1, len(bits) // _SAMPLE)]
    return bool((sample == bits[0]).all() and (bits == bits[0]).all())


def candidates(code: NumbaCodeObject, written: Collection[int]) -> tuple[str, ...]:
    """Return the per-synapse variables that a code object reads and that nothing writes.

    Parameters
    ----------
    code
        The code of a pathway or of a summed variable.
    written
        The identities of all variables that any code of the network writes.

    Returns
    -------
    tuple of str
        Names in the code.
    """
    return tuple(
        name
        for name, variable in code.variables.items()
        if isinstance(variable, ArrayVariable)
        and not variable.scalar
        and code.variable_indices.get(name) == "_idx"
        and code.load(name) in code.vector[None]
        and id(variable) not in written
    )
