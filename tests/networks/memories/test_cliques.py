"""Clique networks against their theory, published runs and a plain matrix form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.memories.cliques import Cliques, clique_density, clique_error
from networks.memories.intervals import wilson_interval
from networks.memories.protocol import Memory, Operations
from neuro.errors import SpecError

NINE_DIGITS = 1e-6  # the references have six to seven


def rng(seed=4):
    return np.random.default_rng(seed)


def messages(n, c, units, source):
    chosen = source.integers(0, units, (n, c))
    return np.eye(units, dtype=bool)[chosen].reshape(n, c * units)


def erase(patterns, c, units, n_erased, source):
    cues = patterns.reshape(len(patterns), c, units).copy()
    for cue in cues:
        cue[source.choice(c, n_erased, replace=False)] = False
    return cues.reshape(patterns.shape)


@pytest.mark.parametrize(
    ("n", "density", "error"),
    [(5000, 0.0734567, 0.0292617), (10000, 0.1415176, 0.3358142), (15000, 0.2045789, 0.8327444)],
)
def test_closed_forms(n, density, error):
    memory = Cliques(8, 256)
    assert clique_density(memory, n) == pytest.approx(density, rel=NINE_DIGITS)
    assert clique_error(memory, n, 4) == pytest.approx(error, rel=NINE_DIGITS)


@pytest.mark.parametrize("n", [5000, 15000])
def test_recall_from_half_of_a_message(n):
    """One step fails as predicted; four leave (nearly) nothing of the ambiguity.

    Intervals of 99.9 % for 600 probes: a false alarm in 500 choices of the seed.
    """
    stored = messages(n, 8, 256, rng())
    probes = stored[rng(5).choice(n, 600, replace=False)]
    cues = erase(probes, 8, 256, 4, rng(6))
    once, often = Cliques(8, 256, iterations=1).empty(), Cliques(8, 256).empty()
    once.store(stored)
    often.store(stored)
    # The density of independent messages scatters by less than 0.2 % here.
    assert once.density == pytest.approx(clique_density(Cliques(8, 256), n), rel=2e-3)
    n_wrong = int((once.recall(cues) != probes).any(axis=1).sum())
    interval = wilson_interval(n_wrong, len(probes), 0.999)
    assert interval.low <= clique_error(Cliques(8, 256), n, 4) <= interval.high
    assert (often.recall(cues) != probes).any(axis=1).mean() < 0.04


@settings(max_examples=40, deadline=None)
@given(
    c=st.integers(2, 5), units=st.integers(1, 70), n=st.integers(1, 30), seed=st.integers(0, 999),
    n_erased=st.integers(0, 5), iterations=st.integers(1, 4),
)  # fmt: skip
def test_it_does_what_a_matrix_does(c, units, n, seed, n_erased, iterations):
    stored = messages(n, c, units, rng(seed))
    weight = (stored.T.astype(int) @ stored.astype(int)) > 0
    cues = erase(stored[:5], c, units, min(n_erased, c), rng(seed))
    memory = Cliques(c, units, iterations).empty()
    memory.store(stored)
    assert isinstance(memory, Memory)
    np.testing.assert_array_equal(memory.recall(cues), plain(weight, cues, c, units, iterations))


def plain(weight, cues, c, units, iterations):
    """Score by loops over clusters, as the definition reads."""
    found = []
    for cue in cues:
        state = cue.reshape(c, units).copy()
        state |= ~state.any(axis=1, keepdims=True)
        for _ in range(iterations):
            # Clusters one after the other see the state of the step's begin.
            before, after = state.copy(), state.copy()
            for a in range(c):
                score = np.where(before[a], 0, -1)
                for unit in np.flatnonzero(before[a]):
                    joined = weight[a * units + unit].reshape(c, units) & before
                    score[unit] = sum(joined[b].any() for b in range(c) if b != a)
                after[a] = before[a] & (score == score.max())
            state = after
        found.append(state.ravel())
    return np.array(found)


def test_synapses_are_bits_and_accesses_are_counted():
    memory = Cliques(8, 256).empty()
    assert memory.n_synapses == 8 * 7 * 256**2 // 2
    assert memory.bytes == 2048 * 2048 // 8
    memory.store(messages(3, 8, 256, rng()))
    assert memory.operations == Operations(writes=3 * 8 * 7)
    before = memory.operations
    memory.recall(messages(1, 8, 256, rng()))
    # One step of one active unit in each of 8 clusters, 7 * 256 synapses each.
    assert (memory.operations - before).reads == 8 * 7 * 256


def test_messages_that_are_none_are_refused():
    memory = Cliques(3, 4).empty()
    with pytest.raises(SpecError, match="exactly one active unit"):
        memory.store(np.zeros((1, 12), dtype=bool))
    with pytest.raises(SpecError, match="needed: bool"):
        memory.recall(np.zeros((1, 11), dtype=bool))
    with pytest.raises(SpecError, match="at least 2 clusters"):
        Cliques(1, 4)
