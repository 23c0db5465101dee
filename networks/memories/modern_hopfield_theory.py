"""Closed forms of the modern Hopfield memory: patterns it holds, and how far a read may be off.

References
----------
Ramsauer et al., "Hopfield networks is all you need", ICLR (2021), theorem 3.
`retrieval_bound` and `exact_gap` are derived here.
"""

from __future__ import annotations

from math import exp, log, sqrt

from scipy import special


def growth(size: int, beta: float, radius: float, failure: float) -> float:
    """Compute c: N = sqrt(p) c ** ((d - 1) / 4) random patterns on a sphere are held.

    Parameters
    ----------
    size : int
        d, numbers of a pattern.
    beta : float
        Sharpness of the softmax.
    radius : float
        K, the sphere has the radius K sqrt(d - 1).
    failure : float
        p, chance that they are not.
    """
    a = 2 / (size - 1) * (1 + log(2 * beta * radius**2 * failure * (size - 1)))
    b = 2 * radius**2 * beta / 5
    return float(b / special.lambertw(exp(a + log(b))).real)


def held(size: int, beta: float, radius: float, failure: float) -> float:
    """Compute N, the number of patterns of `growth`."""
    return float(sqrt(failure) * growth(size, beta, radius, failure) ** ((size - 1) / 4))


def retrieval_bound(n_patterns: int, beta: float, gap: float, norm: float) -> float:
    """Compute the most by which a softmax read is off: 2 (N - 1) exp(-beta gap) M.

    The other patterns share at most (N - 1) exp(-beta gap) and none is further than 2 M away.
    """
    return 2 * (n_patterns - 1) * exp(-beta * gap) * norm


def exact_gap(alpha: float, beta: float) -> float:
    """Compute the gap of scores from which alpha-entmax reads one pattern alone, without error."""
    return 1 / (beta * (alpha - 1))
