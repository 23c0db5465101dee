"""Read-outs that find what made the targets, and parts of a series that do not overlap."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.tasks.readout import divide, fit, ridge
from neuro.errors import SpecError


def test_parts_follow_each_other_and_cover_what_is_not_washed_out():
    parts = divide(1100, 100, validation=0.2, test=0.3)
    assert parts.train == slice(100, 600)
    assert parts.validation == slice(600, 800)
    assert parts.test == slice(800, 1100)
    assert parts.learn == slice(100, 800)


@pytest.mark.parametrize("bad", [(10, 9), (10, -1), (10, 0, 0.0), (10, 0, 0.5, 0.5)])
def test_parts_too_short_to_use_are_refused(bad: tuple[float, ...]):
    with pytest.raises(SpecError, match="at least 2"):
        divide(*bad)


def test_ridge_minimises_its_cost_in_whatever_unit_the_states_are():
    rng = np.random.default_rng(0)
    states, target = rng.standard_normal((80, 4)) @ rng.standard_normal((4, 4)), rng.random((80, 2))
    found, penalty = ridge(states, target, 0.1), 0.1

    def cost(weight: np.ndarray) -> float:
        scaled = states.std(axis=0)[:, None] * weight
        wrong = target - states @ weight - found.offset
        return float((wrong**2).mean(axis=0).sum() + penalty * (scaled**2).sum())

    for _ in range(20):
        assert cost(found.weight + 1e-3 * rng.standard_normal((4, 2))) > cost(found.weight)
    in_volts = ridge(1e-3 * states - 0.07, target, 0.1)
    np.testing.assert_allclose(in_volts(1e-3 * states - 0.07), found(states), rtol=1e-9)


def test_penalty_is_what_validation_asks_for_and_the_test_part_stays_unread():
    rng = np.random.default_rng(1)
    # Forty units that know little, sixty samples: without penalty noise is learnt.
    states = rng.standard_normal((200, 40))
    target = states[:, :1] + 2 * rng.standard_normal((200, 1))
    division = divide(200, 0, validation=0.4, test=0.3)
    chosen = fit(states, target, division, (1e-9, 1.0))
    assert chosen.penalty == 1.0
    clean = fit(states, states[:, :1], division, (1e-9, 1.0))
    assert clean.penalty == 1e-9
    states[division.test], target[division.test] = np.nan, np.nan
    np.testing.assert_array_equal(fit(states, target, division, (1e-9, 1.0)).weight, chosen.weight)


def test_states_that_are_no_numbers_are_refused():
    with pytest.raises(SpecError, match="finite"):
        ridge(np.array([[1.0], [np.nan]]), np.ones((2, 1)), 0.1)
    with pytest.raises(SpecError, match="above 0"):
        ridge(np.ones((2, 1)), np.ones((3, 1)), 0.1)
