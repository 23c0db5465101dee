"""The threshold of a cell as a scale of the synapses onto it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import NumericalError

Array = NDArray[Any]


def learn_thresholds(weight: Array, gradient: Array, rate: float) -> Array:
    """Change the thresholds of a layer's cells along their gradient, by scaling synapses in place.

    A cell that loses its threshold with each spike does the same spikes with threshold theta and
    weights w as with threshold 1 and weights w / theta: its potential is counted in thresholds.
    So the gradient with respect to the gain 1 / theta of a cell is the sum of w * dL/dw over its
    synapses.

    Parameters
    ----------
    weight : array, shape (n_before, n_after)
        Synapses onto the cells, in thresholds.
    gradient : array, shape (n_before, n_after)
        Of the loss with respect to them.
    rate : float
        Learning rate of the gains.

    Returns
    -------
    array, shape (n_after,)
        The thresholds, in those before.

    Raises
    ------
    NumericalError
        If the rate is so large that a gain is not above 0.
    """
    gain = 1 - rate * np.einsum("ij,ij->j", weight, gradient)
    if gain.min() <= 0:
        raise NumericalError(
            f"learning thresholds at rate {rate} turns a gain to {gain.min():.3g}; lower the rate"
        )
    weight *= gain.astype(weight.dtype)
    thresholds: Array = 1 / gain
    return thresholds
