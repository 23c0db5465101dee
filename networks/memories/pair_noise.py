"""Memories of pairs that were observed with noise: four units interact, or two.

Of pattern mu are known eta_ij = xi_i xi_j + omega z_ij, i < j, z normal, and of a state s then
e_mu = sum_{i<j} eta_ij s_i s_j. The energy is -sum_mu e_mu^2 if four units interact, -sum_mu e_mu
if two do. Neither needs more than the N (N - 1) / 2 observations of each pattern.

References
----------
Agliari, Alemanno, Barra, Centonze & Fachechi, "Neural networks with a redundant representation:
detecting the undetectable", PRL 124 (2020). The closed forms are derived as in `dense_theory`.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from networks.memories.dense_theory import one_step

Array = NDArray[np.float64]
Order = Literal[2, 4]


def observe(patterns: NDArray[np.int8], omega: float, rng: np.random.Generator) -> Array:
    """Draw eta of each pattern, shape (K, N, N); symmetric, its diagonal 0."""
    polar = patterns.astype(np.float64)
    pairs: Array = polar[:, :, None] * polar[:, None, :]
    noise = np.triu(rng.standard_normal(pairs.shape), 1)
    pairs += omega * (noise + noise.transpose(0, 2, 1))
    np.einsum("kii->ki", pairs)[:] = 0.0
    return np.asarray(pairs)


def step(observed: Array, state: NDArray[np.int8], order: Order) -> NDArray[np.int8]:
    """Return what all units would become at once, from one state, shape (N,)."""
    heard = (observed @ state.astype(np.float64)) * state  # x of each pattern and unit
    if order == 2:
        drive = heard.sum(axis=0)
    else:
        # What the pairs without the unit add up to weighs the pairs that have it.
        whole = heard.sum(axis=1, keepdims=True) / 2
        drive = (heard * (whole - heard)).sum(axis=0)
    return np.where(drive < 0, -state, state).astype(np.int8)


def overlap(n_patterns: int, size: int, omega: float, order: Order) -> float:
    """Compute the overlap after one step from a pattern.

    The own pattern brings noise omega^2 / (N - 1), every other one (1 + omega^2) / (N - 1) for
    pairs, and 4 (5/2 + omega^2 + omega^4 / 2) / ((N - 1)(N - 2)^2) for four units.
    """
    others, own = size - 1, omega**2 / (size - 1)
    if order == 2:
        return one_step(own + (n_patterns - 1) * (1 + omega**2) / others)
    each = 4 * (2.5 + omega**2 + omega**4 / 2) / (others * (size - 2) ** 2)
    return one_step(own + (n_patterns - 1) * each)
