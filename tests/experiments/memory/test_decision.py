"""The recalled set is the last volley before the reset, whatever came before."""

import numpy as np
import pytest

from experiments.memory.decision import active_sets, volleys

SILENCE, SETTLE = 10.0, 100.0


def fired(*spikes):
    times, ids = zip(*spikes, strict=True) if spikes else ((), ())
    return np.array(times, dtype=float), np.array(ids, dtype=np.int64)


def recalled(starts, *spikes):
    return [set(np.flatnonzero(row)) for row in decided(starts, *spikes).sets]


def decided(starts, *spikes):
    return active_sets(*fired(*spikes), np.array(starts), SETTLE, SILENCE, 6)


def test_a_volley_ends_where_nobody_fires_for_longer_than_the_silence():
    parts = volleys(*fired((0, 1), (9, 2), (19, 3), (30, 4)), SILENCE)
    assert [list(ids) for _, ids in parts] == [[1, 2, 3], [4]]


def test_no_spikes_make_no_volley():
    assert volleys(*fired(), SILENCE) == []


def test_the_last_volley_decides():
    assert recalled([0.0], (0, 0), (0, 1), (24, 1), (25, 2), (48, 3), (48, 4)) == [{3, 4}]


def test_a_network_that_falls_silent_has_recalled_the_cue():
    assert recalled([0.0], (0, 0), (0, 5)) == [{0, 5}]


def test_spikes_of_the_reset_and_of_the_next_trial_do_not_count():
    spikes = (0.0, 0), (24.0, 1), (100.0, 2), (120.0, 3), (150.0, 4)
    assert recalled([0.0, 120.0], *spikes) == [{1}, {4}]


@pytest.mark.parametrize("starts", [[200.0], [0.0, 200.0]])
def test_a_trial_without_spikes_has_recalled_nothing(starts):
    assert recalled(starts, (24.0, 1))[-1] == set()


@pytest.mark.parametrize(
    ("spikes", "is_settled", "n_steps"),
    [
        (((0, 0), (24, 1), (25, 2), (48, 2), (49, 1)), True, 2),
        (((0, 1), (24, 1), (25, 2), (48, 1)), False, 2),
        (((0, 1), (24, 1), (25, 2), (48, 1), (49, 3)), False, 2),
        # Two sets that follow each other for ever are no fixed point.
        (((0, 1), (24, 2), (48, 1), (72, 2)), False, 3),
        (((0, 1),), False, 0),
        ((), False, 0),
    ],
)
def test_a_trial_has_settled_if_its_last_two_volleys_are_the_same(spikes, is_settled, n_steps):
    found = decided([0.0, 200.0], *spikes, (200, 4), (224, 4))
    assert found.is_settled.tolist() == [is_settled, True]
    assert found.n_steps.tolist() == [n_steps, 1]
