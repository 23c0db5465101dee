"""Tabulate a distribution of counts for drawing by comparison with 32 random bits."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

_WORDS = 2.0**32


def binomial_table(n: int, p: float) -> NDArray[np.uint32]:
    """Return the limits that a random word reaches as often as the count exceeds 0, 1, 2, ...

    Parameters
    ----------
    n
        The number of trials, at least 1.
    p
        The probability of success, 0 <= p < 1, with a mean of at most some hundreds.

    Returns
    -------
    array
        Ascending limits; a count is the number of limits that a word reaches. Probabilities are
        rounded to multiples of 2**-32.
    """
    probability = math.exp(n * math.log1p(-p))
    total, limits = probability, []
    for k in range(n):
        limit = round(total * _WORDS)
        if limit >= _WORDS:
            break
        limits.append(limit)
        probability *= (n - k) / (k + 1) * p / (1.0 - p)
        total += probability
    return np.array(limits, dtype=np.uint32)
