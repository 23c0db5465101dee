"""Sparse hidden codes: lateral inhibition leaves k winners of each layer, and these learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.layers.rate_layer import RateActivity, from_constant
from plasticity.gradient.dsr import DSR

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Winners(DSR):
    """Train on weighted rates where only the most driven cells of each layer fire.

    Inhibition takes the drive of the first loser off all cells of the layer, so that at most
    `winners` of them are driven above 0 and spike; errors reach these cells only. A layer is driven
    by the weighted rates of the one before, constant over the steps.

    Attributes
    ----------
    feedback, cell, n_steps
        See `DSR`.
    winners : float
        Share of each hidden layer that may fire; at least one cell.

    References
    ----------
    Keskinen, "Hard ASH: sparsity and the right optimizer make a continual learner", arXiv
    2404.17651, for sparse codes against forgetting; inhibition by rank is that of k-winner circuits
    (Majani, Erlanson & Abu-Mostafa, NeurIPS 1988).
    """

    winners: float = 0.1

    def _forward(self, weights: Sequence[Array], inputs: Array) -> list[RateActivity]:
        layers: list[RateActivity] = []
        now = inputs
        for weight in weights[:-1]:
            drive = inhibit(now @ weight, self.winners)
            layers.append(from_constant(drive, self.cell, self.n_steps))
            now = layers[-1].rate
        return layers


def inhibit(drive: Array, winners: float) -> Array:
    """Take the drive of the first loser off all cells.

    Parameters
    ----------
    drive : array, shape (n_samples, n_cells)
        Input currents.
    winners : float
        Share of the cells that may stay above 0; at least one.

    Returns
    -------
    array, shape (n_samples, n_cells)
        Of each sample at most round(winners * n_cells) values are above 0: ties lose together.
    """
    n_cells = drive.shape[1]
    n = max(1, round(winners * n_cells))
    if n >= n_cells:
        return drive
    loser = np.partition(drive, n_cells - n - 1, axis=1)[:, n_cells - n - 1]
    left: Array = drive - loser[:, None]
    return left
