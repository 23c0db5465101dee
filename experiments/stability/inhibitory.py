"""Networks of inhibitory pulses, as many onto each neuron."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.sparse import coo_array


def inhibitory_coupling(n: int, fan_in: int, weight: float, rng: np.random.Generator) -> Any:
    """Draw the same number of equal synapses onto each neuron, none from itself.

    Parameters
    ----------
    n, fan_in : int
        Neurons, and synapses onto each, below n.
    weight : float
        How far a pulse lowers a potential, above 0.
    rng : numpy.random.Generator
        Draws from where.

    Returns
    -------
    sparse array, shape (n, n)
        From row to column.
    """
    target = np.repeat(np.arange(n), fan_in)
    shift = np.concatenate([1 + rng.permutation(n - 1)[:fan_in] for _ in range(n)])
    return coo_array((np.full(n * fan_in, -weight), ((target + shift) % n, target)), (n, n))
