"""Races: who spikes first is who is driven most, and inhibition ends it."""

import numpy as np
import pytest

from networks.winners import k_winners
from neuro.errors import SpecError
from neuro.layers.race import Race, race


def currents(*rows):
    return np.array(rows, dtype=np.float32)


def test_the_first_to_spike_are_the_k_winners():
    current = np.random.default_rng(0).normal(1, 0.5, (200, 300)).astype(np.float32)
    found = race(current, Race(active=20, threshold=0.8))
    assert np.all(np.diff(found.start) == 20)
    assert np.array_equal(found.dense(bool), k_winners(current, 20))


def test_a_cell_spikes_when_its_exponential_reaches_threshold():
    """I (1 - decay^n) reaches 1 at n = ln(1 - 1/I) / ln decay: with 1.2, 17.006 steps of 0.9."""
    current = currents([1.2, 0.0])
    assert race(current, Race(active=1, steps=17)).n_spikes == 0
    assert race(current, Race(active=1, steps=18)).n_spikes == 1


def test_slow_cells_leave_the_row_short():
    found = race(currents([2.0, 0.9, 0.99, 1.5], [0.0, 0.0, 0.0, 0.0]), Race(active=3))
    assert found.cells.tolist() == [0, 3]
    assert found.start.tolist() == [0, 2, 2]


def test_of_those_that_cross_in_one_step_the_furthest_come_first_then_the_lowest():
    tied = currents([20.0, 30.0, 20.0, 40.0])
    assert race(tied, Race(active=2)).cells.tolist() == [1, 3]
    assert race(tied, Race(active=3)).cells.tolist() == [0, 1, 3]


@pytest.mark.parametrize("settings", [{"active": 0}, {"decay": 1.0}, {"threshold": 0.0}])
def test_races_that_cannot_be_are_refused(settings):
    with pytest.raises(SpecError):
        Race(**{"active": 1, **settings})
