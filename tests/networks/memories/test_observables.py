import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.inputs.patterns import bernoulli, corrupt, fixed_k, rademacher
from networks.memories import observables
from neuro.errors import SpecError


def rng(seed=3):
    return np.random.default_rng(seed)


def test_units_are_counted():
    state = np.array([[1, 1, 0, 0], [1, 0, 0, 1], [0, 0, 0, 0]], bool)
    pattern = np.array([[1, 0, 1, 0], [1, 0, 0, 1], [1, 1, 1, 1]], bool)
    counts = observables.count_units(state, pattern)
    assert counts.hits.tolist() == [1, 2, 0]
    assert counts.spurious.tolist() == [1, 0, 0]
    assert counts.missing.tolist() == [1, 0, 4]
    assert counts.exact.tolist() == [False, True, False]


@given(erase=st.integers(0, 5), insert=st.integers(0, 5), seed=st.integers(0, 50))
def test_counts_are_those_of_the_corruption(erase, insert, seed):
    pattern = fixed_k(4, 30, 5, rng(seed))
    counts = observables.count_units(corrupt(pattern, erase, insert, rng(seed)), pattern)
    assert counts.hits.tolist() == [5 - erase] * 4
    assert counts.spurious.tolist() == [insert] * 4
    assert counts.missing.tolist() == [erase] * 4


def test_overlaps_are_one_for_the_pattern_and_known_for_flips():
    pattern = rademacher(3, 100, rng())
    flipped = pattern.copy()
    flipped[:, :25] *= -1
    np.testing.assert_array_equal(observables.mattis_overlap(pattern, pattern), 1.0)
    np.testing.assert_array_equal(observables.mattis_overlap(flipped, pattern), 0.5)
    sparse = fixed_k(3, 100, 10, rng())
    np.testing.assert_allclose(observables.sparse_overlap(sparse, sparse, 0.1), 1.0)
    every = np.ones_like(sparse)
    np.testing.assert_allclose(observables.sparse_overlap(every, sparse, 0.1), 0.0, atol=1e-12)


def test_bits_of_known_channels():
    assert observables.transmitted_bits(0.5, 0.0, 0.0) == 1.0
    assert observables.transmitted_bits(0.5, 0.5, 0.5) == 0.0
    # Binary symmetric channel: 1 - H(0.11) = 0.5000842...; H by its definition.
    entropy = -(0.11 * np.log2(0.11) + 0.89 * np.log2(0.89))
    assert observables.transmitted_bits(0.5, 0.11, 0.11) == pytest.approx(1 - entropy, abs=1e-12)
    # Z channel of capacity log2(5/4) at P(x = 1) = 2/5, where half of the ones are lost.
    assert observables.transmitted_bits(0.4, 0.0, 0.5) == pytest.approx(np.log2(1.25), abs=1e-12)


def test_stored_bits_of_perfect_and_of_unrelated_recall():
    pattern = fixed_k(400, 100, 10, rng())
    perfect = observables.stored_bits(pattern, pattern, 1000)
    entropy = -(0.1 * np.log2(0.1) + 0.9 * np.log2(0.9))
    assert perfect == pytest.approx(1000 * 100 * entropy)
    unrelated = observables.stored_bits(bernoulli(400, 100, 0.1, rng(4)), pattern, 1000)
    # Counting noise: 2 N_samples ln2 T is chi-square of one degree; 24 has a chance of 1e-6.
    assert unrelated < 24 * 1000 * 100 / (2 * np.log(2) * pattern.size)
    assert observables.stored_bits(np.zeros((1, 4), bool), np.zeros((1, 4), bool), 5) == 0.0


def test_shapes_that_differ_are_refused():
    with pytest.raises(SpecError, match=r"\(2, 3\) of patterns \(2, 4\)"):
        observables.count_units(np.zeros((2, 3), bool), np.zeros((2, 4), bool))
