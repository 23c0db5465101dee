"""Closed forms of a dendritic segment that detects patterns by counting active synapses.

A segment has `s` synapses on different cells of a population of `n` of which `a` are active, and
detects a pattern when at least `theta` of its synapses are on active cells. All chances are tails
of hypergeometric distributions. They are computed in whole numbers of any size and divided once,
so every digit is right however small the chance and however large the population.

References
----------
Ahmad & Hawkins, "How do neurons operate on sparse distributed representations? A mathematical
theory of sparsity, neurons and active dendrites", arXiv:1601.00720 (2016).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import comb, expm1, log1p
from statistics import median

from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Segment:
    """State a segment and the population that it reads.

    Attributes
    ----------
    cells : int
        n, cells of the population.
    active : int
        a, cells that are active at a time.
    synapses : int
        s, synapses of the segment, each on another cell.
    threshold : int
        theta, active synapses that make the segment fire; at least 1.
    """

    cells: int
    active: int
    synapses: int
    threshold: int

    def __post_init__(self) -> None:
        if not (0 <= self.active <= self.cells and 0 <= self.synapses <= self.cells):
            raise SpecError(
                f"{self.active} active cells and {self.synapses} synapses of {self.cells} cells"
            )
        if self.threshold < 1:
            raise SpecError(f"threshold {self.threshold}; needed: at least 1")


def exceedance(population: int, marked: int, drawn: int, at_least: int) -> float:
    """Return the chance that a draw without replacement holds enough marked ones.

    Parameters
    ----------
    population : int
        How many there are.
    marked : int
        How many of them are marked.
    drawn : int
        How many are drawn.
    at_least : int
        Marked ones that the draw must hold.

    Returns
    -------
    float
        Correctly rounded; 0 below the smallest double.
    """
    # Marked and drawn are interchangeable; with the smaller group drawn the numbers stay short.
    drawn, marked = sorted((marked, drawn))
    lowest = max(at_least, drawn + marked - population, 0)
    favourable = sum(
        comb(marked, hits) * comb(population - marked, drawn - hits)
        for hits in range(lowest, drawn + 1)
    )
    return favourable / comb(population, drawn)


def false_positive(segment: Segment) -> float:
    """Return the chance that a random pattern makes the segment fire (their equation 4).

    Parameters
    ----------
    segment : Segment
        With synapses on cells of another pattern.

    Returns
    -------
    float
        The sum over b >= theta of C(s, b) C(n - s, a - b) / C(n, a).
    """
    return exceedance(segment.cells, segment.active, segment.synapses, segment.threshold)


def false_negative(active: int, synapses: int, threshold: int, lost: int) -> float:
    """Return the chance that a segment misses its own pattern of which cells are lost.

    Parameters
    ----------
    active : int
        a, cells of the pattern.
    synapses : int
        s, synapses, all on cells of the pattern.
    threshold : int
        theta.
    lost : int
        v, cells of the pattern that stay silent, drawn at random.

    Returns
    -------
    float
        The sum over b > s - theta of C(s, b) C(a - s, v - b) / C(a, v).
    """
    if not 0 <= synapses <= active or not 0 <= lost <= active:
        raise SpecError(f"{synapses} synapses and {lost} lost cells of {active} active ones")
    return exceedance(active, synapses, lost, synapses - threshold + 1)


def clustered_false_positive(segment: Segment, cluster: int) -> float:
    """Return the chance of a false detection when cells are active in whole clusters.

    A pattern is a / c of n / c clusters of c cells each; the segment has learnt one, with synapses
    on random cells of it. Another pattern shares h clusters with it, and so h c of its cells.

    Parameters
    ----------
    segment : Segment
        n and a are multiples of c; s is at most a.
    cluster : int
        c; 1 is `false_positive`.

    Returns
    -------
    float
        The sum over h of P(h shared of a / c clusters) P(theta of s synapses on h c of a cells).
    """
    n, a, s = segment.cells, segment.active, segment.synapses
    if cluster < 1 or n % cluster or a % cluster or s > a:
        raise SpecError(
            f"{n} and {a} cells are no multiples of a cluster of {cluster}, or {s} synapses are "
            f"more than active cells"
        )
    clusters, drawn = n // cluster, a // cluster
    ways = comb(clusters, drawn)
    return sum(
        comb(drawn, shared)
        * comb(clusters - drawn, drawn - shared)
        / ways
        * exceedance(a, shared * cluster, s, segment.threshold)
        for shared in range(max(0, 2 * drawn - clusters), drawn + 1)
    )


def saturated_false_positive(density: float, synapses: int, threshold: int) -> float:
    """Return the chance of a false detection in an endless population of a given sparsity.

    Parameters
    ----------
    density : float
        a / n, 0 to 1.
    synapses, threshold : int
        s and theta.

    Returns
    -------
    float
        The binomial tail, towards which `false_positive` goes as n grows with a / n fixed.
    """
    if not 0 <= density <= 1:
        raise SpecError(f"density {density}; needed: 0 to 1")
    return sum(
        comb(synapses, hits) * density**hits * (1 - density) ** (synapses - hits)
        for hits in range(threshold, synapses + 1)
    )


def set_false_positive(segment: Segment, n_segments: int) -> float:
    """Return the chance that a random pattern fires any of several independent segments.

    Parameters
    ----------
    segment : Segment
        Each of them.
    n_segments : int
        M; M times the chance of one is an upper bound.

    Returns
    -------
    float
        1 - (1 - FP) ** M.
    """
    chance = false_positive(segment)
    return 1.0 if chance == 1 else -expm1(n_segments * log1p(-chance))


def median_false_positive(
    threshold: int,
    cells: Iterable[int] = range(1000, 17001, 4000),
    sparsity: Iterable[float] = (0.005, 0.01, 0.015, 0.02, 0.025, 0.03),
    synapses: Iterable[int] = range(20, 51, 5),
) -> float:
    """Return the median chance over a grid of plausible populations and segments.

    The threshold at which it falls below 1e-9 is the prediction for the NMDA spike.

    Parameters
    ----------
    threshold : int
        theta.
    cells, sparsity, synapses : iterable
        n, a / n and s of the grid.

    Returns
    -------
    float
        The median.
    """
    return median(
        false_positive(Segment(n, round(share * n), s, threshold))
        for n, share, s in product(cells, sparsity, synapses)
    )
