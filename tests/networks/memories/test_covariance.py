"""The sparse covariance memory against its definition, its closed forms and simulation."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from networks.inputs.patterns import bernoulli, corrupt, fixed_k
from networks.memories.covariance import Covariance
from networks.memories.covariance_theory import (
    limit_capacity,
    limit_errors,
    limit_information,
    one_step,
)
from networks.memories.intervals import t_interval
from networks.memories.observables import count_units
from networks.memories.protocol import Memory, Operations
from networks.memories.willshaw_theory import Load
from neuro.errors import SpecError

# References have four to five digits.
DIGITS = 5e-4
compiled = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="too slow without compilation")


def rng(seed=5):
    return np.random.default_rng(seed)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(2, 12), p=st.integers(0, 8), seed=st.integers(0, 999),
    f=st.floats(0.05, 0.6), x=st.floats(0.1, 0.9), iterations=st.integers(1, 4),
)  # fmt: skip
def test_it_does_what_its_definition_says(n, p, seed, f, x, iterations):
    pattern, cue = bernoulli(p, n, f, rng(seed)), bernoulli(4, n, 0.5, rng(seed + 1))
    memory = Covariance(n, f, x, iterations).empty()
    memory.store(pattern[: p // 2])
    memory.store(pattern[p // 2 :])
    weight = (pattern - f).T @ (pattern - f) / n
    np.fill_diagonal(weight, 0)
    np.testing.assert_allclose(memory.weight, weight, atol=1e-12)
    for state, found in zip(cue.copy(), memory.recall(cue), strict=True):
        for _ in range(iterations):
            drive = weight @ state
            least = (x - f) * (1 - f) * state.sum() / n
            # A drive at the threshold falls to either side by rounding.
            if np.abs(drive - least).min() < 1e-9:
                break
            state = drive >= least
        else:
            np.testing.assert_array_equal(found, state)


def test_closed_forms_of_large_networks():
    assert limit_errors(1.0, 0.05).false_alarm == pytest.approx(0.01267, rel=DIGITS)
    assert limit_errors(0.5, 0.05).false_alarm == pytest.approx(7.83e-4, rel=DIGITS)
    assert limit_errors(0.5, 0.05).miss == limit_errors(0.5, 0.05).false_alarm
    assert limit_errors(0.5, 0.05, 0.7).miss > limit_errors(0.5, 0.05, 0.7).false_alarm
    assert limit_capacity(0.01) == pytest.approx(1 / (0.02 * 4.605170), rel=1e-6)
    assert limit_information() == pytest.approx(0.7213, rel=1e-4)


def test_the_finite_form_tends_to_that_of_large_networks():
    """N = 100,000, f = .05, alpha = 1: exactly k active units change the limit in two ways.

    They make cross-talk 1 - f times as strong and shift it by -alpha f of the gap.
    """
    size, active = 100_000, 5000
    step = one_step(Covariance(size, 0.05), Load(size, active, size), active, 0)
    found = (step.missing / active, step.spurious / (size - active))
    noise, shift = np.sqrt(0.05 * 0.95), 0.05 * np.array([-1, 1])
    assert found == pytest.approx(norm.sf((0.5 + shift) / noise), rel=0.05)


@pytest.mark.parametrize(
    ("n_patterns", "erase", "insert"), [(600, 0, 0), (400, 15, 0), (400, 5, 5)]
)
@compiled
def test_simulation_lies_on_the_theory(n_patterns, erase, insert):
    """Five networks; the interval of 99.9 % of each mean holds the theory, or its 3 % surroundings.

    Three quantities in three cases: a false alarm in 100 choices of the seed.
    """
    size, active = 1000, 50
    memory = Covariance(size, active / size)
    rows = []
    for network in range(5):
        source = rng(network)
        pattern = fixed_k(n_patterns, size, active, source)
        filled = memory.empty()
        filled.store(pattern)
        counts = count_units(filled.recall(corrupt(pattern, erase, insert, source)), pattern)
        rows.append((counts.exact.mean(), counts.missing.mean(), counts.spurious.mean()))
    theory = one_step(memory, Load(size, active, n_patterns), active - erase, insert)
    for column, expected in zip(np.array(rows).T, theory, strict=True):
        interval = t_interval(column, 0.999)
        room = 0.03 * expected
        assert interval.low - room <= expected <= interval.high + room


@compiled
def test_false_alarms_of_independent_units_fall_to_those_of_the_large_network():
    """f = .05, alpha = 1, units drawn independently: the limit is Q(2.2361) = .01267.

    The skewness of counts and the usage of units add some 50 % at N = 500 and 20 % at N = 2000,
    both falling as N ** -1/2; networks scatter by some per cent.
    """
    level, found = 0.05, []
    for size in (500, 2000):
        pattern = bernoulli(size, size, level, rng())
        memory = Covariance(size, level).empty()
        memory.store(pattern)
        probe = pattern[:300]
        alarm = (memory.recall(probe) & ~probe).sum() / (~probe).sum()
        found.append(alarm / limit_errors(1.0, level).false_alarm)
    assert 1 < found[1] < 1.25
    assert found[0] - 1 > 1.5 * (found[1] - 1)


def test_a_unit_on_the_threshold_becomes_active():
    """Nothing is stored and x = f: drive and threshold are 0 exactly."""
    memory = Covariance(6, 0.5, threshold=0.5).empty()
    assert memory.recall(np.eye(1, 6, dtype=bool)).all()


def test_accesses_are_counted():
    memory = Covariance(50, 0.08).empty()
    assert isinstance(memory, Memory)
    pattern = fixed_k(3, 50, 4, rng())
    memory.store(pattern)
    assert memory.operations == Operations(writes=3 * 4 * 3)
    memory.recall(pattern)
    assert memory.operations.reads == 3 * 4 * 49
    assert memory.n_synapses == 50 * 49
    assert memory.bytes == 50 * 50 * 4 + 50 * 8


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match="level 1"):
        Covariance(10, 1.0)
    with pytest.raises(SpecError, match="threshold 0"):
        Covariance(10, 0.1, 0.0)
    with pytest.raises(SpecError, match=r"bool \(number, 10\)"):
        Covariance(10, 0.1).empty().store(np.ones((1, 10)))
    with pytest.raises(SpecError, match="alpha 0"):
        limit_errors(0.0, 0.1)
