"""Known answers of consolidated Hebbian learning."""

from __future__ import annotations

import math

import numpy as np
import pytest

RULE = {"rule": "consolidated_hebb", "w_max": "1 pA", "window": "6 ms", "theta": 3}
CLIPPED = {"rule": "clipped_hebb", "w_max": "1 pA", "window": "6 ms"}


@pytest.fixture
def learn(pair_spikes):
    """Run the pairs of spikes in steps of 1 ms, from weight 0."""

    def run(source, target, rule=RULE, **more):
        return pair_spikes(source, target, rule, weight="0 pA", dt_ms=1.0, **more)

    return run


def times(n, period, first=5):
    return [first + number * period for number in range(n)]


def test_a_pair_of_spikes_counts_once_whichever_comes_first(learn):
    """Lags of -7 to 7 ms, the window being 6 ms; the tag never fades."""
    lags = np.arange(-7, 8)
    trains = times(3, 40, 10)
    source = [[step - lag for step in trains] for lag in lags]
    run = learn(source, [trains], {**RULE, "theta": 99, "tau_tag": "1e6 s"})
    expected = np.where(np.abs(lags) <= 6, 3, 0)
    np.testing.assert_allclose(run.synaptic["learn"]["tag"], expected, atol=1e-6)


def test_the_weight_is_switched_on_by_the_last_coincidence_and_stays(learn):
    # With 20 ms between them and tau_tag = 1 s, three leave a tag of 2.96: it takes four.
    trains = [times(n, 20) for n in (3, 4, 5)]
    run = learn(trains, trains, steps=1000)
    np.testing.assert_array_equal(
        run.matrix("learn", (3, 3)) > 0,
        [[False, False, False], [False, True, True], [False, True, True]],
    )


@pytest.mark.parametrize("period", [20, 100, 160])
def test_the_tag_falls_linearly_between_coincidences(learn, period):
    """With tau_tag = 200 ms and theta = 3, n = ceil((3 - T/tau)/(1 - T/tau)) are needed."""
    share = period / 200
    needed = math.ceil((3 - share) / (1 - share) - 1e-9)
    trains = [times(n, period) for n in (needed - 1, needed)]
    run = learn(trains, trains, {**RULE, "tau_tag": "200 ms"})
    assert (np.diag(run.matrix("learn", (2, 2))) > 0).tolist() == [False, True]


def test_a_tag_is_forgotten_before_the_next_item(learn):
    """Two coincidences, a pause of 2 tau_tag, and two more are no three."""
    trains = [5, 25, 425, 445]
    run = learn([trains], [trains], {**RULE, "tau_tag": "200 ms"})
    assert run.weight("learn")[0] == 0
    assert run.synaptic["learn"]["tag"][0] == pytest.approx(2 - 20 / 200)


def test_with_theta_one_it_is_clipped_hebb(learn):
    rng = np.random.default_rng(2)
    source, target = (
        [sorted(rng.choice(200, 3, replace=False) + 5) for _ in range(6)] for _ in range(2)
    )
    weights = [
        learn(source, target, rule).weight("learn") for rule in ({**RULE, "theta": 1}, CLIPPED)
    ]
    assert 0 < (weights[0] > 0).mean() < 1
    np.testing.assert_array_equal(*weights)
