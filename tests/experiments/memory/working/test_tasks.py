"""Known answers of the tasks of working memory."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from experiments.memory.working.free import expected, visited, walked
from experiments.memory.working.nback import band, by_context, sensitivity, streamed
from experiments.memory.working.recognition import (
    accuracy,
    change_theory,
    changes,
    delay_rows,
    same_answers,
    same_theory,
)
from experiments.memory.working.serial import contexts, recalled
from experiments.memory.working.settings import (
    ChangeDetection,
    DelayedMatch,
    NBack,
    SerialRecall,
    WorkingMemory,
)
from experiments.memory.working.signals import above, between, histories
from networks.memories.online_settings import SynapseSettings
from networks.memories.palimpsest import Fading
from neuro.errors import SpecError

BINARY = Fading("binary", SynapseSettings(chance=0.2))
# Errors of a normal for a binomial sum of 200 to 400 signs.
NORMAL = 2e-3


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(("number", "delay"), [(400, 0), (401, 3), (200, 9)])
def test_the_answer_same_is_a_binomial_tail(number, delay):
    """A binary weight agrees with what it learnt with chance (1 + S) / 2."""
    signal = 0.2 * 0.8**delay
    asked = DelayedMatch(delays=(delay,), curves=(delay,), differences=(0.0, 0.5, 1.0))
    foretold = same_theory(BINARY, number, asked)[0]
    threshold = signal / 2
    most = np.floor(number * (1 + threshold) / 2 + 1e-9)
    for overlap, found in zip((1.0, 0.5, 0.0), foretold, strict=True):
        exact = stats.binom(number, (1 + overlap * signal) / 2).sf(most)
        assert found == pytest.approx(exact, abs=NORMAL)


def test_thresholds_lie_between_the_values_of_a_sum():
    # Four signs: -1, -1/2, 0, 1/2, 1; what is on a value counts as below the next.
    assert between(BINARY, 0.3, 4) == pytest.approx(0.25)
    assert between(BINARY, 0.5, 4) == pytest.approx(0.75)
    assert between(BINARY, -0.1, 4) == pytest.approx(-0.25)
    # Of three signs: -1, -1/3, 1/3, 1. Weights of -1, 0 and 1 have sums in steps of one.
    assert between(BINARY, 0.0, 3) == pytest.approx(0.0)
    assert between(Fading("fast_slow"), 0.3, 4) == pytest.approx(0.375)


@pytest.mark.parametrize("kind", ["binary", "fast_slow", "cascade"])
def test_answers_of_synapses_are_those_foretold(kind):
    fading = Fading(kind, SynapseSettings(chance=0.2))
    asked = DelayedMatch(delays=(0, 3, 12), curves=(0, 3, 12), trials=400)
    runs = [same_answers(fading, 401, asked, rng(seed)) for seed in range(6)]
    error = np.std(runs, axis=0) / np.sqrt(5)
    known = same_theory(fading, 401, asked)
    # Trials of a network share others; at the ends all answers are alike and have no deviation.
    assert (np.abs(np.mean(runs, axis=0) - known) < 5 * error + 0.015).all()


def test_half_of_the_answers_are_right_by_chance_and_all_if_all_is_known():
    assert accuracy(np.array([[1.0, 0.3, 0.0], [0.7, 0.6, 0.7]])).tolist() == [1.0, 0.5]
    asked = DelayedMatch(delays=(0, 5), curves=(2,))
    assert delay_rows(asked, (0, 5)).tolist() == [0, 2]


def test_what_is_left_of_an_item_follows_its_own_history():
    q = 0.2
    left = histories(BINARY, np.array([0, 1, 0, 0, 1, 1]), 3)
    first = [0, q, q * (1 - q), q + q * (1 - q) ** 2]
    assert left[:4, 0] == pytest.approx(first)
    assert left[5, 0] == pytest.approx((first[3] * (1 - q) + q) * (1 - q))
    assert left[:, 2] == pytest.approx(0, abs=1e-12)


def test_sensitivity_is_the_distance_of_two_normals():
    hit, alarm = stats.norm.cdf([1.0, -0.5])
    told = sensitivity(hit * 1e6, 10**6, alarm * 1e6, 10**6)
    assert told == pytest.approx(1.5, abs=1e-4)
    assert sensitivity(3, 10, 3, 10) == 0
    assert np.isfinite(sensitivity(10, 10, 0, 10))


def test_bands_of_neighbours_meet_and_hold_what_they_are_for():
    for back in (1, 2, 3):
        low, high = band(BINARY, 10_001, back)
        assert low < 0.2 * 0.8 ** (back - 1) < high
        assert band(BINARY, 10_001, back + 1)[1] == pytest.approx(low)


def test_many_synapses_know_the_last_item_and_follow_theory():
    asked = NBack(back=(1, 2), items=6, steps=1500)
    pairs = [streamed(BINARY, 401, asked, rng(seed)) for seed in range(5)]
    found, foretold = np.mean(pairs, axis=0)
    assert found == pytest.approx(foretold, abs=0.25)
    assert found[0] > 1
    # A trace adds up what came often: it does not tell two items back from three.
    assert found[1] < 0.5


def test_contexts_tell_n_back_where_traces_do_not():
    asked = NBack(back=(2, 4), items=6, contexts=200)
    lists = SerialRecall(drift=1.0, lost=0.0)
    assert by_context(asked, lists, rng()).min() > 3
    blind = by_context(asked, replace(lists, drift=0.0), rng())
    assert np.abs(blind).max() < 1


def test_changes_are_seen_as_foretold_and_less_in_large_displays():
    fading = Fading("binary", SynapseSettings(chance=0.2))
    asked = ChangeDetection(sizes=(1, 4, 12), retention=0, trials=300)
    runs = [changes(fading, 401, asked, rng(seed)) for seed in range(6)]
    known = [change_theory(fading, 401, asked, size) for size in asked.sizes]
    assert known[0] > known[1] > known[2] > 0.6
    # 1800 trials of a chance of .6 to .98; objects of one display share places and colours.
    assert np.mean(runs, axis=0) == pytest.approx(known, abs=0.04)


def test_one_object_is_a_delayed_match():
    asked = ChangeDetection(sizes=(1,), retention=7)
    match = DelayedMatch(delays=(7,), curves=(7,), differences=(0.0, 1.0))
    known = accuracy(same_theory(BINARY, 401, match))[0]
    assert change_theory(BINARY, 401, asked, 1) == pytest.approx(known)


def test_what_is_fully_known_does_not_scatter():
    assert above(BINARY, np.array([1.0, 1.0]), np.array([0.9, 1.1]), 101).tolist() == [1.0, 0.0]
    assert above(BINARY, np.array([0.0]), 0.5, 101)[0] == pytest.approx(
        stats.norm.sf(0.5 * 101**0.5)
    )


def test_contexts_that_do_not_drift_are_one_and_those_that_change_are_new():
    still = contexts(SerialRecall(drift=0.0), 9, rng())
    assert (still == still[0]).all()
    moving = contexts(SerialRecall(drift=1.0, modules=400, units=4), 2, rng())
    assert (moving[0] == moving[1]).mean() == pytest.approx(0.25, abs=0.09)


def test_clear_contexts_recall_a_list_and_equal_ones_only_guess():
    sure = recalled(SerialRecall(drift=1.0, lost=0.0, lists=5, modules=20), 6, rng())
    assert sure.places.tolist() == [1.0] * 6
    assert sure.distances.tolist() == [1.0, 0, 0, 0, 0, 0]
    guess = recalled(SerialRecall(drift=0.0, lost=0.0, lists=40), 6, rng())
    # One context has one answer for all places: one of six is right, if it is of the list.
    assert guess.places.mean() <= 1 / 6 + 1e-12
    assert guess.distances.sum() <= 1 + 1e-12


def test_drift_makes_ends_of_lists_safer_and_errors_neighbours():
    runs = [recalled(SerialRecall(), 12, rng(seed)) for seed in range(4)]
    places = np.mean([each.places for each in runs], axis=0)
    middle = places[4:8].mean()
    # 240 lists: a deviation of .03 of each end.
    assert places[0] > middle + 0.05
    assert places[-1] > middle + 0.1
    distances = np.mean([each.distances for each in runs], axis=0)
    assert (np.diff(distances[:5]) < 0).all()


def test_a_walk_goes_to_the_most_alike_but_not_back():
    alike = np.zeros((5, 5))
    for (i, j), value in {(0, 1): 9, (1, 2): 8, (2, 0): 7, (3, 4): 6, (0, 3): 1}.items():
        alike[i, j] = alike[j, i] = value
    assert visited(alike) == 3
    assert visited(alike, start=3) == 5


def test_long_lists_are_recalled_by_the_square_root():
    """Romani and Tsodyks: 8.7, 17.4, 34.7."""
    assert [round(expected(n), 1) for n in (16, 64, 256)] == [8.7, 17.4, 34.7]
    assert walked(256, 4000, 40, rng()) == pytest.approx(34.7, abs=4)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: WorkingMemory(kinds=("chain",)), "needed: of binary"),
        (lambda: WorkingMemory(kinds=()), "at least one"),
        (lambda: NBack(steps=3), "more than 6"),
        (lambda: DelayedMatch(differences=(0.5, 0.2)), "ascending"),
        (lambda: SerialRecall(words=4), "at least 12"),
        (lambda: SerialRecall(tau_p=0.5), "at least 1"),
    ],
)
def test_what_cannot_be_is_refused(make, told):
    with pytest.raises(SpecError, match=told):
        make()
