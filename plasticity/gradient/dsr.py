"""Differentiation on spike representation: one backward pass through weighted rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.layers.cells import RateCell
from neuro.layers.rate_layer import RateActivity, from_constant, from_events
from plasticity.gradient.factor import Rows
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy_error
from plasticity.gradient.protocol import Forward, Update, answered

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class DSR:
    """Train on weighted rates, the clipped linear function of the mean input that cells realise.

    The forward pass spikes; the backward pass goes once through the function
    clip(I / tau, 0, threshold / dt) of each layer, whatever the number of steps. Inputs are the
    same at every step; the read-out is the weighted mean of the last layer's current.

    Attributes
    ----------
    feedback : Feedback
        Route of the error.
    cell : RateCell
        Cell of all hidden layers.
    n_steps : int
        T.

    References
    ----------
    Meng et al., CVPR 2022, sections 4.2 and 4.3.
    """

    feedback: Feedback
    cell: RateCell = field(default_factory=RateCell)
    n_steps: int = 20

    def predict(self, weights: Sequence[Array], inputs: Array) -> Forward:
        """Return the network's answer to inputs, shape (n_samples, n_inputs)."""
        layers = self._forward(weights, inputs)
        fired = [np.bincount(la.events.cells, minlength=la.events.width) for la in layers]
        return answered(layers[-1].rate @ weights[-1], fired, weights, inputs)

    def updates(self, weights: Sequence[Array], inputs: Array, labels: Array) -> Iterator[Update]:
        """Yield one update a layer, from the read-out down."""
        layers = self._forward(weights, inputs)
        before = [inputs, *(layer.rate for layer in layers)]
        error = cross_entropy_error(before[-1] @ weights[-1], labels)
        yield Update(len(weights) - 1, Rows(before[-1]), error, before[-1])
        for number in range(len(layers) - 1, -1, -1):
            drive = layers[number].drive
            is_linear = (drive > 0) & (drive < self.cell.ceiling)
            error = self.feedback.back(error, weights[number + 1], number + 1)
            error *= is_linear
            error /= self.cell.tau
            yield Update(number, Rows(before[number]), error, before[number])

    def _forward(self, weights: Sequence[Array], inputs: Array) -> list[RateActivity]:
        layers = [from_constant(inputs @ weights[0], self.cell, self.n_steps)]
        for weight in weights[1:-1]:
            last = layers[-1].events
            layers.append(from_events(last, weight, self.cell, self.n_steps, self.cell.amplitude))
        return layers
