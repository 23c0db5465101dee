"""Known answers of the leaky integrate-and-fire neuron."""

from __future__ import annotations

import numpy as np
import pytest

# Threshold and refractoriness are decided on the grid: an interval is known to one step.
ONE_STEP = 1.0001
DT = 1e-4
# Of sums of steps in double precision.
ROUNDING = 1e-9


def interval(current, tau_m=20e-3, resistance=100e6, reset=-65e-3, t_ref=2e-3):
    """Return the period of a LIF cell with E_L = -70 mV and V_th = -50 mV, in s."""
    top = -70e-3 + resistance * current
    return t_ref + tau_m * np.log((top - reset) / (top + 50e-3))


@pytest.mark.parametrize("t_ref", ["0 ms", "2 ms", "5 ms"])
def test_rate_follows_the_closed_form(simulate, t_ref):
    currents = np.array([210, 250, 300, 400, 800, 2000])
    cells = {
        "model": "lif",
        "size": len(currents),
        "parameters": {"I_e": [f"{c} pA" for c in currents], "t_ref": t_ref},
    }
    run = simulate({"cell": cells}, duration="250 ms", record=["cell.spikes"])
    seconds = float(t_ref.split()[0]) * 1e-3
    for node, current in enumerate(currents * 1e-12):
        intervals = np.diff(run.spikes("cell", node))
        assert len(intervals) >= 3
        np.testing.assert_allclose(
            intervals, interval(current, t_ref=seconds), rtol=0, atol=ONE_STEP * DT
        )


def test_refractoriness_lengthens_every_interval_by_itself(simulate):
    held = np.array([0.0, 2e-3, 5e-3])
    cells = {
        "model": "lif",
        "size": len(held),
        "parameters": {"I_e": "300 pA", "t_ref": ["0 ms", "2 ms", "5 ms"]},
    }
    run = simulate({"cell": cells}, duration="250 ms", record=["cell.spikes"])
    # Every interval starts anew from V_reset on a point of the grid.
    free, *lengthened = (np.diff(run.spikes("cell", node)) for node in range(len(held)))
    assert np.ptp(free) < ROUNDING
    for t_ref, found in zip(held[1:], lengthened, strict=True):
        # The step at which t_ref ends is taken again, the first one after a spike always was.
        np.testing.assert_allclose(found, free[0] + t_ref - DT, rtol=0, atol=ROUNDING)


def test_off_the_grid_only_whole_steps_of_refractoriness_count(simulate):
    currents = np.array([210, 250, 300, 400, 800, 2000])
    given = {"I_e": [f"{c} pA" for c in currents]}
    cells = {
        name: {"model": "lif", "size": len(currents), "parameters": {**given, "t_ref": t_ref}}
        for name, t_ref in (("on", "2 ms"), ("off", "2.09 ms"))
    }
    run = simulate(cells, duration="250 ms", record=["on.spikes", "off.spikes"])
    short = []
    for node, current in enumerate(currents * 1e-12):
        np.testing.assert_array_equal(run.spikes("off", node), run.spikes("on", node))
        short.append(interval(current, t_ref=2.09e-3) - np.diff(run.spikes("off", node)).mean())
    # One step that is taken while t_ref ends, and the part of a step by which t_ref is off.
    assert min(short) > 0
    assert DT < max(short) < 2 * DT


def test_cell_below_rheobase_is_silent_and_settles(simulate):
    cell = {"model": "lif", "parameters": {"I_e": "199 pA"}}
    run = simulate({"cell": cell}, duration="400 ms", record=["cell.spikes", "cell.v"])
    assert run.spikes("cell", 0).size == 0
    # What is left of the way after 20 time constants.
    assert run.trace("cell", "v")[1][-1, 0] == pytest.approx(-50.1e-3, abs=20e-3 * np.exp(-19))


def test_approach_to_rest_is_exponential(simulate):
    cell = {"model": "lif", "initial": {"v": "-60 mV"}}
    run = simulate({"cell": cell}, duration="100 ms", record=["cell.v"])
    t, v = run.trace("cell", "v")
    # The midpoint method loses (dt/tau)^2/6 per time constant.
    np.testing.assert_allclose(
        v[:, 0] + 70e-3, 10e-3 * np.exp(-t / 20e-3), rtol=5 * (DT / 20e-3) ** 2
    )


def test_every_cell_of_a_heterogeneous_population_has_its_own_interval(simulate):
    cells = {
        "model": "lif",
        "size": 20,
        "parameters": {
            "tau_m": {"gamma": {"shape": "3", "mean": "20 ms", "low": "2 ms", "high": "60 ms"}},
            "I_e": {"uniform": {"low": "220 pA", "high": "500 pA"}},
        },
    }
    run = simulate({"cell": cells}, duration="300 ms", record=["cell.spikes"])
    tau, current = run.groups["cell"]["tau_m"], run.groups["cell"]["I_e"]
    assert len(set(tau)) == 20
    for node in range(20):
        np.testing.assert_allclose(
            np.diff(run.spikes("cell", node)),
            interval(current[node], tau_m=tau[node]),
            rtol=0,
            atol=ONE_STEP * DT,
        )
