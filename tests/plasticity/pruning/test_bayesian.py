"""Bayesian optimisation of a few arguments."""

from __future__ import annotations

import numpy as np
import pytest

from neuro.errors import SpecError
from plasticity.pruning import Bayesian

BOUNDS = np.array([[-2.0, 2.0], [10.0, 30.0], [0.0, 1.0]])
START = np.array([1.5, 28.0, 0.9])
LOWEST = np.array([-0.4, 17.0, 0.3])


def bowl(arguments: np.ndarray) -> float:
    return float(np.sum(((arguments - LOWEST) / np.ptp(BOUNDS, axis=1)) ** 2))


def test_lowest_place_is_found_where_random_draws_do_not_find_it():
    found, drawn = [], []
    for seed in range(3):
        rng = np.random.default_rng(seed)
        found.append(bowl(Bayesian(30, 8)(bowl, START, BOUNDS, rng)))
        drawn.append(bowl(Bayesian(30, 30)(bowl, START, BOUNDS, rng)))
    assert np.mean(found) < np.mean(drawn) / 4


def test_trials_are_as_many_as_asked_for_within_bounds_and_begin_at_the_start():
    seen: list[np.ndarray] = []

    def cost(arguments: np.ndarray) -> float:
        seen.append(arguments)
        return bowl(arguments)

    best = Bayesian(12, 4)(cost, START, BOUNDS, np.random.default_rng(4))
    assert len(seen) == 12
    np.testing.assert_allclose(seen[0], START)
    assert np.all((seen >= BOUNDS[:, 0] - 1e-12) & (seen <= BOUNDS[:, 1] + 1e-12))
    assert bowl(best) == min(bowl(each) for each in seen)
    again = Bayesian(12, 4)(bowl, START, BOUNDS, np.random.default_rng(4))
    assert best.tobytes() == again.tobytes()
    with pytest.raises(SpecError, match="drawn"):
        Bayesian(3, 4)
