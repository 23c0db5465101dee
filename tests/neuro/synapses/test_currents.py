"""Known answers of the synapses that deliver a current: delta, exponential, alpha."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq

REST, TAU_M, R = -70e-3, 20e-3, 100e6
DT = 1e-4
# The midpoint method errs by about (dt/tau)^2 of the current's own time course.
SECOND_ORDER = 2.0
SPIKE = {"source": ([5e-3], [0])}


def respond(simulate, synapse, duration="100 ms", variables=("v",)):
    """Give one spike at 5 ms to a LIF cell at rest; time counts from the arrival."""
    run = simulate(
        {"source": {"model": "spike_generator"}, "cell": {"model": "lif"}},
        {"drive": {"source": "source", "target": "cell", "synapse": synapse}},
        duration=duration,
        spikes=SPIKE,
        record=[f"cell.{variable}" for variable in variables],
    )
    # A spike of the step that begins at 5 ms acts at the end of this step.
    t = run.trace("cell", "v")[0] - 5e-3 - DT
    after = t > -DT / 2
    return t[after], {name: run.trace("cell", name)[1][after, 0] for name in variables}


def exponential_psp(t, weight, tau):
    return weight * R * tau / (TAU_M - tau) * (np.exp(-t / TAU_M) - np.exp(-t / tau))


def alpha_psp(t, weight, tau):
    rate = 1 / tau - 1 / TAU_M
    shape = np.exp(-t / TAU_M) - (1 + t * rate) * np.exp(-t / tau)
    return weight * R * np.e * tau * TAU_M / (TAU_M - tau) ** 2 * shape


@pytest.mark.parametrize("tau", [2e-3, 5e-3, 10e-3])
def test_exponential_psp_has_its_closed_form_peak_and_time(simulate, tau):
    synapse = {"model": "exponential", "weight": "100 pA", "tau": f"{tau * 1e3} ms"}
    t, seen = respond(simulate, synapse)
    expected = exponential_psp(t, 100e-12, tau)
    peak = tau * TAU_M / (TAU_M - tau) * np.log(TAU_M / tau)
    height = exponential_psp(peak, 100e-12, tau)
    tolerance = SECOND_ORDER * (DT / tau) ** 2 * height
    np.testing.assert_allclose(seen["v"] - REST, expected, rtol=0, atol=tolerance)
    assert t[np.argmax(seen["v"])] == pytest.approx(peak, abs=DT)


def test_exponential_synapse_as_slow_as_the_membrane(simulate):
    synapse = {"model": "exponential", "weight": "100 pA", "tau": "20 ms"}
    t, seen = respond(simulate, synapse)
    expected = 100e-12 * R * t / TAU_M * np.exp(-t / TAU_M)
    tolerance = SECOND_ORDER * (DT / TAU_M) ** 2 * expected.max()
    np.testing.assert_allclose(seen["v"] - REST, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize("tau", [2e-3, 5e-3])
def test_alpha_psp_has_its_closed_form_peak_and_time(simulate, tau):
    synapse = {"model": "alpha", "weight": "100 pA", "tau": f"{tau * 1e3} ms"}
    t, seen = respond(simulate, synapse, variables=("v", "I_syn"))
    expected = alpha_psp(t, 100e-12, tau)
    tolerance = SECOND_ORDER * (DT / tau) ** 2 * expected.max()
    np.testing.assert_allclose(seen["v"] - REST, expected, rtol=0, atol=tolerance)
    # The slope of the potential is zero where leak and current balance.
    balance = brentq(
        lambda s: alpha_psp(s, 1, tau) - R * np.e * s / tau * np.exp(-s / tau), tau, 10 * tau
    )
    assert t[np.argmax(seen["v"])] == pytest.approx(balance, abs=DT)


def test_alpha_current_peaks_at_its_weight_after_tau(simulate):
    synapse = {"model": "alpha", "weight": "100 pA", "tau": "5 ms"}
    t, seen = respond(simulate, synapse, variables=("v", "I_syn"))
    assert seen["I_syn"].max() == pytest.approx(100e-12, rel=(DT / 5e-3) ** 2)
    assert t[np.argmax(seen["I_syn"])] == pytest.approx(5e-3, abs=DT)
    assert np.trapezoid(seen["I_syn"], t) == pytest.approx(100e-12 * np.e * 5e-3, rel=1e-3)


def test_delta_moves_the_membrane_by_its_weight_at_once(simulate):
    t, seen = respond(simulate, {"model": "delta", "weight": "3 mV"}, "60 ms")
    decay = 3e-3 * np.exp(-t / TAU_M)
    np.testing.assert_allclose(seen["v"] - REST, decay, rtol=3 * (DT / TAU_M) ** 2, atol=1e-15)


def test_delta_addresses_any_variable(simulate):
    run = simulate(
        {"source": {"model": "spike_generator"}, "cell": {"model": "adex"}},
        {
            "drive": {
                "source": "source",
                "target": "cell",
                "synapse": {"model": "delta", "weight": "40 pA", "target": "w"},
            }
        },
        duration="10 ms",
        spikes=SPIKE,
        record=["cell.w"],
    )
    w = run.trace("cell", "w")[1][:, 0]
    assert abs(w[50]) < 1e-15
    assert w[51] == pytest.approx(40e-12, rel=1e-2)


@pytest.mark.parametrize("delay", ["0 ms", "0.1 ms", "3.7 ms"])
def test_a_spike_acts_after_its_delay(simulate, delay):
    synapse = {"model": "delta", "weight": "3 mV", "delay": delay}
    t, seen = respond(simulate, synapse, "20 ms")
    moved = t[np.flatnonzero(seen["v"] > REST + 1e-3)[0]]
    assert moved == pytest.approx(float(delay.split()[0]) * 1e-3, abs=DT / 10)


def test_distributed_delays_spread_the_arrivals(simulate):
    delays = {"uniform": {"low": "1 ms", "high": "9 ms"}}
    run = simulate(
        {"source": {"model": "spike_generator"}, "cell": {"model": "lif", "size": 200}},
        {
            "drive": {
                "source": "source",
                "target": "cell",
                "synapse": {"model": "delta", "weight": "3 mV", "delay": delays},
            }
        },
        duration="20 ms",
        spikes=SPIKE,
        record=["cell.v"],
    )
    t, v = run.trace("cell", "v")
    arrival = t[np.argmax(v > REST + 1e-3, axis=0)] - 5e-3 - DT
    assert arrival.min() >= 1e-3 - DT
    assert arrival.max() <= 9e-3 + DT
    # Standard error of the mean of 200 uniform delays; 5 of them: 6e-7 of all seeds.
    assert arrival.mean() == pytest.approx(5e-3, abs=5 * 8e-3 / np.sqrt(12 * 200))
