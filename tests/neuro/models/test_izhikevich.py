"""Known answers of Izhikevich's simple model."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

# a, b (1/ms), c (mV), d (mV/ms): the four kinds of figure 2 of the paper.
KINDS = {
    "regular spiking": (0.02, 0.2, -65, 8),
    "intrinsically bursting": (0.02, 0.2, -55, 4),
    "chattering": (0.02, 0.2, -50, 2),
    "fast spiking": (0.1, 0.2, -65, 2),
}
DT = 5e-5


def spike_times(kind, current, duration):
    """Integrate the paper's equations (in ms and mV) between spikes, with SciPy; return seconds."""
    a, b, c, d = KINDS[kind]

    def slope(t, state):
        v, u = state
        return 0.04 * v**2 + 5 * v + 140 - u + current, a * (b * v - u)

    def peak(t, state):
        return state[0] - 30

    peak.terminal = True
    t, state, times = 0.0, [-70.0, -14.0], []
    while t < duration:
        piece = solve_ivp(
            slope, (t, duration), state, events=peak, method="LSODA", rtol=1e-9, atol=1e-9
        )
        t = piece.t[-1]
        if piece.t_events[0].size:
            times.append(t)
            state = [c, piece.y[1, -1] + d]
    return np.array(times) * 1e-3


@pytest.fixture
def trains(simulate):
    """Return 200 ms of spikes of each kind under the paper's I = 10."""
    a, b, c, d = zip(*KINDS.values(), strict=True)
    cells = {
        "model": "izhikevich",
        "size": len(KINDS),
        "parameters": {
            "I_e": "10 pA",
            "a": [f"{x} ms**-1" for x in a],
            "b": [f"{x} ms**-1" for x in b],
            "c": [f"{x} mV" for x in c],
            "d": [f"{x} mV/ms" for x in d],
        },
    }
    run = simulate({"cell": cells}, duration="200 ms", dt="0.05 ms", record=["cell.spikes"])
    return {kind: run.spikes("cell", node) for node, kind in enumerate(KINDS)}


def test_spike_times_agree_with_an_accurate_solver(trains):
    for kind, times in trains.items():
        expected = spike_times(kind, 10, 200)
        # A spike at the very end may fall on either side of it.
        n = min(len(times), len(expected))
        assert abs(len(times) - len(expected)) <= 1
        # A spike waits for the end of its step, which delays the next one by up to twice as much
        # through the slow start after the reset; these delays add up.
        late = 2 * DT * (1 + np.arange(n))
        assert (np.abs(times[:n] - expected[:n]) <= late).all(), kind


def test_a_cell_without_parameters_is_the_regular_one(simulate, trains):
    cell = {"model": "izhikevich", "parameters": {"I_e": "10 pA"}}
    run = simulate({"cell": cell}, duration="200 ms", dt="0.05 ms", record=["cell.spikes"])
    assert run.spikes("cell", 0).size > 3
    np.testing.assert_array_equal(run.spikes("cell", 0), trains["regular spiking"])


def test_the_four_kinds_fire_as_their_names_say(trains):
    regular, bursting, chattering, fast = (np.diff(times) for times in trains.values())
    # A regular cell begins with one shorter interval and then fires evenly.
    assert regular[0] < regular[1:].min()
    assert np.ptp(regular[2:]) < 0.02 * regular[-1]
    # A bursting cell fires at least three spikes at once, then single ones.
    assert (bursting[:2] < 8e-3).all()
    assert bursting[-1] > 3 * bursting[0]
    # A chattering cell bursts again and again.
    long = chattering > 15e-3
    assert long.sum() >= 3
    assert (chattering[~long] < 8e-3).sum() >= 3 * long.sum()
    # A fast cell fires much more often than a regular one, without adaptation after the first.
    assert len(fast) > 3 * len(regular)


def test_rest_is_where_the_paper_has_it(simulate):
    run = simulate({"cell": {"model": "izhikevich"}}, duration="50 ms", record=["cell.v", "cell.u"])
    # 0.04 v^2 + 5 v + 140 = 0.2 v has the stable root v = -70 mV, where u = -14 mV/ms.
    assert run.trace("cell", "v")[1][-1, 0] == pytest.approx(-70e-3, abs=1e-9)
    assert run.trace("cell", "u")[1][-1, 0] == pytest.approx(-14, abs=1e-6)
