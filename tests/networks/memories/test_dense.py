"""Dense memories against sums over all tuples of units, closed forms and simulation."""

from itertools import combinations, product
from math import comb

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.inputs.patterns import noisy_examples, rademacher
from networks.memories.dense import Dense
from networks.memories.dense_examples import SupervisedMemory
from networks.memories.dense_theory import (
    DataSet,
    capacity,
    entropy,
    exact_load,
    limit_noise,
    noise_of,
    one_step,
    overlap,
    supervised,
    unsupervised,
)
from networks.memories.hopfield import Hopfield
from networks.memories.intervals import t_interval
from networks.memories.protocol import Memory, Operations
from neuro.errors import SpecError

compiled = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="too slow without compilation")


def rng(seed=5):
    return np.random.default_rng(seed)


def distinct_field(patterns, state, unit, order):
    """Sum over all sets of other units, as the couplings would be."""
    others = [each for each in range(len(state)) if each != unit]
    total = 0.0
    for pattern in patterns:
        terms = pattern * state
        total += pattern[unit] * sum(
            np.prod([terms[k] for k in chosen]) for chosen in combinations(others, order - 1)
        )
    return total


def all_energy(patterns, state, order):
    terms = [[pattern[i] * state[i] for i in range(len(state))] for pattern in patterns]
    return -sum(np.prod(chosen) for each in terms for chosen in product(each, repeat=order))


