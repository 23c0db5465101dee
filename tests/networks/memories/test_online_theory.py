"""Fading synapses in closed form: tabled traces and lifetimes, and what holds of all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.memories.online_settings import KINDS, SynapseSettings
from networks.memories.online_theory import (
    Transitions,
    best_chance,
    binary,
    bounded,
    cascade,
    chain,
    chain_covariance,
    chain_signal,
    fast_slow,
    lifetime,
)
from networks.memories.palimpsest import Fading, overlap_after_step
from neuro.errors import SpecError

AGES = [0, 1, 3, 10, 30, 100, 300, 1000]


def ratio_of(synapses: Transitions, number: float):
    return lambda age: np.sqrt(number) * synapses.signal([age])[0] / synapses.noise


@pytest.mark.parametrize(
    ("chance", "number", "known"),
    [(0.5, 1e4, 5.644), (0.1, 1e4, 21.854), (0.5, 1e6, 8.966), (0.1, 1e6, 43.709),
     (0.01, 1e6, 229.105)],
)  # fmt: skip
def test_binary_synapses_live_as_long_as_tabled(chance: float, number: float, known: float):
    synapses = binary(chance)
    expected = chance * (1 - chance) ** np.array(AGES)
    np.testing.assert_allclose(synapses.signal(AGES), expected, atol=1e-15)
    # S is a straight line of the logarithm: the crossing between whole ages is exact.
    assert lifetime(ratio_of(synapses, number), 10**5) == pytest.approx(known, abs=5e-4)


@pytest.mark.parametrize(
    ("number", "q", "age"), [(10**4, 0.027183, 36.286), (10**6, 0.0027183, 367.379)]
)
def test_the_best_chance_is_e_over_the_root_of_the_number(number: int, q: float, age: float):
    best, longest = best_chance(number)
    # To leading order; the best lives no shorter than what is tabled as best.
    assert best == pytest.approx(q, rel=0.015)
    assert age <= longest < age + 0.01
    for other in (0.9 * best, 1.1 * best):
        assert lifetime(ratio_of(binary(other), number), 10**5) < longest


@pytest.mark.parametrize(
    ("depth", "known"),
    [(5, [0.4, 0.13125, 0.117603, 0.061589, 0.014186, 9.5e-5, 0, 0]),
     (8, [0.25, 0.083313, 0.076147, 0.04575, 0.023524, 0.009184, 0.00175, 7e-6]),
     (10, [0.2, 0.066666, 0.06095, 0.036689, 0.01906, 0.008195, 0.003372, 0.000728])],
)  # fmt: skip
def test_the_cascade_fades_as_tabled(depth: int, known: list[float]):
    synapses = cascade(depth)
    np.testing.assert_allclose(synapses.signal(AGES), known, atol=5.1e-7)
    np.testing.assert_allclose(synapses.equilibrium, 1 / (2 * depth))
    assert synapses.signal([0])[0] == pytest.approx(2 / depth)


@pytest.mark.parametrize(
    ("depth", "few", "many"), [(1, 1, 1), (3, 9, 14), (5, 35, 68), (8, 92, 371), (10, 77, 841)]
)
def test_cascades_live_as_long_as_tabled(depth: int, few: int, many: int):
    for number, known in ((1e4, few), (1e6, many)):
        found = lifetime(ratio_of(cascade(depth), number), 10**5)
        assert np.ceil(found) == known  # the first whole age at which the ratio is 1 at most


def test_the_chain_fades_as_tabled():
    ages = [1, 10, 100, 1000, 10000]
    for m in (8, 12):
        known = [0.875, 0.402921, 0.132907, 0.0424822, 0.0134253]
        np.testing.assert_allclose(chain_signal(m, ages), known, rtol=5e-6)
    known = [0.875, 0.402921, 0.132906, 0.0361159, 9.4e-6]
    np.testing.assert_allclose(chain_signal(4, ages), known, rtol=5e-6, atol=5e-8)
    span = np.arange(30, 1001)
    slope = np.polyfit(np.log(span), np.log(chain_signal(8, span)), 1)[0]
    assert slope == pytest.approx(-0.4966, abs=5e-5)


def test_the_noise_of_a_chain_is_the_sum_of_its_squared_traces():
    for m in (1, 2, 4):
        summed = (chain_signal(m, np.arange(20_000)) ** 2).sum()
        assert chain_covariance(m)[0, 0] == pytest.approx(summed, rel=1e-6)
    assert chain(1) == pytest.approx(np.array([[0.875]]))


def test_repeated_events_of_a_chain_add_up():
    trace = chain_signal(6, np.arange(40))
    # Shown at steps 0, 3 and 8, asked 5 after the last.
    assert chain_signal(6, [5], (2, 4))[0] == pytest.approx(trace[5] + trace[10] + trace[13])


def test_repeated_events_of_states_by_hand():
    q = 0.3
    # Massed: each event that is followed by chance leaves less to do.
    assert binary(q).signal([0], (0,))[0] == pytest.approx(1 - (1 - q) ** 2)
    # One other memory between: half of what it moves is moved away.
    between = q * (1 - q)
    assert binary(q).signal([2], (1,))[0] == pytest.approx(
        (between + (1 - between) * q) * (1 - q) ** 2
    )


def test_a_fast_synapse_hands_over_to_a_slow_one_by_hand():
    f, s = 0.5, 0.2
    first, rest = f, 1 - f
    # E[fast e] = f (1-f)^t; the slow one takes s of it in the same step and in every later one.
    fast = [first * rest**t for t in range(4)]
    slow = [s * fast[0]]
    for t in range(1, 4):
        slow.append((1 - s) * slow[-1] + s * fast[t])
    np.testing.assert_allclose(fast_slow(f, s).signal(range(4)), (np.array(fast) + slow) / 2)


@given(st.integers(2, 12), st.floats(0.01, 1.0))
def test_states_keep_their_number_and_never_trace_more_than_was_asked(levels: int, chance: float):
    synapses = bounded(levels, chance)
    assert synapses.equilibrium.sum() == pytest.approx(1)
    np.testing.assert_allclose(synapses.equilibrium, 1 / levels, atol=1e-9)
    trace = synapses.signal(range(30))
    assert np.all(np.diff(trace) <= 1e-12)
    assert trace[0] == pytest.approx(2 * chance / levels)  # all but those at the bound take a step


def test_ages_may_come_in_any_order():
    synapses = cascade(4)
    np.testing.assert_allclose(synapses.signal([30, 0, 3]), synapses.signal([0, 3, 30])[[2, 0, 1]])


def test_a_ratio_that_is_never_or_always_above_one_has_no_crossing():
    assert lifetime(lambda _: 0.5) == 0
    assert lifetime(lambda _: 2.0, 100) == np.inf


def test_unbounded_synapses_know_all_memories_equally_badly():
    fading = Fading("additive")
    assert fading.signal(np.array([0, 1000])).tolist() == [1, 1]
    assert fading.signal(np.array([5]), (2, 0)).tolist() == [3]
    found = overlap_after_step(fading, 401, 0.8, 7, 100)
    # erf of .8 sqrt(400 / 99 / 2)
    assert found == pytest.approx(0.89219, abs=1e-4)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_trace_and_a_noise(kind):
    fading = Fading(kind)
    trace = fading.signal(np.array([0, 10, 100]))
    assert np.all(np.diff(trace) <= 0)
    assert trace[0] > 0
    assert fading.noise(10) > 0


@pytest.mark.parametrize(
    "wrong",
    [{"chance": 0.0}, {"fast": 1.1}, {"levels": 1}, {"ratio": 0.6}, {"variables": 0},
     {"step": -1.0}, {"step": 20.0}],
)  # fmt: skip
def test_wrong_settings_are_refused_by_name(wrong: dict[str, float]):
    with pytest.raises(SpecError, match=next(iter(wrong))):
        SynapseSettings(**wrong)
