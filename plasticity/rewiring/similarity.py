"""How alike the activities of two layers' cells are, added up little by little."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
#: Rows of one product.
CHUNK = 4096


class Similarity:
    """Add up activities, and return the cosine of each pair of cells.

    CH_ij = <before_i, after_j> / (||before_i|| ||after_j||) over all rows added since `clear`,
    means not removed: 0 to 1 of spikes and rates, and 0 of cells that were silent.

    Parameters
    ----------
    n_before, n_after : int
        Cells.

    Attributes
    ----------
    product : array of float64, shape (n_before, n_after)
        Sums of products.
    before, after : array of float64, shape (n_before,), (n_after,)
        Sums of squares.

    References
    ----------
    Konstantaropoulos et al., arXiv 2508.14140 (2025): cells that fire together are connected.
    """

    def __init__(self, n_before: int, n_after: int) -> None:
        self.product = np.zeros((n_before, n_after))
        self.before, self.after = np.zeros(n_before), np.zeros(n_after)

    def add(self, before: Array, after: Array) -> None:
        """Add rows of activity, one of each layer for the same sample and step.

        Parameters
        ----------
        before : array, shape (n_rows, n_before)
            Spikes, rates or inputs. If `after` has so many rows several times over, step by step,
            these are the same at every step.
        after : array, shape (n_rows * n_steps, n_after)
            Spikes or rates.
        """
        n_steps = len(after) // max(1, len(before))
        # What does not change over the steps meets the sum of what does.
        summed = after.reshape(n_steps, len(before), -1).sum(axis=0) if n_steps > 1 else after
        for first in range(0, len(before), CHUNK):
            rows = slice(first, first + CHUNK)
            self.product += before[rows].T @ summed[rows]
        self.before += n_steps * np.einsum("ij,ij->j", before, before)
        self.after += np.einsum("ij,ij->j", after, after)

    def cosine(self) -> Array:
        """Return CH, shape (n_before, n_after)."""
        found = self.product.copy()
        for squares, axis in ((self.before, 1), (self.after, 0)):
            norm = np.expand_dims(np.sqrt(squares), axis)
            np.divide(found, norm, out=found, where=norm > 0)
        # Rounding may leave a pair that is always active together a little above 1.
        return np.clip(found, -1, 1, out=found)

    def clear(self) -> None:
        """Forget all rows."""
        for total in (self.product, self.before, self.after):
            total[:] = 0
