"""Turn scores into shares: softmax, softmax-one that may decline, and the sparse entmaxes.

References
----------
Martins & Astudillo, ICML (2016), sparsemax; Peters, Niculae & Martins, ACL (2019), entmax 1.5;
Hu et al., "Outlier-efficient Hopfield layers", ICML (2024), softmax-one.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Separation = Literal["softmax", "softmax-one", "entmax", "sparsemax"]


def softmax(scores: Array) -> Array:
    """Share 1 among the scores of each row in proportion to their exponentials."""
    grown = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def softmax_one(scores: Array) -> Array:
    """Share 1 as softmax does with one more score, of 0, whose share is kept back."""
    return softmax(np.pad(scores, ((0, 0), (0, 1))))[:, :-1]


def sparsemax(scores: Array) -> Array:
    """Return the point of the simplex that is nearest to each row."""
    ranked = -np.sort(-scores, axis=1)
    rank = np.arange(1, scores.shape[1] + 1)
    level = (ranked.cumsum(axis=1) - 1) / rank
    return np.asarray(np.maximum(scores - _last(level, ranked > level), 0.0))


def entmax(scores: Array) -> Array:
    """Return the 1.5-entmax of each row: squares of what half a score is above a level."""
    half = (scores - scores.max(axis=1, keepdims=True)) / 2
    ranked = -np.sort(-half, axis=1)
    rank = np.arange(1, scores.shape[1] + 1)
    mean = ranked.cumsum(axis=1) / rank
    spread = (ranked**2).cumsum(axis=1) / rank - mean**2
    level = mean - np.sqrt(np.maximum(1 / rank - spread, 0.0))
    return np.asarray(np.maximum(half - _last(level, ranked >= level), 0.0) ** 2)


def _last(level: Array, held: NDArray[np.bool_]) -> Array:
    """Return the level of each row at the last rank that is held."""
    return np.take_along_axis(level, held.sum(axis=1, keepdims=True) - 1, axis=1)
