from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.inputs.patterns import flip
from networks.memories.bits import unpack
from networks.memories.polar import signs
from networks.memories.protocol import Memory, Operations
from networks.memories.sdm import MOST, Sdm
from networks.memories.sdm_theory import Circles
from networks.memories.weighted_read import WeightedRead, softmax_weights
from neuro.errors import SpecError


def rng(seed=7):
    return np.random.default_rng(seed)


def random_bits(number, size, seed=7):
    return rng(seed).integers(0, 2, (number, size)).astype(bool)


def slow_sums(memory, stored, queries):
    """Return what locations hold and what a read sums, as the definition says it."""
    address = unpack(memory.address, stored.shape[1])
    radius = memory.settings.radius

    def heard(asked):
        return (address[:, None, :] != asked[None]).sum(axis=2) <= radius

    counter = heard(stored).astype(int) @ signs(stored).astype(int)
    return counter, heard(queries).T.astype(int) @ counter


def slow_signs(total, states):
    return np.where(total == 0, states, total > 0)


@settings(max_examples=40, deadline=None)
@given(
    n=st.integers(1, 150), r=st.integers(1, 60), p=st.integers(0, 12), seed=st.integers(0, 999),
    share=st.floats(0, 1), iterations=st.integers(1, 4),
)  # fmt: skip
def test_it_does_what_the_definition_says(n, r, p, seed, share, iterations):
    memory = Sdm(n, r, round(share * n), iterations).empty(rng(seed))
    stored, cue = random_bits(p, n, seed), random_bits(3, n, seed + 1)
    memory.store(stored[: p // 2])
    memory.store(stored[p // 2 :])
    counter, total = slow_sums(memory, stored, cue)
    np.testing.assert_array_equal(memory.counter, counter)
    np.testing.assert_array_equal(memory.step(cue), slow_signs(total, cue))
    state = cue
    for _ in range(iterations):
        state = slow_signs(slow_sums(memory, stored, state)[1], state)
    np.testing.assert_array_equal(memory.recall(cue), state)


def test_operations_are_counted_where_they_happen():
    memory = Sdm(16, 40, 6).empty(rng())
    stored = random_bits(3, 16)
    address = unpack(memory.address, 16)
    heard = (address[:, None, :] != stored[None]).sum(axis=2) <= 6
    memory.store(stored)
    assert memory.operations == Operations(3 * 40 * 16, int(heard.sum()) * 16)
    before = memory.operations
    memory.step(stored[:1])
    assert memory.operations - before == Operations(40 * 16 + int(heard[:, 0].sum()) * 16, 0)


def test_counters_saturate_instead_of_turning_over():
    memory = Sdm(8, 3, 8).empty(rng())
    ones = np.ones((MOST, 8), bool)
    memory.store(ones)
    assert memory.saturated == 1.0
    memory.store(ones[:5])
    assert (memory.counter == MOST).all()
    memory.store(~ones[:1])
    assert (memory.counter == MOST - 1).all()


def test_the_number_of_locations_that_hear_is_that_of_the_circles():
    # Five standard deviations of a mean of 4000 * 20 independent locations.
    circles = Circles(100, 42, 4000)
    memory = Sdm(100, 4000, 42).empty(rng())
    queries = random_bits(20, 100)
    address = unpack(memory.address, 100)
    heard = (address[:, None, :] != queries[None]).sum(axis=2) <= 42
    p = circles.activation
    assert abs(heard.mean() - p) < 5 * np.sqrt(p * (1 - p) / heard.size)


def test_the_overlap_of_circles_is_that_of_locations():
    circles = Circles(100, 45, 20_000)
    memory = Sdm(100, 20_000, 45).empty(rng())
    address = unpack(memory.address, 100)
    query = random_bits(1, 100)
    near = (address != query).sum(axis=1) <= 45
    for distance in (1, 2, 10, 30):
        both = near & ((address != flip(query, distance, rng(3))).sum(axis=1) <= 45)
        mean = circles.intersection[distance]
        assert abs(both.sum() - mean) < 5 * np.sqrt(mean)  # one trial in a million each


@pytest.mark.parametrize("beta", [0.5, 8.0])
def test_a_weighted_read_is_attention(beta):
    stored, cue = random_bits(9, 30), random_bits(4, 30, 8)
    memory = WeightedRead(softmax_weights(30, beta), iterations=1)
    memory.store(stored[:4])
    memory.store(stored[4:])
    cosine = signs(cue).astype(float) @ signs(stored).T / 30
    attention = np.exp(beta * cosine)
    attention /= attention.sum(axis=1, keepdims=True)
    np.testing.assert_array_equal(memory.recall(cue), attention @ signs(stored) > 0)
    assert memory.operations == Operations(2 * 4 * 9 * 30, 9 * 30)


def test_a_sharp_softmax_finds_the_nearest_pattern():
    stored = random_bits(20, 60)
    memory = WeightedRead(softmax_weights(60, 200.0), iterations=3)
    memory.store(stored)
    np.testing.assert_array_equal(memory.recall(flip(stored, 12, rng())), stored)


@pytest.mark.parametrize("made", [Sdm(8, 5, 3).empty(rng()), WeightedRead(np.ones(9))])
def test_it_is_a_memory_and_refuses_other_patterns(made):
    assert isinstance(made, Memory)
    assert made.bytes >= 0
    with pytest.raises(SpecError, match=r"patterns of bool \(2, 7\); needed: bool \(number, 8\)"):
        made.store(np.zeros((2, 7), bool))
    with pytest.raises(SpecError, match="patterns of int64"):
        made.recall(np.zeros((2, 8), np.int64))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (lambda: Sdm(0, 5, 0), "locations of 0 bits"),
        (lambda: Sdm(8, 5, 9), "radius 9; needed: 0 to the 8 bits"),
        (lambda: Sdm(8, 5, 3, 0), "iterations 0"),
        (lambda: WeightedRead(np.array([1.0, -1.0])), "needed: a weight"),
        (lambda: flip(random_bits(1, 4), 5, rng()), "5 of 4 bits"),
    ],
)
def test_what_cannot_be_is_refused(wrong, told):
    with pytest.raises(SpecError, match=told):
        wrong()


def test_bits_are_flipped_in_one_order():
    pattern = random_bits(50, 33)
    flipped = [flip(pattern, number, rng(5)) ^ pattern for number in range(34)]
    for number, each in enumerate(flipped):
        assert (each.sum(axis=1) == number).all()
    assert all((less <= more).all() for less, more in pairwise(flipped))
