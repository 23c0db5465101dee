"""Divide the synapses of a pathway by their targets, each part a stretch of every row.

The synapses of a source that lead to the targets of one part have to be neighbours. Where they
are listed by ascending target, as `connect` with a condition leaves them, they are, and only the
places where a part begins are kept, a few numbers for each source. Elsewhere the rows are listed
anew, part by part and otherwise in their order: every target receives its sums in the same order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, final
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from neuro.device.source import Getter
from neuro.device.synaptic.narrow import Index, narrowed

if TYPE_CHECKING:
    from neuro.device.delivery import SpikeQueue
    from neuro.device.device import NumbaDevice


@final
@dataclass(frozen=True, slots=True)
class Rows:
    """Hold how the rows of a queue are divided.

    Parameters
    ----------
    bounds
        The first target of every part, and the one behind the last, shape (parts + 1,).
    cuts
        Where part p of the row of a source begins, shape (parts + 1, sources).
    order
        The synapses row by row and part by part, shape (synapses,), or None if they already
        are in such an order in the queue.
    target
        The targets in that order, or None with `order`.
    """

    bounds: NDArray[np.int64]
    cuts: NDArray[np.int64]
    order: NDArray[np.int32] | None = None
    target: Index | None = None


def divide(
    target: NDArray[np.integer[Any]],
    order: NDArray[np.int32],
    indptr: NDArray[np.int64],
    n_parts: int,
    grain: int,
) -> Rows:
    """Divide rows of synapses by their targets.

    Parameters
    ----------
    target
        The target of every synapse, shape (synapses,).
    order
        The synapses row by row, or no element if they are numbered so.
    indptr
        The places where the rows begin, shape (sources + 1,).
    n_parts
        The number of parts; each has a stretch of the targets.
    grain
        Neighbouring targets that stay together.
    """
    row = target[order] if len(order) else target
    bounds = _bounds(row, n_parts, grain)
    part = np.searchsorted(bounds[1:-1], row, side="right").astype(np.uint16)
    is_falling = part[1:] < part[:-1]
    starts = indptr[(indptr > 0) & (indptr < len(part))]
    is_falling[starts - 1] = False
    if not is_falling.any():
        return Rows(bounds, _cuts(part, indptr, n_parts))
    source = np.repeat(np.arange(len(indptr) - 1), np.diff(indptr))
    place = np.lexsort((part, source))
    listed = order[place] if len(order) else place.astype(np.int32)
    return Rows(bounds, _cuts(part[place], indptr, n_parts), listed, narrowed(target[listed]))


def _bounds(row: NDArray[np.integer[Any]], n_parts: int, grain: int) -> NDArray[np.int64]:
    """Return the ends of equal stretches from the lowest to the highest target."""
    if len(row) == 0:
        return np.zeros(n_parts + 1, dtype=np.int64)
    low, high = int(row.min()), int(row.max()) + 1
    first, stop = low // grain, -(-high // grain)
    bounds = (first + (stop - first) * np.arange(n_parts + 1) // n_parts) * grain
    return np.clip(bounds, low, high)


def _cuts(part: NDArray[np.uint16], indptr: NDArray[np.int64], n_parts: int) -> NDArray[np.int64]:
    """Return where each part begins in each row of parts that ascend."""
    cuts = np.empty((n_parts + 1, len(indptr) - 1), dtype=np.int64)
    cuts[0], cuts[-1] = indptr[:-1], indptr[1:]
    before = np.zeros(len(part) + 1, dtype=np.int64)
    for k in range(1, n_parts):
        np.cumsum(part < k, out=before[1:])
        cuts[k] = indptr[:-1] + before[indptr[1:]] - before[indptr[:-1]]
    return cuts


@final
class DividedRows:
    """Hold the divisions of queues for as long as synapses stay as they are.

    Parameters
    ----------
    device
        Counts the writes to arrays, and says how many parts there are.
    """

    def __init__(self, device: NumbaDevice) -> None:
        self._device = device
        self._known: WeakKeyDictionary[SpikeQueue, tuple[Any, Rows]] = WeakKeyDictionary()

    def of(self, queue: SpikeQueue, variable: Any, grain: int) -> Rows:
        """Return the rows of a queue divided by the targets that an index variable names."""
        writes = self._device.writes.get(variable, 0)
        token = (queue.order, queue.indptr, id(variable), writes, self._device.n_parts, grain)
        known = self._known.get(queue)
        if known is None or not _are_same(known[0], token):
            target, n_parts = variable.get_value(), self._device.n_parts
            rows = divide(target, queue.order, queue.indptr, n_parts, grain)
            known = self._known[queue] = (token, rows)
        return known[1]

    def getter(self, queue: SpikeQueue, variable: Any, grain: int, name: str) -> Getter:
        """Return what looks up an array of `of`."""
        return lambda: getattr(self.of(queue, variable, grain), name)


def _are_same(these: tuple[Any, ...], those: tuple[Any, ...]) -> bool:
    return all(a is b for a, b in zip(these[:2], those[:2], strict=True)) and these[2:] == those[2:]
