"""Counted detections lie on the closed forms.

Each comparison is against an exact Poisson interval of 99.9 %: with the eleven intervals of this
file one false alarm is expected in about 90 choices of the seed, which is fixed.
"""

import numpy as np
import pytest
from scipy import stats

from networks.memories.dendrite_detection import (
    Detections,
    count_correlated,
    count_false_positives,
    count_misses,
)
from networks.memories.dendrite_theory import Segment, false_negative, false_positive
from neuro.errors import SpecError

N_PATTERNS = 300_000


def rng(seed=3):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("n", "a", "theta"),
    [(300, 64, 12), (500, 256, 12), (700, 256, 12), (300, 64, 8), (500, 64, 6), (500, 64, 1)],
)
def test_false_positives(n, a, theta):
    segment = Segment(n, a, 24, theta)
    interval = count_false_positives(segment, N_PATTERNS, rng()).interval()
    assert interval.low <= false_positive(segment) <= interval.high
    # The interval tells the next threshold apart: a count that ignored it would be seen.
    assert not interval.low <= false_positive(Segment(n, a, 24, theta + 1)) <= interval.high


@pytest.mark.parametrize(("theta", "lost"), [(8, 83), (12, 64), (16, 45)])
def test_misses(theta, lost):
    segment = Segment(1000, 128, 30, theta)
    interval = count_misses(segment, lost, N_PATTERNS, rng()).interval()
    assert interval.low <= false_negative(128, 30, theta, lost) <= interval.high


def test_clusters_of_one_cell_are_independent_cells_and_larger_ones_collide_more():
    segment = Segment(600, 60, 24, 7)
    single = count_correlated(segment, 1, N_PATTERNS, rng()).interval()
    assert single.low <= false_positive(segment) <= single.high
    rates = [count_correlated(segment, size, N_PATTERNS, rng()).rate for size in (1, 3, 6, 12)]
    assert rates == sorted(rates)
    assert rates[-1] > 3 * rates[0]


def test_the_interval_of_a_count_is_garwoods():
    none = Detections(0, 1000).interval()
    assert none.low == 0
    # exp(-1000 high) = 0.0005
    assert none.high == pytest.approx(-np.log(0.0005) / 1000, rel=1e-12)
    some = Detections(7, 1000).interval()
    assert stats.poisson.sf(6, 1000 * some.low) == pytest.approx(0.0005, rel=1e-9)
    assert stats.poisson.cdf(7, 1000 * some.high) == pytest.approx(0.0005, rel=1e-9)


def test_the_same_seed_gives_the_same_counts():
    segment = Segment(300, 64, 24, 8)
    counts = {count_false_positives(segment, 20_000, rng(seed)).n_detected for seed in (1, 1, 2)}
    assert len(counts) == 2


def test_what_cannot_be_counted_is_refused():
    segment = Segment(300, 64, 24, 8)
    with pytest.raises(SpecError, match="at least 1"):
        count_false_positives(segment, 0, rng())
    with pytest.raises(SpecError, match="no multiples"):
        count_correlated(segment, 7, 10, rng())
    with pytest.raises(SpecError, match="lost"):
        count_misses(segment, 65, 10, rng())
