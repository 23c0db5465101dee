"""Closed forms of a dendritic segment that stores several patterns, one beside the other.

References
----------
Ahmad & Hawkins, "How do neurons operate on sparse distributed representations? A mathematical
theory of sparsity, neurons and active dendrites", arXiv:1601.00720 (2016). The distribution of the
number of synapses is ours.
"""

from __future__ import annotations

from math import comb, expm1, log1p

from networks.memories.dendrite_theory import Segment, false_positive

# Chances below this are left out of sums over distributions.
NEGLIGIBLE = 1e-18


def union_synapses(segment: Segment, n_patterns: int) -> int:
    """Return how many different cells the synapses for several patterns are on, to the nearest.

    Parameters
    ----------
    segment : Segment
        With `synapses` for each pattern.
    n_patterns : int
        M, patterns that one segment stores.

    Returns
    -------
    int
        n (1 - (1 - s / n) ** M), rounded.
    """
    n, s = segment.cells, segment.synapses
    if s == n:
        return n if n_patterns else 0
    return round(-n * expm1(n_patterns * log1p(-s / n)))


def union_false_positive(segment: Segment, n_patterns: int) -> float:
    """Return the chance that a random pattern fires a segment that stores several.

    Parameters
    ----------
    segment : Segment
        With `synapses` for each pattern.
    n_patterns : int
        M, patterns that the segment stores.

    Returns
    -------
    float
        `false_positive` of a segment with the expected number of different synapses.
    """
    n_synapses = union_synapses(segment, n_patterns)
    return false_positive(Segment(segment.cells, segment.active, n_synapses, segment.threshold))


def union_chances(segment: Segment, n_patterns: int) -> list[float]:
    """Return the chance of each number of different synapses for several patterns.

    Patterns are independent: of the s synapses of the next one, as many are new as a draw without
    replacement takes from the cells without a synapse.

    Parameters
    ----------
    segment : Segment
        With `synapses` for each pattern.
    n_patterns : int
        M, patterns that the segment stores.

    Returns
    -------
    list of float
        Entry S is the chance of S different synapses, S = 0 .. min(n, M s).
    """
    n, s = segment.cells, segment.synapses
    chances = [1.0]
    for _ in range(n_patterns):
        grown = [0.0] * (min(n, len(chances) - 1 + s) + 1)
        for used, chance in enumerate(chances):
            if chance < NEGLIGIBLE:
                continue
            for new in range(max(0, s - used), min(s, n - used) + 1):
                share = comb(n - used, new) * comb(used, s - new) / comb(n, s)
                grown[used + new] += chance * share
        chances = grown
    return chances


def mean_union_false_positive(segment: Segment, n_patterns: int) -> float:
    """Return the chance that a random pattern fires a segment that stores random ones.

    `union_false_positive` takes the expected number of synapses for every segment; segments have
    more or fewer, and those with more fire more often than those with fewer make up for.

    Parameters
    ----------
    segment : Segment
        With `synapses` for each pattern.
    n_patterns : int
        M.

    Returns
    -------
    float
        The mean of `false_positive` over `union_chances`.
    """
    n, a, theta = segment.cells, segment.active, segment.threshold
    return sum(
        chance * false_positive(Segment(n, a, used, theta))
        for used, chance in enumerate(union_chances(segment, n_patterns))
        if chance >= NEGLIGIBLE
    )
