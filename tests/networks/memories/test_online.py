"""Populations of fading synapses: bounds, exact traces, determinism; and the network they make."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from networks.inputs.patterns import flip_signs, rademacher
from networks.memories.online import (
    AdditiveSynapses,
    ChainSynapses,
    DiscreteSynapses,
    OnlineSynapses,
)
from networks.memories.online_settings import KINDS, SynapseSettings
from networks.memories.online_theory import Transitions, binary, cascade, chain
from networks.memories.palimpsest import Fading, Palimpsest, overlap_after_step
from networks.memories.protocol import Memory
from neuro.errors import SpecError


def trace(synapses: OnlineSynapses, number: int, ages: list[int], seed: int) -> np.ndarray:
    """Return w e / n of one memory at ages."""
    rng = np.random.default_rng(seed)
    event = rademacher(1, number, rng)
    synapses.learn(event)
    found = []
    for before, age in pairwise([0, *ages]):
        synapses.learn(rademacher(age - before, number, rng))
        found.append(float(event[0] @ synapses.weight) / number)
    return np.array(found)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "rounded_chain"])
def test_traces_lie_on_their_closed_forms(kind):
    ages, number = [0, 1, 2, 5, 15, 40], 400_000
    fading = Fading(kind, SynapseSettings(chance=0.2, levels=6, depth=5, variables=5))
    found = trace(fading.make(number, np.random.default_rng(1)), number, ages, 2)
    # Four standard deviations at each of 36 places: false alarm .2 %.
    error = 4 * fading.noise(41) / np.sqrt(number)
    np.testing.assert_allclose(found, fading.signal(np.array(ages)), atol=error)


def test_rounding_by_chance_keeps_the_mean_where_nothing_is_clipped():
    number, ages = 400_000, [0, 1, 4, 20]
    settings = SynapseSettings(variables=4, step=0.5, bound=1000.0)
    fading = Fading("rounded_chain", settings)
    synapses = fading.make(number, np.random.default_rng(3))
    found = trace(synapses, number, ages, 4)
    assert np.array_equal(synapses.weight, 0.5 * np.rint(synapses.weight / 0.5))
    error = 4 * synapses.weight.std() / np.sqrt(number)
    np.testing.assert_allclose(found, fading.signal(np.array(ages)), atol=error)


def test_a_chain_without_rounding_is_its_matrix():
    rng = np.random.default_rng(5)
    synapses = ChainSynapses(3, 4, rng)
    before = synapses._value.astype(np.float64)
    synapses.learn(np.array([[1, -1, 1]], dtype=np.int8))
    after = chain(4) @ before
    after[0] += [1, -1, 1]
    np.testing.assert_allclose(synapses._value, after, rtol=1e-5, atol=1e-5)


def test_chains_stay_within_their_bound():
    synapses = ChainSynapses(200, 3, np.random.default_rng(6), 0.5, 2.0)
    for _ in range(40):
        synapses.learn(np.ones((1, 200), dtype=np.int8))
        assert np.abs(synapses._value).max() <= 2.0
    assert synapses.weight.max() == 2.0


@pytest.mark.parametrize("kind", KINDS)
def test_synapses_begin_with_the_noise_that_they_keep(kind):
    fading = Fading(kind, SynapseSettings(step=0.05, bound=100.0))
    rng, number = np.random.default_rng(7), 20_000
    synapses = fading.make(number, rng)
    if kind == "additive":
        assert not synapses.weight.any()
        synapses.learn(rademacher(25, number, rng))
        assert synapses.weight.std() == pytest.approx(fading.noise(25), rel=0.03)
        return
    assert synapses.weight.std() == pytest.approx(fading.noise(0), rel=0.03)
    synapses.learn(rademacher(50, number, rng))
    assert synapses.weight.std() == pytest.approx(fading.noise(0), rel=0.03)


def test_certain_transitions_need_no_luck():
    swap = np.array([[[1.0, 0], [1, 0]], [[0, 1], [0, 1]]])
    synapses = DiscreteSynapses(
        4, Transitions(np.array([-1.0, 1.0]), swap), np.random.default_rng(8)
    )
    event = np.array([[1, -1, -1, 1]], dtype=np.int8)
    synapses.learn(event)
    assert synapses.weight.tolist() == event[0].tolist()


def test_accesses_are_counted_and_one_seed_is_one_result():
    events = rademacher(7, 50, np.random.default_rng(9))
    pair = [DiscreteSynapses(50, cascade(4), np.random.default_rng(10)) for _ in range(2)]
    pair[0].learn(events)
    for event in events:
        pair[1].learn(event[None])
    assert np.array_equal(pair[0].weight, pair[1].weight)
    assert (pair[0].operations.reads, pair[0].operations.writes) == (350, 350)
    assert pair[0].bytes == 50
    assert AdditiveSynapses(50).bytes == 200


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match="int8"):
        AdditiveSynapses(3).learn(np.ones((1, 4), dtype=np.int8))
    with pytest.raises(SpecError, match="synapses"):
        DiscreteSynapses(0, binary(0.5), np.random.default_rng(0))
    with pytest.raises(SpecError, match="chances"):
        Transitions(np.zeros(2), np.ones((2, 2, 2)))
    with pytest.raises(SpecError, match="no states"):
        _ = Fading("chain").transitions


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_recalls_the_newest_and_follows_theory_for_one_step(kind):
    fading, size, stored = Fading(kind, SynapseSettings(chance=0.3)), 400, 12
    overlaps = []
    for seed in range(4):
        rng = np.random.default_rng([11, seed])
        memory = Palimpsest(size, fading).empty(rng)
        patterns = rademacher(stored, size, rng)
        memory.store(patterns)
        cues = flip_signs(patterns[::-1], 40, rng)
        overlaps.append((memory.step(cues) * patterns[::-1]).mean(axis=1))
    closed = [overlap_after_step(fading, size, 0.8, age, stored) for age in range(stored)]
    # Units of one network share its synapses' noise: the spread is that of the networks.
    assert np.mean(overlaps, axis=0) == pytest.approx(closed, abs=0.12)
    assert np.mean(overlaps) == pytest.approx(np.mean(closed), abs=0.04)


def test_a_network_is_a_memory_whose_synapses_both_directions_share():
    memory = Palimpsest(30, Fading("additive")).empty(np.random.default_rng(12))
    assert isinstance(memory, Memory)
    patterns = rademacher(2, 30, np.random.default_rng(13))
    memory.store(patterns)
    expected = (patterns.T.astype(int) @ patterns).astype(float)
    np.fill_diagonal(expected, 0)
    assert np.array_equal(memory.weight, expected)
    assert (memory.n_synapses, memory.bytes) == (435, 435 * 4)
    assert np.array_equal(memory.recall(patterns), patterns)
    # Two events for each pair; one sweep of each state hears every pair twice.
    assert memory.operations.reads == 2 * 435 + 2 * 2 * 435
