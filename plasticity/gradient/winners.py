"""Sparse hidden codes: lateral inhibition leaves k winners of each layer, and these learn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.layers.cells import RateCell
from neuro.layers.rate_layer import RateActivity, from_constant
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy_error
from plasticity.gradient.protocol import Forward, Update, count_operations

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Winners:
    """Train on weighted rates where only the most driven cells of each layer fire.

    Inhibition takes the drive of the first loser off all cells of the layer, so that at most
    `winners` of them are driven above 0 and spike; errors reach these cells only. A layer is driven
    by the weighted rates of the one before, constant over the steps.

    Attributes
    ----------
    feedback : Feedback
        Route of the error.
    cell : RateCell
        Cell of all hidden layers.
    n_steps : int
        T.
    winners : float
        Share of each hidden layer that may fire; at least one cell.

    References
    ----------
    Keskinen, "Hard ASH: sparsity and the right optimizer make a continual learner", arXiv
    2404.17651, for sparse codes against forgetting; inhibition by rank is that of k-winner circuits
    (Majani, Erlanson & Abu-Mostafa, NeurIPS 1988).
    """

    feedback: Feedback
    cell: RateCell = field(default_factory=RateCell)
    n_steps: int = 20
    winners: float = 0.1

    def predict(self, weights: Sequence[Array], inputs: Array) -> Forward:
        """Return the network's answer to inputs, shape (n_samples, n_inputs)."""
        layers = self._forward(weights, inputs)
        spikes = tuple(layer.events.n_spikes for layer in layers)
        return Forward(
            layers[-1].rate @ weights[-1], spikes, count_operations(weights, inputs, spikes)
        )

    def updates(self, weights: Sequence[Array], inputs: Array, labels: Array) -> Iterator[Update]:
        """Yield one update a layer, from the read-out down."""
        layers = self._forward(weights, inputs)
        before = [inputs, *(layer.rate for layer in layers)]
        error = cross_entropy_error(before[-1] @ weights[-1], labels)
        yield Update(len(weights) - 1, before[-1], error, before[-1])
        for number in range(len(layers) - 1, -1, -1):
            drive = layers[number].drive
            error = self.feedback.back(error, weights[number + 1], number + 1)
            error *= (drive > 0) & (drive < self.cell.ceiling)
            error /= self.cell.tau
            yield Update(number, before[number], error, before[number])

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
