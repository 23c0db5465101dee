"""Free recall as a walk: each item calls up the one most like it, but not the one before.

References
----------
S. Romani, I. Pinkoviezky, A. Rubin, M. Tsodyks (2013). Scaling laws of associative memory
retrieval. Neural Computation 25, 2523-2544.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from networks.inputs.patterns import rademacher

Array = NDArray[np.float64]


def visited(likeness: Array, start: int = 0) -> int:
    """Count the items that a walk comes by until it repeats itself.

    Parameters
    ----------
    likeness : array of float64, shape (L, L)
        How like two items are; the diagonal does not count.
    start : int
        Where the walk begins.
    """
    order = np.argsort(-likeness, axis=1, kind="stable")
    seen, steps, before, now = {start}, set[tuple[int, int]](), -1, start
    while (before, now) not in steps:
        steps.add((before, now))
        first, second = _nearest(order[now], now)
        before, now = now, second if first == before else first
        seen.add(now)
    return len(seen)


def _nearest(order: NDArray[np.int64], own: int) -> tuple[int, int]:
    first, second = [int(other) for other in order[:3] if other != own][:2]
    return first, second


def walked(length: int, size: int, trials: int, rng: np.random.Generator) -> float:
    """Return how many of `length` random patterns of `size` units are recalled, on average."""
    counts = []
    for _ in range(trials):
        patterns = rademacher(length, size, rng).astype(np.float32)
        counts.append(visited((patterns @ patterns.T).astype(np.float64)))
    return float(np.mean(counts))


def expected(length: int) -> float:
    """Return sqrt(3 pi L / 2), at most L, of likenesses that are all independent and long lists."""
    return float(min(np.sqrt(1.5 * np.pi * length), length))
