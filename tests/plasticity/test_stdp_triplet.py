"""Known answers of triplet STDP."""

from __future__ import annotations

import numpy as np
import pytest

TAU = {"plus": 16.8, "x": 101.0, "minus": 33.7, "y": 125.0}
A2_PLUS, A3_PLUS, A2_MINUS, A3_MINUS = 5e-10, 6.2e-3, 7e-3, 2.3e-4
RULE = {"rule": "stdp_triplet", "w_max": "1 pA"}


def traced(times, at, tau, including):
    """Sum the kernels of earlier spikes at a time in ms."""
    times = np.asarray(times)
    earlier = times[times <= at] if including else times[times < at]
    return np.exp(-(at - earlier) / tau).sum()


def change(pre, post):
    """Sum Pfister and Gerstner's equations (3) and (4) over both trains (ms), spike by spike.

    A presynaptic spike in the step of a post-synaptic one comes first.
    """
    total = 0.0
    for t in pre:
        pairs = traced(post, t, TAU["minus"], including=False)
        total -= pairs * (A2_MINUS + A3_MINUS * traced(pre, t, TAU["x"], including=False))
    for t in post:
        pairs = traced(pre, t, TAU["plus"], including=True)
        total += pairs * (A2_PLUS + A3_PLUS * traced(post, t, TAU["y"], including=False))
    return total


def protocol(rate, lag, pairings=15):
    """Return the spike times in ms of pairings at a rate in Hz, lag = t_post - t_pre in ms."""
    pre = [50 + k * 1000 // rate for k in range(pairings)]
    return pre, [time + lag for time in pre]


def learnt(pair_spikes, trains, **settings):
    """Return the change of each pair of trains, all in one run, in units of w_max."""
    run = pair_spikes(*map(list, zip(*trains, strict=True)), RULE, **settings)
    return np.diag(run.matrix("learn", (len(trains), len(trains)))) / 1e-12 - 0.5


def test_triplets_of_each_order_have_their_closed_form(pair_spikes):
    # post-pre-post, pre-post-pre, a pair each way, and both at once, in steps of 0.1 ms.
    cases = [([150], [100, 200]), ([100, 200], [150]), ([100], [150]), ([150], [100])]
    cases.append(([100, 150], [100, 150]))
    changes = learnt(pair_spikes, cases)
    expected = [change(np.array(pre) / 10, np.array(post) / 10) for pre, post in cases]
    np.testing.assert_allclose(changes, expected, rtol=1e-6, atol=1e-15)


def test_change_depends_on_the_rate_of_pairing(pair_spikes):
    cases = {(lag, rate): protocol(rate, lag) for lag in (10, -10) for rate in (5, 10, 20, 40, 50)}
    changes = learnt(pair_spikes, list(cases.values()), dt_ms=1)
    expected = [change(pre, post) for pre, post in cases.values()]
    np.testing.assert_allclose(changes, expected, rtol=1e-6)
    # Pre before post: little at 5 Hz, ever stronger potentiation at higher rates.
    potentiation = changes[:5].tolist()
    assert abs(potentiation[0]) < 0.2 * potentiation[-1]
    assert potentiation == sorted(potentiation)
    # Post before pre: depression at low rates turns into potentiation at high ones.
    assert changes[5] < 0 < changes[9]


def test_random_trains_follow_the_double_sum(pair_spikes):
    rng = np.random.default_rng(5)
    pre, post = (
        sorted(rng.choice(np.arange(2, 4000), 12, replace=False).tolist()) for _ in range(2)
    )
    expected = change(np.array(pre) / 10, np.array(post) / 10)
    assert learnt(pair_spikes, [(pre, post)])[0] == pytest.approx(expected, rel=1e-6)
