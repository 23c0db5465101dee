"""Spikes of a batch as lists of cells, and the product that adds one row for every spike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

# Activity (spikes per cell and step) below which rows are added one by one. Break-even with BLAS
# on one thread of the machines tried: about 15 %.
SPARSE = 0.15


@dataclass(frozen=True, slots=True)
class Events:
    """Hold the active cells of every row of a 0/1 matrix.

    Attributes
    ----------
    cells : array of int32, shape (n_spikes,)
        Active cells, row after row, ascending.
    start : array of int64, shape (n_rows + 1,)
        Where each row begins.
    width : int
        Cells of a row.
    """

    cells: NDArray[np.int32]
    start: NDArray[np.int64]
    width: int

    @property
    def n_rows(self) -> int:
        """Return the number of rows."""
        return len(self.start) - 1

    @property
    def n_spikes(self) -> int:
        """Return the number of spikes."""
        return int(self.start[-1])

    @property
    def activity(self) -> float:
        """Return the spikes per cell and row."""
        return self.n_spikes / max(1, self.n_rows * self.width)

    @property
    def is_sparse(self) -> bool:
        """Say whether adding rows beats a dense product; counted, so always the same answer."""
        return self.activity < SPARSE

    def dense(self, dtype: Any = np.float32) -> NDArray[Any]:
        """Return the matrix, shape (n_rows, width)."""
        matrix = np.zeros((self.n_rows, self.width), dtype=dtype)
        row = np.repeat(np.arange(self.n_rows), np.diff(self.start))
        matrix[row, self.cells] = 1
        return matrix


def events_of(spikes: NDArray[Any]) -> Events:
    """List the active cells of a 0/1 matrix.

    Parameters
    ----------
    spikes : array, shape (n_rows, width)
        Zeros and ones.

    Returns
    -------
    Events
        The same, as lists.
    """
    row, cell = np.nonzero(spikes)
    start = np.zeros(len(spikes) + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=len(spikes)), out=start[1:])
    return Events(cell.astype(np.int32), start, spikes.shape[1])


def product(events: Events, weight: NDArray[Any]) -> NDArray[Any]:
    """Multiply a 0/1 matrix by a weight matrix, the cheaper way for its activity.

    Parameters
    ----------
    events : Events
        n_rows of `width` cells.
    weight : array, shape (width, n_out)
        Row j is what a spike of cell j adds.

    Returns
    -------
    array, shape (n_rows, n_out)
        The sums, in the type of the weights. The two ways add in another order: where the sums
        are exact (weights on a grid of powers of two) they agree in every bit.
    """
    total: NDArray[Any]
    if not events.is_sparse:
        total = events.dense(weight.dtype) @ weight
        return total
    total = np.empty((events.n_rows, weight.shape[1]), dtype=weight.dtype)
    _add_rows(events.cells, events.start, np.ascontiguousarray(weight), total)
    return total


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def add_spikes(cells: Any, first: int, last: int, weight: Any, total: Any) -> None:
    """Set `total` to the sum of the rows of `weight` named by cells[first:last], four at a time."""
    total[:] = 0
    n = len(total)
    at = first
    while at + 4 <= last:
        a, b = weight[cells[at]], weight[cells[at + 1]]
        c, d = weight[cells[at + 2]], weight[cells[at + 3]]
        for i in range(n):
            total[i] += (a[i] + b[i]) + (c[i] + d[i])
        at += 4
    while at < last:
        a = weight[cells[at]]
        for i in range(n):
            total[i] += a[i]
        at += 1


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def list_spikes(fired: Any, cells: Any, count: Any) -> Any:
    """Write the cells of a row of zeros and ones behind `count`; return the new count."""
    # Unsigned, so that an index is not looked at for counting from the end.
    room, n = cells[count : count + len(fired) + 1], np.uint32(0)
    for i in range(len(fired)):
        room[n] = i
        n += np.uint32(fired[i])
    return count + np.int64(n)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _add_rows(cells: Any, start: Any, weight: Any, total: Any) -> None:
    for row in range(len(start) - 1):
        add_spikes(cells, start[row], start[row + 1], weight, total[row])
