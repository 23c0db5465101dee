"""Count how often a dendritic segment detects patterns, pattern by pattern.

Every pattern is drawn as a set of distinct cells and compared with the list of cells on which the
segment has its synapses: nothing of the theory (`dendrite_theory`) is used, so the counts test it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from scipy import stats

from networks.memories.dendrite_theory import Segment
from networks.memories.intervals import Interval
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Detections:
    """Hold how many patterns a segment detected.

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
        low = stats.chi2.ppf(tail, 2 * k) / 2 if k else 0.0
        high = stats.chi2.ppf(1 - tail, 2 * (k + 1)) / 2
        return Interval(self.rate, float(low / self.n_patterns), float(high / self.n_patterns))


def count_false_positives(
    segment: Segment, n_patterns: int, rng: np.random.Generator
) -> Detections:
    """Count random patterns that fire a segment, with `active` cells each.

    Parameters
    ----------
    segment : Segment
        Its synapses are on cells drawn at random.
    n_patterns : int
        Patterns to try.
    rng : numpy.random.Generator
        Source of the cells.

    Returns
    -------
    Detections
        The counts.
    """
    _check(n_patterns)
    has_synapse = np.zeros(segment.cells, dtype=np.uint8)
    has_synapse[rng.choice(segment.cells, segment.synapses, replace=False)] = 1
    cells = np.arange(segment.cells, dtype=np.int32)
    n = _count(cells, has_synapse, segment.active, segment.threshold, n_patterns, rng)
    return Detections(int(n), n_patterns)


def count_correlated(
    segment: Segment,
    cluster: int,
    n_patterns: int,
    rng: np.random.Generator,
) -> Detections:
    """Count false detections when cells are active in whole clusters, and so are the synapses.

    Cells form clusters of neighbours. A pattern is a set of clusters all of whose cells are
    active; the segment has learnt such a pattern, with synapses on random cells of it. Two
    patterns share whole clusters then, and overlap more often by much than independent cells.

    Parameters
    ----------
    segment : Segment
        `active` a multiple of the cluster's size, `synapses` at most as many.
    cluster : int
        Cells of a cluster; 1 is the case of independent cells.
    n_patterns : int
        Patterns to try.
    rng : numpy.random.Generator
        Source of the patterns.

    Returns
    -------
    Detections
        The counts.
    """
    _check(n_patterns)
    if segment.cells % cluster or segment.active % cluster or segment.synapses > segment.active:
        raise SpecError(
            f"{segment.cells} and {segment.active} cells are no multiples of a cluster of "
            f"{cluster}, or {segment.synapses} synapses are more than active cells"
        )
    n_clusters, n_active = segment.cells // cluster, segment.active // cluster
    learnt = rng.choice(n_clusters, n_active, replace=False)
    members = (learnt[:, None] * cluster + np.arange(cluster)).ravel()
    chosen = rng.choice(members, segment.synapses, replace=False)
    weight = np.bincount(chosen // cluster, minlength=n_clusters).astype(np.uint8)
    order = np.arange(n_clusters, dtype=np.int32)
    n = _count(order, weight, n_active, segment.threshold, n_patterns, rng)
    return Detections(int(n), n_patterns)


def count_misses(
    segment: Segment, lost: int, n_patterns: int, rng: np.random.Generator
) -> Detections:
    """Count how often a segment misses its own pattern of which some cells stay silent.

    Parameters
    ----------
    segment : Segment
        All its synapses are on the `active` cells of its pattern.
    lost : int
        Cells of the pattern that stay silent, others each time.
    n_patterns : int
        Trials.
    rng : numpy.random.Generator
        Source of the lost cells.

    Returns
    -------
    Detections
        How often the segment did *not* fire.
    """
    _check(n_patterns)
    if segment.synapses > segment.active or not 0 <= lost <= segment.active:
        raise SpecError(f"{segment.synapses} synapses, {lost} lost of {segment.active} cells")
    has_synapse = np.zeros(segment.active, dtype=np.uint8)
    has_synapse[: segment.synapses] = 1
    cells = np.arange(segment.active, dtype=np.int32)
    left = segment.active - lost
    n = _count(cells, has_synapse, left, segment.threshold, n_patterns, rng)
    return Detections(n_patterns - int(n), n_patterns)


def _check(n_patterns: int) -> None:
    if n_patterns < 1:
        raise SpecError(f"{n_patterns} patterns; needed: at least 1")


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _count(
    cells: Any, weight: Any, n_active: int, threshold: int, n_patterns: int, rng: Any
) -> int:
    """Shuffle the first cells of a list that stays a permutation, and sum what they bring."""
    n_cells, n_detected = len(cells), 0
    for _ in range(n_patterns):
        total = 0
        for place in range(n_active):
            other = place + int(rng.random() * (n_cells - place))
            cell = cells[other]
            cells[other] = cells[place]
            cells[place] = cell
            total += weight[cell]
        n_detected += total >= threshold
    return n_detected
