"""What synapses with states are expected to answer, and how surely: normal sums of their weights.

The sum f = w e / n of n weights and the elements of an event has the mean S and the variance
(E w^2 - S^2) / n, S what is left of the event. Others that were stored count as noise.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from networks.memories.palimpsest import Fading

Array = NDArray[np.float64]
TIE = 1e-9  # a threshold on the lattice counts as such in spite of rounding


def between(fading: Fading, threshold: float, number: int) -> float:
    """Return the middle between the two values that f can have around a threshold.

    Sums of n weights of a few values lie on a lattice; a threshold on it would leave to rounding
    what is above, and one between two values is the same as their middle.
    """
    weights = np.unique(fading.transitions.weight)
    step, offset = float(np.diff(weights).min()), number * float(weights[-1])
    place = np.floor((number * threshold - offset) / step + TIE)
    return float((offset + (place + 0.5) * step) / number)


def deviation(fading: Fading, signal: Array, number: int) -> Array:
    """Return the deviation of f around a signal, of so many synapses."""
    left = np.maximum(fading.noise(0) ** 2 - signal**2, 0.0)
    return np.asarray(np.sqrt(left / number))


def above(fading: Fading, signal: Array, threshold: Array | float, number: int) -> Array:
    """Return the chance that f exceeds a threshold; 1/2 on it where nothing scatters.

    Parameters
    ----------
    fading : Fading
        Synapses with states.
    signal : array of float64
        S.
    threshold : array of float64 or float
        As from `between`.
    number : int
        n.
    """
    scatter = np.maximum(deviation(fading, signal, number), np.finfo(float).tiny)
    return np.asarray(ndtr((signal - threshold) / scatter))


def histories(fading: Fading, shown: NDArray[np.int64], items: int) -> Array:
    """Compute what is left of each item before each step of a stream.

    Parameters
    ----------
    fading : Fading
        Synapses with states.
    shown : array of int64, shape (T,)
        Which item each step shows, and the synapses then learn.
    items : int
        How many there are; to the synapses of one, all others are random.

    Returns
    -------
    array of float64, shape (T, items)
        E[w e] of each item before the step.
    """
    made = fading.transitions
    # Seen from an item: a step that shows it asks for +1 where its event is +1, and so for -1.
    own, other = made.chance[1], made.chance.mean(axis=0)
    state = np.tile(made.equilibrium, (items, 1))
    left = np.empty((len(shown), items))
    for step, item in enumerate(shown.tolist()):
        left[step] = state @ made.weight
        mine = state[item] @ own
        state = state @ other
        state[item] = mine
    return left
