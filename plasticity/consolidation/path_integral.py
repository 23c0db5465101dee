"""Synaptic intelligence: what each synapse contributed to the fall of the loss along its way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


class PathIntegral:
    """Sum -gradient * step over the steps of a task, synapse by synapse.

    For small steps the sum over all synapses is what the loss has fallen by.

    Parameters
    ----------
    weights : sequence of array
        At the start of the task; copied.

    Attributes
    ----------
    start : list of array
        The weights at the start.
    contribution : list of array
        As the weights.

    References
    ----------
    Zenke, Poole & Ganguli, "Continual learning through synaptic intelligence", ICML 2017, eq. 3.
    """

    def __init__(self, weights: Sequence[Array]) -> None:
        self.start = [weight.copy() for weight in weights]
        self.contribution: list[Array] = [np.zeros_like(weight) for weight in weights]

    def add(self, gradient: Sequence[Array], step: Sequence[Array]) -> None:
        """Add one step: the gradient of the loss before it, and the change of the weights."""
        for sum_, g, change in zip(self.contribution, gradient, step, strict=True):
            sum_ -= g * change

    def importance(self, weights: Sequence[Array], damping: float) -> list[Array]:
        """Return max(contribution, 0) / ((end - start)^2 + damping), eq. 5.

        Parameters
        ----------
        weights : sequence of array
            At the end of the task.
        damping : float
            Keeps synapses that did not move from mattering without bound; above 0.

        Returns
        -------
        list of array
            As the weights, not negative: a synapse that made the loss grow does not matter.
        """
        parts = zip(self.contribution, self.start, weights, strict=True)
        return [
            np.maximum(sum_, 0) / (np.square(end - start) + sum_.dtype.type(damping))
            for sum_, start, end in parts
        ]
