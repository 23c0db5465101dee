"""Closed forms of the modern Hopfield memory: patterns it holds, and how far a read may be off.

References
----------
Ramsauer et al., "Hopfield networks is all you need", ICLR (2021), theorem 3.
All but `growth` and `held` are derived here, for random patterns of +1 and -1.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special, stats

from networks.memories.sum_law import chance_above


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
    return float(b / special.wrightomega(a + log(b)))  # W0(exp(x)), of any x


def held(size: int, beta: float, radius: float, failure: float) -> float:
    """Compute N, the number of patterns of `growth`."""
    return float(sqrt(failure) * growth(size, beta, radius, failure) ** ((size - 1) / 4))


def retrieval_bound(n_patterns: int, beta: float, gap: float, norm: float) -> float:
    """Compute the most by which a softmax read is off: 2 M min(1, (N - 1) exp(-beta gap)).

    The other patterns share at most (N - 1) exp(-beta gap) and none is further than 2 M away.
    """
    if n_patterns < 2:
        return 0.0
    return 2 * norm * exp(min(log(n_patterns - 1) - beta * gap, 0.0))


def exact_gap(alpha: float, beta: float) -> float:
    """Compute the gap of scores from which alpha-entmax reads one pattern alone, without error."""
    return 1 / (beta * (alpha - 1))


def nearest(size: int, load: int, flip: int, gap: float = 0.0) -> float:
    """Compute the chance that no other pattern's overlap comes as near as a gap to the right one's.

    Parameters
    ----------
    size : int
        N; another pattern differs from the cue in a binomial number of units.
    load : int
        P, stored patterns.
    flip : int
        Units of the cue that are wrong.
    gap : float
        Of overlaps; 0 is what the sharpest read needs, up to ties, which count as lost; that of
        `exact_gap` is what a sparse read needs to be one pattern alone.
    """
    least = flip + 1 if gap == 0 else int(np.ceil(flip + gap / 2 - 1e-9))
    return float(stats.binom.sf(least - 1, size, 0.5) ** (load - 1))


def wrong_units(size: int, load: int, beta: float, flip: int) -> float:
    """Compute how many units one softmax read leaves wrong, from the law of all shares.

    The right pattern weighs 1, another one exp(beta (m - M)) with its overlap m; m has the unit in
    question in it, so that units that the cue has wrong are pulled to where the cue has them.
    """
    target = size - 2 * flip
    rest = size - 1 - 2 * np.arange(size)
    chance = stats.binom.pmf(np.arange(size), size - 1, 0.5) / 2
    wrong = 0.0
    for shown, number in ((1, size - flip), (-1, flip)):
        terms = [sign * _grown(beta, sign * shown + rest - target) for sign in (1, -1)]
        above = chance_above(np.concatenate(terms), np.tile(chance, 2), load - 1, -1.0)
        wrong += number * (1 - above)
    return wrong


def accepted(
    size: int, load: int, beta: float, threshold: float, overlap: float | None = None
) -> float:
    """Compute the chance that softmax-one keeps back less than half: sum exp(beta (m - theta)) > 1.

    Parameters
    ----------
    size, load : int
        N and P.
    beta, threshold : float
        Sharpness, and theta, the overlap as which nothing counts.
    overlap : float, optional
        Of the probe with its pattern; a stranger without it.
    """
    term = _grown(beta, size - 2 * np.arange(size + 1) - threshold)
    chance = stats.binom.pmf(np.arange(size + 1), size, 0.5)
    if overlap is None:
        return chance_above(term, chance, load, 1.0)
    own = float(_grown(beta, np.array(overlap - threshold)))
    return 1.0 if own > 1 else chance_above(term, chance, load - 1, 1.0 - own)


def _grown(beta: float, scores: NDArray[Any]) -> NDArray[np.float64]:
    """Return exponentials, those beyond any use in sums cut short."""
    return np.asarray(np.exp(np.minimum(beta * scores, 50.0)))
