"""The multitasking memory against its definition, its closed forms and tabled simulations."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.inputs.patterns import diluted, noisy_examples, rademacher
from networks.memories.multitasking import Multitasking, fill_blanks
from networks.memories.multitasking_theory import (
    end_of_hierarchy,
    hierarchy,
    learnt,
    majority,
    overlaps,
)
from networks.memories.protocol import Memory, Operations
from neuro.errors import SpecError

compiled = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="too slow without compilation")


def rng(seed=5):
    return np.random.default_rng(seed)


@settings(max_examples=30, deadline=None)
@given(n=st.integers(2, 15), k=st.integers(1, 4), d=st.floats(0, 1), seed=st.integers(0, 999))
def test_units_settle_as_their_definition_says(n, k, d, seed):
    patterns, cues = diluted(k, n, d, rng(seed)), rademacher(3, n, rng(seed + 1))
    memory = Multitasking(n, sweeps=2).empty(rng())
    memory.store(patterns)
    coupling = patterns.T.astype(int) @ patterns
    np.fill_diagonal(coupling, 0)
    for cue, found in zip(cues, memory.recall(cues), strict=True):
        state = cue.copy()
        for _ in range(2):
            for unit in range(n):
                state[unit] = np.sign(coupling[unit] @ state) or state[unit]
        np.testing.assert_array_equal(found, state)


def test_two_units_visit_their_states_as_boltzmann_says():
    """One pattern of two units: J = 1/2, so they agree with chance 1 / (1 + exp(-2 J / T))."""
    memory = Multitasking(2, temperature=0.5, sweeps=20).empty(rng())
    memory.store(np.ones((1, 2), np.int8))
    ends = memory.recall(rademacher(4000, 2, rng(6)))
    agree = (ends[:, 0] == ends[:, 1]).mean()
    # A standard deviation is .005.
    assert agree == pytest.approx(1 / (1 + np.exp(-2)), abs=0.025)


def test_the_hierarchy_ends_where_it_is_known_to():
    known = {3: 0.6180340, 4: 0.5436890, 5: 0.5187901, 6: 0.5086604, 8: 0.5020171, 10: 0.5004931}
    for n_patterns, dilution in known.items():
        assert end_of_hierarchy(n_patterns) == pytest.approx(dilution, abs=5e-8)
    for dilution, is_kept in ((0.61, True), (0.63, False)):
        start = hierarchy(dilution, 3)
        assert np.allclose(overlaps(dilution, 0.0, start), start) == is_kept


def test_self_consistency_has_its_known_values():
    """MT-1."""
    two = hierarchy(0.5, 2)
    for temperature, known in ((0.05, (0.49999, 0.24999)), (0.2, (0.47939, 0.21281)),
                               (0.4, (0.35521, 0.0))):  # fmt: skip
        assert overlaps(0.5, temperature, two) == pytest.approx(known, abs=1.1e-5)
    for temperature, m in ((0.05, 0.16363), (0.1, 0.15198), (0.15, 0.11491), (0.19, 0.05222)):
        found = overlaps(0.8, temperature, np.full(3, 0.1))
        assert found == pytest.approx([m] * 3, abs=1.1e-5)
    for temperature, known in ((0.05, (0.8, 0.15946, 0)), (0.2, (0.79946, 0, 0)),
                               (0.4, (0.766, 0, 0)), (0.7, (0.46486, 0, 0))):  # fmt: skip
        found = overlaps(0.2, temperature, hierarchy(0.2, 3))
        assert found == pytest.approx(known, abs=1.1e-5)


def test_a_majority_of_examples_has_its_known_values():
    """MT-3."""
    known = ((0.2, 10, 0.46686464, 0.48139), (0.2, 25, 0.69246446, 0.69257),
             (0.2, 51, 0.85294160, 0.85509), (0.2, 101, 0.95820662, 0.95977),
             (0.4, 5, 0.67384, 0.67089), (0.4, 11, 0.84355042, 0.85224),
             (0.1, 101, 0.68751080, 0.68753))  # fmt: skip
    for quality, n_examples, exact, limit in known:
        assert majority(quality, n_examples) == pytest.approx(exact, abs=1e-8)
        assert learnt(quality, n_examples) == pytest.approx(limit, abs=5.1e-6)


@compiled
@pytest.mark.parametrize(
    ("n_patterns", "dilution", "known"),
    [(2, 0.3, (0.7, 0.21)), (3, 0.4, (0.6, 0.24, 0.096)), (3, 0.7, (0.2865, 0.2235, 0.1605))],
)
def test_several_patterns_are_recalled_at_once(n_patterns, dilution, known):
    """MT-2: 4000 units from the first pattern with its blanks filled by chance."""
    found = []
    for network in range(6):
        source = rng(network)
        patterns = diluted(n_patterns, 4000, dilution, source)
        memory = Multitasking(4000).empty(source)
        memory.store(patterns)
        (end,) = memory.recall(fill_blanks(patterns[:1], source)[None])
        found.append(np.sort(np.abs(patterns @ end.astype(int)) / 4000)[::-1])
    # Three standard deviations of one network are .047; of six, and with the bias of sorting:
    assert np.mean(found, axis=0) == pytest.approx(known, abs=0.03)


@compiled
def test_labels_are_worth_nothing_at_low_load():
    """MT-4: r = .3, d = .3; K = 2 with 200 examples, K = 1 with 50 of rho = .202."""
    for n_patterns, n_examples, known in ((2, 200, (0.698, 0.220)), (1, 50, (0.6817,))):
        for is_labelled in (True, False):
            found = []
            for network in range(4):
                source = rng(network)
                patterns = diluted(n_patterns, 2000, 0.3, source)
                examples = noisy_examples(patterns, n_examples, 0.3, source)
                memory = Multitasking(2000).empty(source)
                memory.store(examples.mean(axis=1) if is_labelled else np.concatenate(examples))
                (end,) = memory.recall(fill_blanks(patterns[:1], source)[None])
                found.append(np.abs(patterns @ end.astype(int)) / 2000)
            assert np.mean(found, axis=0) == pytest.approx(known, abs=0.03)


def test_accesses_are_counted():
    memory = Multitasking(20).empty(rng())
    assert isinstance(memory, Memory)
    patterns = diluted(3, 20, 0.4, rng())
    memory.store(patterns)
    assert memory.operations == Operations(writes=60)
    memory.recall(rademacher(2, 20, rng()))
    assert memory.operations.reads % 60 == 0
    assert memory.operations.reads >= 2 * 60
    assert (memory.bytes, memory.n_synapses) == (60 * 8, 20 * 19)


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match="temperature -1"):
        Multitasking(9, -1.0)
    with pytest.raises(SpecError, match="size 1"):
        Multitasking(1)
    with pytest.raises(SpecError, match="needed"):
        Multitasking(9).empty(rng()).store(np.ones((2, 8), np.int8))
    with pytest.raises(SpecError, match="at least 3"):
        end_of_hierarchy(2)
    with pytest.raises(SpecError, match="dilution 2"):
        hierarchy(2.0, 3)
