"""Modern Hopfield memories against their closed forms, counted where small enough."""

from itertools import product

import numpy as np
import pytest

from networks.memories.modern_hopfield import SHARES, ModernHopfield
from networks.memories.modern_hopfield_theory import (
    accepted,
    nearest,
    retrieval_bound,
    wrong_units,
)
from networks.memories.protocol import Memory
from networks.memories.sum_law import chance_above
from neuro.errors import SpecError


def signs(rng, *shape):
    return rng.choice(np.array([-1, 1], dtype=np.int8), shape)


def flipped(patterns, number, rng):
    cues = patterns.copy()
    for cue in cues:
        cue[rng.permutation(len(cue))[:number]] *= -1
    return cues


def test_the_chance_of_a_sum_is_counted():
    values, chances = np.array([-1.3, 0.2, 0.9]), np.array([0.2, 0.5, 0.3])
    counted = sum(
        np.prod(chances[list(each)])
        for each in product(range(3), repeat=4)
        if values[list(each)].sum() > 0.55
    )
    assert chance_above(values, chances, 4, 0.55) == pytest.approx(counted, abs=1e-3)
    assert chance_above(np.array([1.0, -1.0]), np.array([0.5, 0.5]), 101) == pytest.approx(0.5)


@pytest.mark.parametrize("separation", SHARES)
def test_a_memory_reads_its_patterns(separation):
    rng = np.random.default_rng(1)
    pattern = signs(rng, 20, 64)
    memory = ModernHopfield(64, separation, 0.5, 5, threshold=28.0).empty()
    memory.store(pattern[:5])
    memory.store(pattern[5:])
    assert isinstance(memory, Memory)
    assert (memory.recall(flipped(pattern, 8, rng)) == pattern).all()
    assert memory.bytes == memory.n_synapses == 20 * 64
    assert memory.operations.writes == 20 * 64


def test_the_step_is_that_of_the_formula():
    pattern, state = np.array([[1, 1, -1], [-1, 1, 1]], np.int8), np.array([[0.5, -1.0, 0.25]])
    share = np.exp(0.7 * (pattern @ state[0]))
    expected = share @ pattern / share.sum()
    memory = ModernHopfield(3, "softmax", 0.7).empty()
    memory.store(pattern)
    assert memory.step(state)[0] == pytest.approx(expected)
    # overlaps of both patterns, and the mean of both
    assert memory.operations.reads == 12


def test_a_sparse_read_averages_those_with_a_share_only():
    pattern = signs(np.random.default_rng(2), 30, 64)
    memory = ModernHopfield(64, "sparsemax", 1.0).empty()
    memory.store(pattern)
    assert (memory.step(pattern[:1]) == pattern[:1]).all()
    assert memory.operations.reads == 30 * 64 + 64


@pytest.mark.parametrize("beta", [0.1, 0.25, 0.5])
def test_wrong_units_of_one_read_are_those_of_the_law(beta):
    rng, found = np.random.default_rng(3), []
    for _ in range(20):
        pattern = signs(rng, 400, 40)
        memory = ModernHopfield(40, "softmax", beta).empty()
        memory.store(pattern)
        read = memory.step(flipped(pattern, 9, rng))
        found.append((read * pattern < 0).sum(axis=1).mean())
    error = np.std(found, ddof=1) / np.sqrt(len(found))
    assert 0.2 < np.mean(found) < 15
    # 4 errors of the mean; ties of overlaps count half in the law
    assert wrong_units(40, 400, beta, 9) == pytest.approx(np.mean(found), abs=4 * error + 0.02)


@pytest.mark.parametrize(("separation", "gap"), [("sparsemax", 4.0), ("entmax", 8.0)])
def test_reads_of_one_pattern_alone_are_as_frequent_as_foretold(separation, gap):
    rng, alone = np.random.default_rng(4), []
    for _ in range(30):
        pattern = signs(rng, 60, 48)
        memory = ModernHopfield(48, separation, 0.25).empty()
        memory.store(pattern)
        read = memory.step(flipped(pattern, 14, rng))
        alone.append((np.abs(read - pattern) < 1e-6).all(axis=1).mean())
    expected = nearest(48, 60, 14, gap)
    assert 0.05 < expected < 0.95
    error = np.std(alone, ddof=1) / np.sqrt(len(alone))
    assert np.mean(alone) == pytest.approx(expected, abs=4 * error)


def test_softmax_one_declines_strangers_as_often_as_foretold():
    rng, theta = np.random.default_rng(5), 24.0
    known, unknown = [], []
    for _ in range(30):
        pattern = signs(rng, 100, 48)
        memory = ModernHopfield(48, "softmax-one", 0.3, threshold=theta).empty()
        memory.store(pattern)
        known.append(memory.knows(flipped(pattern, 13, rng)).mean())
        unknown.append(memory.knows(signs(rng, 100, 48)).mean())
    for found, overlap in ((known, 22), (unknown, None)):
        expected = accepted(48, 100, 0.3, theta, overlap)
        error = np.std(found, ddof=1) / np.sqrt(len(found))
        assert 0.03 < expected < 0.99
        assert np.mean(found) == pytest.approx(expected, abs=4 * error + 0.005)
    assert accepted(48, 100, 0.3, theta, 27) == 1.0


@pytest.mark.parametrize("beta", [0.02, 0.5, 2.0])
def test_nobody_is_declined_if_nothing_counts_as_no_overlap(beta):
    rng = np.random.default_rng(7)
    pattern, strangers = signs(rng, 1000, 64), signs(rng, 200, 64)
    asked = {
        theta: ModernHopfield(64, "softmax-one", beta, threshold=theta).empty()
        for theta in (0.0, 60.0)
    }
    for memory in asked.values():
        memory.store(pattern)
    assert asked[0.0].knows(strangers).all()
    assert accepted(64, 1000, beta, 0.0) == pytest.approx(1.0)
    # as much as nearly all units: only a soft share still sums over many patterns
    assert asked[60.0].knows(strangers).any() == (beta < 0.1)


def test_who_is_declined_is_told_apart_from_every_pattern():
    memory = ModernHopfield(64, "softmax-one", 1.0, threshold=40.0).empty()
    rng = np.random.default_rng(6)
    memory.store(signs(rng, 5, 64))
    assert not memory.recall(signs(rng, 3, 64)).any()


def test_the_bound_of_a_far_cue_is_finite():
    assert retrieval_bound(1000, 50.0, -64.0, 8.0) == 16.0
    assert retrieval_bound(1, 1.0, 3.0, 8.0) == 0.0


@pytest.mark.parametrize(
    "wrong", [{"separation": "hard"}, {"beta": 0.0}, {"iterations": 0}, {"size": 0}]
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(SpecError, match="needed"):
        ModernHopfield(**({"size": 8} | wrong))


def test_a_memory_without_patterns_says_so():
    with pytest.raises(SpecError, match="at least one stored"):
        ModernHopfield(8).empty().recall(np.ones((1, 8), np.int8))
