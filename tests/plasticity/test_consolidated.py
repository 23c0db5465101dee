"""Known answers of consolidated Hebbian learning."""

from __future__ import annotations

import math

import numpy as np
import pytest

RULE = {
    "rule": "consolidated_hebb",
    "w_max": "1 pA",
    "window": "6 ms",
    "theta": 3,
}  # steps of 0.1 ms
CLIPPED = {"rule": "clipped_hebb", "w_max": "1 pA", "window": "6 ms"}


def times(n, period, first=50):
    return [first + number * period for number in range(n)]


@pytest.mark.parametrize("lag", [-60, -1, 0, 1, 60], ids=lambda lag: f"lag {lag / 10} ms")
def test_a_pair_of_spikes_counts_once_whichever_comes_first(pair_spikes, lag):
    trains = times(3, 200, 100)
    rule = {**RULE, "theta": 99, "tau_tag": "1e6 s"}
    run = pair_spikes([trains], [[step + lag for step in trains]], rule, weight="0 pA")
    assert run.synaptic["learn"]["tag"][0] == pytest.approx(3, abs=1e-6)


@pytest.mark.parametrize("lag", [-61, 61])
def test_beyond_the_window_nothing_is_tagged(pair_spikes, lag):
    trains = times(3, 200, 100)
    run = pair_spikes([trains], [[step + lag for step in trains]], RULE, weight="0 pA")
    assert run.synaptic["learn"]["tag"][0] == 0


def test_the_weight_is_switched_on_by_the_last_coincidence_and_stays(pair_spikes):
    # With 20 ms between them and tau_tag = 1 s, three leave a tag of 2.96: it takes four.
    trains = [times(n, 200) for n in (3, 4, 5)]
    run = pair_spikes(trains, trains, RULE, weight="0 pA", steps=5000)
    np.testing.assert_array_equal(
        run.matrix("learn", (3, 3)) > 0,
        [[False, False, False], [False, True, True], [False, True, True]],
    )


@pytest.mark.parametrize("period_ms", [20, 100, 160])
def test_the_tag_falls_linearly_between_coincidences(pair_spikes, period_ms):
    """With tau_tag = 200 ms and theta = 3, n = ceil((3 - T/tau)/(1 - T/tau)) are needed."""
    share = period_ms / 200
    needed = math.ceil((3 - share) / (1 - share) - 1e-9)
    rule = {**RULE, "tau_tag": "200 ms"}
    trains = [times(n, period_ms * 10) for n in (needed - 1, needed)]
    run = pair_spikes(trains, trains, rule, weight="0 pA")
    assert (np.diag(run.matrix("learn", (2, 2))) > 0).tolist() == [False, True]


def test_a_tag_is_forgotten_before_the_next_item(pair_spikes):
    """Two coincidences, a pause of 2 tau_tag, and two more are no three."""
    trains = [50, 250, 4250, 4450]
    run = pair_spikes([trains], [trains], {**RULE, "tau_tag": "200 ms"}, weight="0 pA")
    assert run.weight("learn")[0] == 0
    assert run.synaptic["learn"]["tag"][0] == pytest.approx(2 - 20 / 200)


def test_with_theta_one_it_is_clipped_hebb(pair_spikes):
    rng = np.random.default_rng(2)
    source, target = (
        [sorted(rng.choice(2000, 3, replace=False) + 50) for _ in range(6)] for _ in range(2)
    )
    weights = [
        pair_spikes(source, target, rule, weight="0 pA").weight("learn")
        for rule in ({**RULE, "theta": 1}, CLIPPED)
    ]
    assert 0 < (weights[0] > 0).mean() < 1
    np.testing.assert_array_equal(*weights)
