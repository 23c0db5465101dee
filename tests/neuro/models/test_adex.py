"""Known answers of the adaptive exponential integrate-and-fire neuron."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

C, G_L, E_L, V_T, DELTA = 281e-12, 30e-9, -70.6e-3, -50.4e-3, 2e-3
TAU_W, A, B = 144e-3, 4e-9, 80.5e-12
V_PEAK = -40e-3


def slope(v, w, current, a):
    """Return the two derivatives."""
    dv = (G_L * (E_L - v) + G_L * DELTA * np.exp((v - V_T) / DELTA) - w + current) / C
    return dv, (a * (v - E_L) - w) / TAU_W


def spike_times(current, duration, a=A, b=B):
    """Integrate to high accuracy between spikes, with SciPy."""

    def peak(t, state):
        return state[0] - V_PEAK

    peak.terminal = True
    t, state, times = 0.0, [E_L, 0.0], []
    while t < duration:
        piece = solve_ivp(
            lambda t, s: slope(*s, current, a),
            (t, duration),
            state,
            events=peak,
            method="LSODA",
            rtol=1e-9,
            atol=1e-15,
        )
        t = piece.t[-1]
        if piece.t_events[0].size:
            times.append(t)
            state = [E_L, piece.y[1, -1] + b]
    return np.array(times)


def rheobase(a):
    """Return the current at which the resting state becomes unstable."""
    q = min(a / G_L, C / (G_L * TAU_W))
    first = (G_L + a) * (V_T - E_L - DELTA + DELTA * np.log(1 + q))
    return first + DELTA * G_L * (a / G_L - q)


def resting(current, a):
    """Return the resting potential under a current."""
    top = V_T + DELTA * np.log(1 + a / G_L)
    return brentq(lambda v: slope(v, a * (v - E_L), current, a)[0], E_L - 1e-3, top)


def test_spike_times_agree_with_an_accurate_solver(simulate):
    currents = [600, 1000, 1500]
    cells = {"model": "adex", "size": 3, "parameters": {"I_e": [f"{c} pA" for c in currents]}}
    run = simulate({"cell": cells}, duration="100 ms", dt="0.05 ms", record=["cell.spikes"])
    for node, current in enumerate(currents):
        expected = spike_times(current * 1e-12, 100e-3)
        assert len(expected) >= 1
        # A spike waits for the end of its step, and these delays add up.
        late = 0.05e-3 * (1 + np.arange(len(expected)))
        assert (np.abs(run.spikes("cell", node) - expected) <= late).all()


def test_intervals_grow_by_adaptation_and_only_by_it(simulate):
    cells = {
        "model": "adex",
        "size": 2,
        "parameters": {"I_e": "1 nA", "a": ["4 nS", "0 nS"], "b": ["80.5 pA", "0 pA"]},
    }
    run = simulate({"cell": cells}, duration="200 ms", dt="0.05 ms", record=["cell.spikes"])
    adapting, plain = (np.diff(run.spikes("cell", node)) for node in range(2))
    assert (np.diff(adapting[:4]) > 0).all()
    expected = np.diff(spike_times(1e-9, 0.2))
    assert adapting[-1] / adapting[0] == pytest.approx(expected[-1] / expected[0], rel=0.02)
    assert adapting[-1] > 2 * adapting[0]
    np.testing.assert_allclose(plain, plain[0], rtol=0, atol=1.01 * 0.05e-3)


@pytest.mark.parametrize("a", [4e-9, 0.5e-9], ids=["hopf", "saddle_node"])
def test_resting_state_is_lost_at_the_closed_form_current(simulate, a):
    # Above it the fixed point is gone or repels; below, rest holds against a small push.
    factors = np.array([0.96, 0.99, 1.01, 1.04])
    currents = factors * rheobase(a)
    rests = [resting(min(current, 0.999 * rheobase(a)), a) for current in currents]
    cells = {
        "model": "adex",
        "size": len(currents),
        "parameters": {"I_e": [f"{c} A" for c in currents], "a": f"{a} S", "b": "0 pA"},
        "initial": {
            "v": [f"{v + 0.05e-3} V" for v in rests],
            "w": [f"{a * (v - E_L)} A" for v in rests],
        },
    }
    run = simulate({"cell": cells}, duration="500 ms", dt="0.1 ms", record=["cell.spikes"])
    fired = [run.spikes("cell", node).size > 0 for node in range(len(currents))]
    assert fired == [False, False, True, True]
