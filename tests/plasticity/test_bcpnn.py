"""Known answers of Bayesian confidence propagation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

EPS = 0.01
RULE = {"rule": "bcpnn", "w_gain": "1 pA", "eps": str(EPS)}
# Cells that are on spike in every step of 1 ms.
BLOCKS = {**RULE, "f_max": "1000 Hz", "tau_e": "20 ms", "tau_p": "1000 ms"}


def weights(run):
    return run.weight("learn") / 1e-12


def integrate(pre, post, stop, tau_zi, tau_zj, tau_e, tau_p, f_max):
    """Integrate the three levels of traces as they are written (ms), spike by spike.

    Returns P_i, P_j, P_ij just after the event at `stop`.
    """

    def slope(t, s):
        z_i, z_j, e_i, e_j, e_ij, p_i, p_j, p_ij = s
        return (
            (EPS - z_i) / tau_zi,
            (EPS - z_j) / tau_zj,
            (z_i - e_i) / tau_e,
            (z_j - e_j) / tau_e,
            (z_i * z_j - e_ij) / tau_e,
            (e_i - p_i) / tau_p,
            (e_j - p_j) / tau_p,
            (e_ij - p_ij) / tau_p,
        )

    state = np.array([EPS, EPS, EPS, EPS, EPS**2, EPS, EPS, EPS**2])
    t = 0.0
    for event in sorted({*pre, *post}):
        if event > t:
            piece = solve_ivp(slope, (t, event), state, rtol=1e-10, atol=1e-13, method="DOP853")
            state, t = piece.y[:, -1], event
        state[0] += 1e3 / (f_max * tau_zi) * (event in pre)
        state[1] += 1e3 / (f_max * tau_zj) * (event in post)
    assert t == stop
    return state[5:]


def test_traces_follow_their_equations(pair_spikes):
    pre, post = [20, 50, 51, 300, 640], [10, 50, 290, 500, 700]
    settings = {"tau_zi": 8.0, "tau_zj": 15.0, "tau_e": 100.0, "tau_p": 900.0}
    rule = {**RULE, **{name: f"{tau} ms" for name, tau in settings.items()}}
    run = pair_spikes([pre], [post], rule, weight="0 pA", dt_ms=1)
    p_i, p_j, p_ij = integrate(pre, post, 700, **settings, f_max=50.0)
    held = {name: run.synaptic["learn"][name][0] for name in ("p_i", "p_j", "p_ij")}
    # The accurate solver is good to about 1e-9, the closed form to rounding.
    assert held["p_i"] + EPS == pytest.approx(p_i, rel=1e-8)
    assert held["p_j"] + EPS == pytest.approx(p_j, rel=1e-8)
    joint = held["p_ij"] + EPS * (held["p_i"] + held["p_j"]) + EPS**2
    assert joint == pytest.approx(p_ij, rel=1e-8)
    assert weights(run)[0] == pytest.approx(np.log(p_ij / (p_i * p_j)), rel=1e-8)


def blocks(period, length, first, stop):
    """Return steps at which a cell spikes that is on for `length` of every `period` ms."""
    return [t for t in range(2, stop) if (t - first) % period < length]


def test_weights_of_cells_that_are_on_in_blocks(pair_spikes):
    stop = 4000
    source = [blocks(800, 200, 100, stop)]
    # The same cell, and one that is never on with it.
    target = [source[0], blocks(800, 200, 500, stop)]
    run = pair_spikes(source, target, BLOCKS, weight="0 pA", dt_ms=1, steps=stop)
    p_i, p_j = (run.synaptic["learn"][name] + EPS for name in ("p_i", "p_j"))
    same, never = weights(run)
    # Blocks of 200 ms with edges of 10 ms: the product loses about 5 % at them.
    assert same == pytest.approx(-np.log(p_i[0]), abs=0.1)
    # On for a quarter of the time; P follows with 1 s, so it swings with the blocks.
    assert p_i[0] == pytest.approx(0.25, abs=0.1)
    floor = EPS**2 + EPS * (p_i[1] + p_j[1] - 2 * EPS)
    assert never == pytest.approx(np.log(floor / (p_i[1] * p_j[1])), abs=0.02)
    assert never < -2


def test_identical_poisson_trains_share_their_shot_noise_and_others_nothing(pair_spikes):
    rng = np.random.default_rng(4)
    stop, rate, n = 3000, 0.02, 16
    trains = [(np.flatnonzero(rng.random(stop) < rate) + 2).tolist() for _ in range(n)]
    rule = {**RULE, "tau_e": "100 ms", "tau_p": "1200 ms", "eps": "1e-6"}
    run = pair_spikes(trains, trains, rule, weight="0 pA", dt_ms=1, steps=stop + 5)
    w = run.matrix("learn", (n, n)) / 1e-12
    own, others = np.diag(w), w[~np.eye(n, dtype=bool)]
    # Shot noise of spikes on a grid of 1 ms, at most one in a step.
    shot = np.log(1 + (1 - rate) / (2 * rate * 10))
    # The traces have reached this part of their mean since the beginning, P_ij as P_i and P_j.
    unfinished = -np.log(1 - np.exp(-stop / 1200))
    for sample, known in ((own, shot + unfinished), (others, unfinished)):
        # The logarithm of a fluctuating mean is a little low: half its variance.
        error = sample.std() / np.sqrt(n)
        assert abs(sample.mean() - known) < 4 * error + sample.var() / 2


def test_weight_is_zero_before_anything_is_known(pair_spikes):
    run = pair_spikes([[5]], [[]], RULE, weight="0 pA", dt_ms=1)
    assert weights(run)[0] == pytest.approx(0, abs=1e-12)