@settings(max_examples=25, deadline=None)
@given(order=st.integers(2, 5), n=st.integers(5, 9), k=st.integers(1, 70), seed=st.integers(0, 999))
def test_fields_are_sums_over_all_sets_of_other_units(order, n, k, seed):
    patterns, states = rademacher(k, n, rng(seed)), rademacher(2, n, rng(seed + 1))
    memory = Dense(n, order).empty()
    memory.store(patterns[: k // 2])
    memory.store(patterns[k // 2 :])
    classes = SupervisedMemory(Dense(n, order))
    classes.store(patterns[:, None])
    wanted = [
        [distinct_field(patterns.astype(int), state.astype(int), unit, order) for unit in range(n)]
        for state in states
    ]
    np.testing.assert_array_equal(memory.fields(states), wanted)
    np.testing.assert_allclose(classes.fields(states), wanted, atol=1e-8)


@settings(max_examples=15, deadline=None)
@given(order=st.integers(2, 4), n=st.integers(4, 6), seed=st.integers(0, 999))
def test_fields_of_all_tuples_are_differences_of_energy(order, n, seed):
    patterns, (state,) = rademacher(3, n, rng(seed)), rademacher(1, n, rng(seed + 1))
    memory = Dense(n, order, "all").empty()
    memory.store(patterns)
    before = all_energy(patterns, state, order)
    for unit, drive in enumerate(memory.fields(state[None])[0] * state):
        flipped = state.copy()
        flipped[unit] *= -1
        assert drive == all_energy(patterns, flipped, order) - before


@settings(max_examples=25, deadline=None)
@given(
    order=st.integers(2, 6), n=st.integers(7, 20), seed=st.integers(0, 999),
    sweeps=st.integers(1, 3), n_examples=st.integers(1, 3),
)  # fmt: skip
def test_recall_flips_one_unit_at_a_time(order, n, seed, sweeps, n_examples):
    examples = noisy_examples(rademacher(9, n, rng(seed)), n_examples, 0.6, rng(seed + 1))
    cues = rademacher(3, n, rng(seed + 2))
    made = Dense(n, order, sweeps=sweeps)
    memory, classes = made.empty(), SupervisedMemory(made)
    memory.store(examples.reshape(-1, n))
    classes.store(examples)
    for each in (memory, classes):
        for cue, found in zip(cues, each.recall(cues), strict=True):
            state = cue.copy()
            for _, unit in product(range(sweeps), range(n)):
                drive = each.fields(state[None])[0, unit]
                # A drive of rounding alone is a tie, and may fall to either side.
                if 0 < abs(drive) < 1e-6:
                    break
                state[unit] = np.sign(drive) or state[unit]
            else:
                np.testing.assert_array_equal(found, state)


def test_order_two_is_hopfields():
    patterns, cues = rademacher(15, 120, rng()), rademacher(20, 120, rng(6))
    dense, plain = Dense(120, 2).empty(), Hopfield(120).empty()
    dense.store(patterns)
    plain.store(patterns)
    np.testing.assert_allclose(dense.fields(cues), 120 * plain.fields(cues), atol=1e-9)
    np.testing.assert_array_equal(dense.recall(cues), plain.recall(cues))


def test_the_end_of_retrieval_has_its_known_values():
    """DH-1."""
    known = {3: (0.2521904, 0.83848), 4: (0.1978601, 0.91792), 5: (0.1727726, 0.94724),
             6: (0.1576795, 0.96199), 8: (0.1397003, 0.97637)}  # fmt: skip
    for order, (noise, m) in known.items():
        found = capacity(order)
        assert found.noise == pytest.approx(noise, abs=5e-8)
        assert found.overlap == pytest.approx(m, abs=6e-6)
        assert overlap(0.999 * noise, order) > m > 0.5 > overlap(1.001 * noise, order)
    loads = {(3, True): 0.1260952, (4, True): 0.0329767, (6, True): 0.00131400,
             (3, False): 0.0840635, (4, False): 0.0131907}  # fmt: skip
    for (order, is_distinct), alpha in loads.items():
        found = capacity(order).noise / limit_noise(1.0, order, is_distinct)
        assert found == pytest.approx(alpha, rel=1e-5)
    assert exact_load(100, 4) == pytest.approx(100**3 / (2 * 15 * np.log(100)))


def test_one_step_has_its_known_values():
    """DH-2: m1 of a = .1 to .3."""
    known = {0.1: 0.99843, 0.15: 0.99018, 0.2: 0.97465, 0.3: 0.93211}
    for noise, m in known.items():
        assert one_step(noise) == pytest.approx(m, abs=5e-6)
    assert noise_of(comb(99, 3), 100, 4) == 1.0
    assert noise_of(1e9, 10**6, 4) == pytest.approx(limit_noise(1e-9, 4), rel=1e-5)


def test_examples_have_their_known_values():
    """DH-3: alpha, r, M, supervised, unsupervised."""
    known = ((2, 0.05, 0.2, 100, 0.92434, 0.80255), (2, 0.05, 0.3, 50, 0.94370, 0.89768),
             (2, 0.02, 0.2, 200, 0.99134, 0.97377), (4, 0.06, 0.5, 20, 0.95236, 0.68882),
             (4, 0.06, 0.8, 10, 0.99428, 0.99113), (4, 0.06, 0.2, 100, 0.8944, 0.0520),
             (4, 0.06, 0.5, 100, 0.99864, 0.95750), (4, 0.06, 0.5, 1000, 0.99993, 0.99965),
             )  # fmt: skip
    for order, noise, quality, examples, labelled, unlabelled in known:
        data = DataSet(quality, examples)
        assert supervised(noise, data, order) == pytest.approx(labelled, abs=6e-5)
        assert unsupervised(noise, data, order) == pytest.approx(unlabelled, abs=6e-5)
    assert entropy(DataSet(1.0, 3)) == 0.0
    assert supervised(0.1, DataSet(1.0, 3), 4) == one_step(0.1)


@compiled
@pytest.mark.parametrize(("order", "size", "noise"), [(3, 150, 0.3), (4, 100, 0.3), (6, 40, 0.5)])
def test_one_step_lies_on_signal_to_noise(order, size, noise):
    """Five networks, all of some patterns: DH-2 allows .03; here it is .02."""
    values = []
    for network in range(5):
        patterns = rademacher(round(noise * comb(size - 1, order - 1)), size, rng(network))
        memory = Dense(size, order).empty()
        memory.store(patterns)
        probes = patterns[:40]
        values.append((memory.step(probes) * probes).mean())
    assert np.mean(values) == pytest.approx(one_step(noise), abs=0.02)


@compiled
def test_recall_keeps_patterns_below_the_end_of_retrieval_and_spoils_them_above():
    """P = 4: all but a unit in 400 at a_c / 2; at twice a_c less than one step leaves."""
    found = {}
    for factor in (0.5, 2.0):
        size, noise = 60, factor * capacity(4).noise
        patterns = rademacher(round(noise * comb(size - 1, 3)), size, rng())
        memory = Dense(size).empty()
        memory.store(patterns)
        probes = patterns[:100]
        found[factor] = (memory.recall(probes) * probes).mean(), one_step(noise)
    assert found[0.5][0] > 0.995
    assert found[2.0][0] < found[2.0][1] - 0.03


@compiled
def test_labels_are_worth_what_the_theory_says():
    """DH-3, P = 4, N = 80, K = 5120, r = .5, M = 20: .9438 and .6813 were simulated."""
    found = {"supervised": [], "unsupervised": []}
    for network in range(4):
        truth = rademacher(5120, 80, rng(network))
        examples = noisy_examples(truth, 20, 0.5, rng(network + 10))
        probes = truth[:60]
        classes = SupervisedMemory(Dense(80))
        classes.store(examples)
        found["supervised"].append((classes.step(probes) * probes).mean())
        memory = Dense(80).empty()
        memory.store(examples.reshape(-1, 80))
        found["unsupervised"].append((memory.step(probes) * probes).mean())
    for name, known in (("supervised", 0.9438), ("unsupervised", 0.6813)):
        _, low, high = t_interval(np.array(found[name]), 0.999)
        # The value told is of one simulation of its own.
        assert low - 0.01 <= known <= high + 0.01, name


def test_accesses_are_counted():
    patterns = rademacher(70, 20, rng())
    memory = Dense(20).empty()
    assert isinstance(memory, Memory)
    memory.store(patterns)
    assert memory.operations == Operations(writes=70 * 20)
    memory.recall(patterns[:3])
    assert memory.operations.reads % 70 == 0
    assert memory.operations.reads >= 3 * 2 * 20 * 70
    assert memory.n_synapses == comb(20, 4)
    assert memory.bytes == 20 * 2 * 8 + 2 * 21 * 8
    classes = SupervisedMemory(Dense(20))
    assert isinstance(classes, Memory)
    classes.store(patterns.reshape(7, 10, 20))
    assert (classes.operations.writes, classes.bytes) == (1400, 20 * 7 * 8)
    assert classes.n_synapses == memory.n_synapses
    classes.recall(patterns[:3])
    assert classes.operations.reads >= 3 * 2 * 20 * 7


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match="order 9"):
        Dense(20, 9)
    with pytest.raises(SpecError, match="size 1"):
        Dense(1, 2)
    with pytest.raises(SpecError, match="tuples some"):
        Dense(20, 4, "some")
    with pytest.raises(SpecError, match="64 bits"):
        Dense(2000, 8).empty()
    memory = Dense(1000, 6, "all").empty()
    with pytest.raises(SpecError, match="5000 patterns of 1000 units at order 6 do not fit"):
        memory.store(np.ones((5000, 1000), np.int8))
    with pytest.raises(SpecError, match=r"int8 \(number, 10\)"):
        Dense(10).empty().recall(np.ones((1, 10)))
    with pytest.raises(SpecError, match="distinct"):
        SupervisedMemory(Dense(9, 2, "all"))
    with pytest.raises(SpecError, match=r"\(classes, examples, N\)"):
        SupervisedMemory(Dense(9)).store(np.ones((2, 9), np.int8))
    with pytest.raises(SpecError, match="order 2"):
        overlap(0.1, 2)
    with pytest.raises(SpecError, match="noise 0"):
        one_step(0.0)
    with pytest.raises(SpecError, match="quality 0"):
        entropy(DataSet(0.0, 3))
