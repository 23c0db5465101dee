"""Count how many synapses of a dendritic segment are active, pattern by pattern.

Every pattern is drawn as a set of distinct cells and compared with the list of cells on which the
segment has its synapses: nothing of the theory (`dendrite_theory`) is used, so the counts test it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammainccinv, gammaincinv

from networks.kernels import kernel
from networks.memories.dendrite_theory import Segment
from networks.memories.intervals import Interval
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Detections:
    """Hold how many patterns a segment detected, or missed.

    Attributes
    ----------
    n_detected, n_patterns : int
        Counts.
    """

    n_detected: int
    n_patterns: int

    @property
    def rate(self) -> float:
        """Return the fraction detected."""
        return self.n_detected / self.n_patterns

    def interval(self, confidence: float = 0.999) -> Interval:
        """Return the exact interval of the rate, the count taken as a Poisson variate.

        Parameters
        ----------
        confidence : float
            Nominal coverage.

        Returns
        -------
        Interval
            Rate and ends; the upper end is above 0 even if nothing was detected.

        References
        ----------
        Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28 (1936).
        """
        tail, k = (1 - confidence) / 2, self.n_detected
        low = gammaincinv(k, tail) if k else 0.0
        high = gammainccinv(k + 1, tail)
        return Interval(self.rate, float(low / self.n_patterns), float(high / self.n_patterns))


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Hold how many patterns activated how many synapses of a segment.

    Attributes
    ----------
    n_patterns : array of int64, shape (s + 1,)
        Entry b is the number of patterns with exactly b active synapses.
    """

    n_patterns: NDArray[np.int64]

    def detections(self, threshold: int) -> Detections:
        """Count the patterns that fire a segment with this threshold."""
        return Detections(int(self.n_patterns[threshold:].sum()), int(self.n_patterns.sum()))

    def misses(self, threshold: int) -> Detections:
        """Count the patterns that do not fire a segment with this threshold."""
        return Detections(int(self.n_patterns[:threshold].sum()), int(self.n_patterns.sum()))


def count_random(
    cells: int, active: int, synapses: int, n_patterns: int, rng: np.random.Generator
) -> Overlaps:
    """Show random patterns to a segment on random cells.

    Parameters
    ----------
    cells, active, synapses : int
        n, a and s.
    n_patterns : int
        Patterns to try.
    rng : numpy.random.Generator
        Source of the cells.

    Returns
    -------
    Overlaps
        The counts.
    """
    return count_union(cells, active, synapses, 1, n_patterns, rng)


def count_union(
    cells: int,
    active: int,
    synapses: int,
    n_stored: int,
    n_patterns: int,
    rng: np.random.Generator,
) -> Overlaps:
    """Show random patterns to one segment that has learnt several others.

    Parameters
    ----------
    cells, active : int
        n and a.
    synapses : int
        s, synapses for each of the learnt patterns; they may fall on the same cells.
    n_stored : int
        M, patterns that the segment has learnt.
    n_patterns : int
        Patterns to try.
    rng : numpy.random.Generator
        Source of the cells.

    Returns
    -------
    Overlaps
        The counts, of this segment.
    """
    _check(cells, active, synapses, n_patterns)
    has_synapse = np.zeros(cells, dtype=np.uint8)
    for _ in range(n_stored):
        has_synapse[rng.choice(cells, synapses, replace=False)] = 1
    return Overlaps(_count(has_synapse, active, n_patterns, rng))


def count_correlated(
    cells: int,
    active: int,
    synapses: int,
    cluster: int,
    n_patterns: int,
    rng: np.random.Generator,
) -> Overlaps:
    """Show patterns of whole clusters of cells to a segment that has learnt such a pattern.

    Cells form clusters of neighbours. A pattern is a set of clusters all of whose cells are
    active; the segment has synapses on random cells of another one. Two patterns share whole
    clusters, and overlap more often by much than independent cells do.

    Parameters
    ----------
    cells, active, synapses : int
        n and a, multiples of the cluster's size, and s, at most a.
    cluster : int
        Cells of a cluster; 1 is the case of independent cells.
    n_patterns : int
        Patterns to try.
    rng : numpy.random.Generator
        Source of the segment and of the patterns.

    Returns
    -------
    Overlaps
        The counts, of this segment: segments differ in how their synapses share clusters.
    """
    _check(cells, active, synapses, n_patterns)
    if cluster < 1 or cells % cluster or active % cluster or synapses > active:
        raise SpecError(
            f"{cells} and {active} cells are no multiples of a cluster of {cluster}, or "
            f"{synapses} synapses are more than active cells"
        )
    n_clusters, n_active = cells // cluster, active // cluster
    learnt = rng.choice(n_clusters, n_active, replace=False)
    members = (learnt[:, None] * cluster + np.arange(cluster)).ravel()
    chosen = rng.choice(members, synapses, replace=False)
    weight = np.bincount(chosen // cluster, minlength=n_clusters)
    if weight.max() > np.iinfo(np.uint8).max:
        raise SpecError(f"{weight.max()} synapses of a segment are on one cluster; at most 255")
    return Overlaps(_count(weight.astype(np.uint8), n_active, n_patterns, rng))


def count_learnt(
    active: int, synapses: int, lost: int, n_patterns: int, rng: np.random.Generator
) -> Overlaps:
    """Show a segment its own pattern of which some cells stay silent, others each time.

    Parameters
    ----------
    active, synapses : int
        a, cells of the pattern, and s, synapses, all on them.
    lost : int
        v, cells that stay silent.
    n_patterns : int
        Trials.
    rng : numpy.random.Generator
        Source of the silent cells.

    Returns
    -------
    Overlaps
        The counts.
    """
    if not 0 <= lost <= active:
        raise SpecError(f"{lost} lost of {active} cells")
    _check(active, active - lost, synapses, n_patterns)
    has_synapse = (np.arange(active) < synapses).astype(np.uint8)
    return Overlaps(_count(has_synapse, active - lost, n_patterns, rng))


def _check(cells: int, active: int, synapses: int, n_patterns: int) -> None:
    Segment(cells, active, synapses, 1)
    if n_patterns < 1:
        raise SpecError(f"{n_patterns} patterns; needed: at least 1")


@kernel()
def _count(weight: Any, n_active: int, n_patterns: int, rng: Any) -> Any:
    """Shuffle the first cells of a list that stays a permutation, and sum what they bring."""
    n_cells = len(weight)
    cells = np.arange(n_cells, dtype=np.int32)
    counts = np.zeros(np.sum(weight) + 1, dtype=np.int64)
    for _ in range(n_patterns):
        total = 0
        for place in range(n_active):
            other = place + int(rng.random() * (n_cells - place))
            cell = cells[other]
            cells[other] = cells[place]
            cells[place] = cell
            total += weight[cell]
        counts[total] += 1
    return counts
