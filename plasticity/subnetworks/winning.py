"""Winning subnetworks: every synapse has a score, and those of the best scores take part."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def best(scores: Array, density: float) -> NDArray[np.bool_]:
    """Return which scores are the largest by magnitude.

    Parameters
    ----------
    scores : array
        One for each synapse of a layer.
    density : float
        Share of the synapses that take part, above 0, at most 1.

    Returns
    -------
    array of bool
        round(density * size) of them, but at least one; of equal ones those that come first.
    """
    magnitude = np.abs(scores).ravel()
    n = max(1, round(density * magnitude.size))
    if n == magnitude.size:
        return np.ones(scores.shape, dtype=bool)
    least = np.partition(magnitude, magnitude.size - n)[magnitude.size - n]
    mask: NDArray[np.bool_] = magnitude > least
    equal = np.flatnonzero(magnitude == least)
    mask[equal[: n - int(mask.sum())]] = True
    return mask.reshape(scores.shape)


def learn_scores(scores: Array, weight: Array, gradient: Array, rate: float) -> None:
    """Change scores, in place, as if the mask passed gradients straight through.

    The loss falls where a synapse takes part if gradient * weight is negative; the derivative of
    |score| puts the sign.

    Parameters
    ----------
    scores, weight : array
        Of a layer.
    gradient : array
        Of the loss with respect to weight * mask.
    rate : float
        Learning rate.

    References
    ----------
    Kang et al., "Forget-free continual learning with winning subnetworks", ICML 2022, section 3.
    """
    scores -= scores.dtype.type(rate) * gradient * weight * np.sign(scores)
