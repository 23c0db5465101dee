"""Codes are drawn as the algorithm says: SP-1 and SP-2, and what holds at both ends of G."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.inputs.patterns import fixed_k
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.selection import win_probabilities
from networks.memories.sparsey.settings import Selection, selection_2010
from networks.memories.sparsey.theory import expected_intersection
from neuro.errors import SpecError

FIVE_DIGITS = 1e-5  # the table gives five decimals, one unit of the last
THREE_DIGITS = 1e-3
OVERLAPS = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1)
WIN = (0.99133, 0.98906, 0.98576, 0.98067, 0.97092, 0.91954, 0.46545, 0.14063, 0.12524, 0.125)
INTERSECTION = (23.792, 23.737, 23.658, 23.536, 23.302, 22.069, 11.171, 3.375, 3.006, 3.0)


def one_stored(overlap, units=8):
    support = np.zeros((1, units))
    support[0, 0] = overlap
    return support


@pytest.mark.parametrize(("overlap", "rho"), list(zip(OVERLAPS, WIN, strict=True)))
def test_sp1_chance_of_the_stored_winner(overlap, rho):
    found = win_probabilities(Selection(), one_stored(overlap))
    assert found[0, 0] == pytest.approx(rho, abs=FIVE_DIGITS)
    assert found.sum() == pytest.approx(1)


def test_sp1_expected_intersections():
    found = expected_intersection(Selection(), 24, 8, np.array(OVERLAPS))
    np.testing.assert_allclose(found, INTERSECTION, atol=THREE_DIGITS)


@pytest.mark.parametrize(
    ("overlap", "rho"),
    [
        (1.0, 0.99928),
        (0.8, 0.99666),
        (0.6, 0.97392),
        (0.5, 0.85124),
        (0.4, 0.23352),
        (0.2, 0.12501),
    ],
)
def test_sp2_the_earlier_form_is_a_case_of_the_later_one(overlap, rho):
    found = win_probabilities(selection_2010(8), one_stored(overlap))
    assert found[0, 0] == pytest.approx(rho, abs=FIVE_DIGITS)


@pytest.mark.parametrize("overlap", [1.0, 0.7, 0.5, 0.4, 0.2])
def test_sp1_a_mac_draws_codes_of_the_expected_intersection(overlap):
    """3 sigma across 40 macs, 5 overlaps: a false alarm in 75 choices of the seed."""
    rng = np.random.default_rng(11)
    n_kept = round(20 * overlap)
    found = []
    for _ in range(40):
        memory = Mac(144, 24, 8).empty(rng)
        stored = fixed_k(1, 144, 20, rng)[0]
        probe = np.zeros(144, dtype=bool)
        probe[rng.choice(np.flatnonzero(stored), n_kept, replace=False)] = True
        probe[rng.choice(np.flatnonzero(~stored), 20 - n_kept, replace=False)] = True
        codes = memory.learn(np.stack([stored, probe]))
        assert codes.familiarity[1] == pytest.approx(overlap)
        found.append((codes.winners[0] == codes.winners[1]).sum())
    mean = expected_intersection(Selection(), 24, 8, np.array([overlap]))[0]
    # Modules draw independently: the intersection is binomial.
    sigma = np.sqrt(mean * (1 - mean / 24) / len(found))
    assert abs(np.mean(found) - mean) < 3 * sigma


@given(
    support=st.lists(st.floats(0, 1), min_size=12, max_size=12),
    g_min=st.floats(0, 0.9),
    chi=st.floats(0, 500),
)
@settings(max_examples=60, deadline=None)
def test_probabilities_are_some_and_grow_with_support(support, g_min, chi):
    values = np.array(support).reshape(3, 4)
    rho = win_probabilities(Selection(g_min=g_min, chi=chi), values)
    np.testing.assert_allclose(rho.sum(axis=1), 1)
    for v, p in zip(values, rho, strict=True):
        assert (np.diff(p[np.argsort(v, kind="stable")]) >= -1e-12).all()


def test_a_novel_input_gets_any_code():
    rho = win_probabilities(Selection(g_min=0.5), np.array([[0.5, 0.1, 0.0, 0.3]]))
    np.testing.assert_array_equal(rho, 0.25)


def test_recall_takes_the_largest_and_draws_ties_evenly():
    """Chi-squared-like bound: 4 sigma of a binomial, one false alarm in 4000 seeds."""
    rng = np.random.default_rng(2)
    memory = Mac(4, 2000, 4).empty(rng)
    winners = memory.read(np.ones((1, 4), dtype=bool)).winners[0]
    count = np.bincount(winners, minlength=4)
    assert (abs(count - 500) < 4 * np.sqrt(2000 * 0.25 * 0.75)).all()
    np.testing.assert_array_equal(winners, memory.read(np.ones((1, 4), dtype=bool)).winners[0])


def test_settings_that_are_none_are_refused():
    for wrong in ({"g_min": 1.0}, {"gamma": 0.0}, {"chi": -1.0}, {"s2": -1.0}, {"s4": 0.0}):
        ((name, value),) = wrong.items()
        with pytest.raises(SpecError, match=f"{name} {value}; needed: "):
            Selection(**wrong)
