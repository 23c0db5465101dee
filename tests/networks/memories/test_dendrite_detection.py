"""Counted detections lie on the closed forms.

Each comparison of a count is against an exact Poisson interval of 99.9 %: with the twelve of this
file one false alarm is expected in about 80 choices of the seed, which is fixed. Means over
segments are compared within 3.3 standard errors, as often by chance.
"""

import numpy as np
import pytest
from scipy import stats

from networks.memories.dendrite_detection import (
    Detections,
    count_correlated,
    count_learnt,
    count_random,
    count_union,
)
from networks.memories.dendrite_theory import (
    Segment,
    clustered_false_positive,
    false_negative,
    false_positive,
)
from networks.memories.dendrite_unions import (
    mean_union_false_positive,
)
from neuro.errors import SpecError

N_PATTERNS = 300_000


def rng(seed=3):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("n", "a", "theta"),
    [(300, 64, 12), (500, 256, 12), (700, 256, 12), (300, 64, 8), (500, 64, 6), (500, 64, 1)],
)
def test_false_positives(n, a, theta):
    interval = count_random(n, a, 24, N_PATTERNS, rng()).detections(theta).interval()
    assert interval.low <= false_positive(Segment(n, a, 24, theta)) <= interval.high
    # The interval tells the next threshold apart: a count that ignored it would be seen.
    assert not interval.low <= false_positive(Segment(n, a, 24, theta + 1)) <= interval.high


@pytest.mark.parametrize(("theta", "lost"), [(8, 83), (12, 64), (16, 45)])
def test_misses(theta, lost):
    interval = count_learnt(128, 30, lost, N_PATTERNS, rng()).misses(theta).interval()
    assert interval.low <= false_negative(128, 30, theta, lost) <= interval.high


def test_patterns_are_counted_once_each_by_their_overlap():
    overlaps = count_random(100, 10, 5, 1000, rng())
    assert overlaps.n_patterns.shape == (6,)
    assert overlaps.n_patterns.sum() == 1000
    assert overlaps.detections(0).rate == 1
    assert overlaps.detections(3).n_detected + overlaps.misses(3).n_detected == 1000


def test_clusters_of_one_cell_are_independent_cells():
    single = count_correlated(600, 60, 24, 1, N_PATTERNS, rng()).detections(7).interval()
    assert single.low <= false_positive(Segment(600, 60, 24, 7)) <= single.high


def mean_rate(count, n_segments=60):
    """Return mean and standard error over independent segments."""
    rates = [count(segment_rng) for segment_rng in rng().spawn(n_segments)]
    return np.mean(rates), np.std(rates, ddof=1) / np.sqrt(n_segments)


@pytest.mark.parametrize("cluster", [3, 6, 12])
def test_segments_on_clusters_answer_as_often_as_predicted(cluster):
    mean, error = mean_rate(
        lambda source: count_correlated(600, 60, 24, cluster, 5000, source).detections(7).rate
    )
    expected = clustered_false_positive(Segment(600, 60, 24, 7), cluster)
    assert abs(mean - expected) < 3.3 * error
    assert expected > false_positive(Segment(600, 60, 24, 7)) + 3.3 * error


@pytest.mark.parametrize("n_stored", [2, 3])
def test_segments_that_store_several_patterns_answer_as_often_as_predicted(n_stored):
    mean, error = mean_rate(
        lambda source: count_union(1000, 200, 25, n_stored, 5000, source).detections(15).rate
    )
    assert abs(mean - mean_union_false_positive(Segment(1000, 200, 25, 15), n_stored)) < 3.3 * error


def test_the_interval_of_a_count_is_garwoods():
    none = Detections(0, 1000).interval()
    assert none.low == 0
    # exp(-1000 high) = 0.0005
    assert none.high == pytest.approx(-np.log(0.0005) / 1000, rel=1e-12)
    some = Detections(7, 1000).interval()
    assert stats.poisson.sf(6, 1000 * some.low) == pytest.approx(0.0005, rel=1e-9)
    assert stats.poisson.cdf(7, 1000 * some.high) == pytest.approx(0.0005, rel=1e-9)


def test_the_same_seed_gives_the_same_counts():
    counts = {tuple(count_random(300, 64, 24, 20_000, rng(seed)).n_patterns) for seed in (1, 1, 2)}
    assert len(counts) == 2


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(SpecError, match="at least 1"):
        count_random(300, 64, 24, 0, rng())
    with pytest.raises(SpecError, match="synapses of"):
        count_random(300, 64, 301, 10, rng())
    with pytest.raises(SpecError, match="no multiples"):
        count_correlated(300, 64, 24, 7, 10, rng())
    with pytest.raises(SpecError, match="lost"):
        count_learnt(64, 24, 65, 10, rng())
    with pytest.raises(SpecError, match="one cluster"):
        count_correlated(1000, 500, 400, 500, 10, rng())
