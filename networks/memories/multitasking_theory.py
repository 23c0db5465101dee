"""Closed forms of multitasking memories: self-consistency, regimes, learning from examples.

Patterns are finite in number and N is large: overlaps m_mu solve
m_mu = < xi^mu tanh(sum_nu xi^nu m_nu / T) > over the 3^K states of a unit. Overlaps are (1/N)
sum_i xi_i s_i, so 1 - d is the most, and the critical temperature.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats
from scipy.optimize import brentq

from neuro.errors import SpecError

Array = NDArray[np.float64]
ITERATIONS = 20_000
# A field below this is none: it comes of rounding equal overlaps.
NO_FIELD = 1e-12


def hierarchy(dilution: float, n_patterns: int) -> Array:
    """Compute m_k = (1 - d) d^(k-1), k = 1 to K: the first pattern first, others in its blanks."""
    _check_dilution(dilution)
    return np.asarray((1 - dilution) * dilution ** np.arange(n_patterns))


def end_of_hierarchy(n_patterns: int) -> float:
    """Compute d_c, above which d + d^2 + ... + d^(K-1) > 1 and the hierarchy is none; K > 2."""
    if n_patterns < 3:
        raise SpecError(f"{n_patterns} patterns; needed: at least 3, two have no end")
    powers = np.arange(1, n_patterns)
    return float(brentq(lambda d: np.sum(d**powers) - 1, 0.4, 0.7, xtol=1e-14))


def overlaps(dilution: float, temperature: float, start: Array) -> Array:
    """Iterate the self-consistency from a start, shape (K,); without temperature sign(0) = 0."""
    _check_dilution(dilution)
    state = np.array(list(product((-1, 0, 1), repeat=len(start))), dtype=np.float64)
    blanks = (state == 0).sum(axis=1)
    weight = dilution**blanks * ((1 - dilution) / 2) ** (len(start) - blanks)
    m = np.asarray(start, dtype=np.float64)
    for _ in range(ITERATIONS):
        drive = state @ m
        drive[np.abs(drive) < NO_FIELD] = 0.0
        answer = np.tanh(drive / temperature) if temperature > 0 else np.sign(drive)
        m, before = (weight * answer) @ state, m
        if np.array_equal(m, before):
            break
    return m


def majority(quality: float, n_examples: int) -> float:
    """Compute P(more than half of M examples are right) - P(fewer are), exact; K = 1, averages."""
    right = stats.binom(n_examples, (1 + quality) / 2)
    return float(right.sf(n_examples // 2) - right.cdf((n_examples - 1) // 2))


def learnt(quality: float, n_examples: int) -> float:
    """Compute erf(1 / sqrt(2 rho)), rho = (1 - r^2) / (M r^2), what examples leave of m_k."""
    rho = (1 - quality**2) / (n_examples * quality**2)
    return float(special.erf(1 / np.sqrt(2 * rho)))


def _check_dilution(dilution: float) -> None:
    if not 0 <= dilution <= 1:
        raise SpecError(f"dilution {dilution}; needed: 0 to 1")
