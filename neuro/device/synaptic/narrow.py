"""Keep the ends of synapses in as few bytes as the groups that they join allow.

Brian2's own indices of the two ends of a synapse have 32 bits and a sign. A kernel that visits a
synapse reads at least one of them, and for a signed index it has to ask whether it counts from the
end. Unsigned indices of 16 bits halve the traffic and need no question.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, final
from weakref import WeakKeyDictionary

import numpy as np
from brian2.core.variables import DynamicArrayVariable
from numpy.typing import NDArray

from neuro.device.source import Getter

if TYPE_CHECKING:
    from neuro.device.delivery import SpikeQueue
    from neuro.device.device import NumbaDevice

#: Bytes of state of a synapse beside which two of its index count little.
BULKY = 24
Index = NDArray[np.unsignedinteger[Any]]


def narrowed(index: NDArray[np.integer[Any]]) -> Index:
    """Return indices as the narrowest of uint16 and uint32 that holds them all.

    Parameters
    ----------
    index
        Indices of at least 0, shape (n,).
    """
    fits = len(index) == 0 or int(index.max()) < 2**16
    return index.astype(np.uint16 if fits else np.uint32)


@final
class NarrowIndices:
    """Hold copies of Brian2's synaptic indices for as long as the originals stay as they are.

    Parameters
    ----------
    device
        Counts the writes to arrays.
    """

    def __init__(self, device: NumbaDevice) -> None:
        self._device = device
        self._plain: WeakKeyDictionary[Any, tuple[Any, Index]] = WeakKeyDictionary()
        self._bulky: WeakKeyDictionary[Any, bool] = WeakKeyDictionary()
        self._rows: WeakKeyDictionary[SpikeQueue, tuple[Any, Index]] = WeakKeyDictionary()

    def _token(self, variable: Any) -> tuple[int, int]:
        return (self._device.writes.get(variable, 0), len(variable.get_value()))

    def by_synapse(self, variable: Any) -> Index:
        """Return the narrow copy of an index variable, shape (synapses,).

        Beside a state of `BULKY` bytes a copy saves less memory traffic than it takes memory:
        then Brian2's own array serves, seen as unsigned.
        """
        if self._device.mode == "strict" and self._is_bulky(variable):
            own: Index = variable.get_value().view(np.uint32)
            return own
        token = self._token(variable)
        known = self._plain.get(variable)
        if known is None or known[0] != token:
            known = self._plain[variable] = (token, narrowed(variable.get_value()))
        return known[1]

    def _is_bulky(self, variable: Any) -> bool:
        # Asked before every run; the variables of synapses are those that they were made with.
        known = self._bulky.get(variable)
        if known is None:
            known = self._bulky[variable] = _state_bytes(variable.owner) >= BULKY
        return known

    def by_row(self, queue: SpikeQueue, variable: Any) -> Index:
        """Return the narrow copy in the order in which a queue lists the synapses."""
        order = queue.order
        known = self._rows.get(queue)
        token = (*self._token(variable), id(variable))
        if known is None or known[0][0] is not order or known[0][1] != token:
            index = narrowed(variable.get_value()[order])
            known = self._rows[queue] = ((order, token), index)
        return known[1]

    def synapse_getter(self, variable: Any) -> Getter:
        """Return what looks up `by_synapse`."""
        return lambda: self.by_synapse(variable)

    def row_getter(self, queue: SpikeQueue, variable: Any) -> Getter:
        """Return what looks up `by_row`."""
        return lambda: self.by_row(queue, variable)


def _state_bytes(synapses: Any) -> int:
    """Return the bytes of what a synapse has of its own, but for its ends, delay and last event."""
    known = {"lastupdate", "delay"}
    return sum(
        int(np.dtype(variable.dtype).itemsize)
        for name, variable in synapses.variables.items()
        if isinstance(variable, DynamicArrayVariable)
        and not (variable.scalar or variable.read_only)
        and variable.owner.name == synapses.name
        and name not in known
    )
