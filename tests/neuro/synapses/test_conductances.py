"""Known answers of the synapses that open a conductance: conductance, biexponential, nmda."""

from __future__ import annotations

import numpy as np
import pytest

DT = 1e-4
# A cell of 1 uF does not move: its potential is clamped and integrates the synaptic charge. Its
# leak is negligible; without any, exponential Euler would divide by zero.
CLAMP = {"C_m": "1 uF", "g_L": "1 fS", "V_th": "200 mV"}
CAPACITY = 1e-6


def clamped(simulate, synapse, potentials, record=(), duration="400 ms", dt="0.1 ms"):
    """Give one spike at 1 ms to cells held at potentials in mV; return the run."""
    cells = {
        "model": "lif_conductance",
        "size": len(potentials),
        "parameters": CLAMP,
        "initial": {"v": [f"{v} mV" for v in potentials]},
    }
    return simulate(
        {"source": {"model": "spike_generator"}, "cell": cells},
        {"drive": {"source": "source", "target": "cell", "synapse": synapse}},
        duration=duration,
        dt=dt,
        spikes={"source": ([1e-3], [0])},
        record=["cell.v", *(f"cell.{name}" for name in record)],
    )


def charge(run):
    """Return the synaptic charge that each clamped cell received, in C."""
    v = run.trace("cell", "v")[1]
    return CAPACITY * (v[-1] - v[0])


def test_conductance_current_reverses_at_e_rev(simulate):
    potentials = np.array([-90.0, -75.0, -60.0])
    synapse = {"model": "conductance", "weight": "10 nS", "tau": "5 ms", "E_rev": "-75 mV"}
    run = clamped(simulate, synapse, potentials, duration="100 ms")
    # A conductance that decays from its peak lets through weight tau (E_rev - v); frozen over
    # each step it is dt/(2 tau) too large.
    expected = 10e-9 * 5e-3 * (-75 - potentials) * 1e-3
    np.testing.assert_allclose(charge(run), expected, rtol=1.1 * DT / 10e-3, atol=1e-16)
    assert charge(run)[0] > 0 > charge(run)[2]


def test_membrane_approaches_the_weighted_mean_of_its_reversals(simulate):
    synapse = {"model": "conductance", "weight": "30 nS", "tau": "10000 s", "E_rev": "0 mV"}
    cell = {"model": "lif_conductance", "parameters": {"V_th": "100 mV"}}
    run = simulate(
        {"source": {"model": "spike_generator"}, "cell": cell},
        {"drive": {"source": "source", "target": "cell", "synapse": synapse}},
        duration="60 ms",
        spikes={"source": ([0.0], [0])},
        record=["cell.v"],
    )
    t, v = run.trace("cell", "v")
    # 10 nS to -60 mV and 30 nS to 0 mV: -15 mV with 200 pF / 40 nS = 5 ms, exactly integrated.
    expected = -15e-3 - 45e-3 * np.exp(-(t - DT) / 5e-3)
    np.testing.assert_allclose(v[1:, 0], expected[1:], rtol=0, atol=1e-7)


@pytest.mark.parametrize(("rise", "decay"), [(0.5e-3, 2e-3), (2e-3, 70e-3)])
def test_biexponential_peaks_at_its_weight(simulate, rise, decay):
    synapse = {
        "model": "biexponential",
        "weight": "10 nS",
        "tau_rise": f"{rise * 1e3} ms",
        "tau_decay": f"{decay * 1e3} ms",
    }
    run = clamped(simulate, synapse, [-70.0], ["g_drive"], "30 ms", "0.01 ms")
    t, g = run.trace("cell", "g_drive")
    peak = rise * decay / (decay - rise) * np.log(decay / rise)
    assert g.max() == pytest.approx(10e-9, rel=1e-4)
    assert t[np.argmax(g)] - 1.01e-3 == pytest.approx(peak, abs=1.1e-5)


def test_magnesium_block_has_the_values_of_jahr_and_stevens(simulate):
    potentials = np.array([-90.0, -70.0, -40.0, -20.0, 0.0, 20.0])
    synapse = {"model": "nmda", "weight": "1 nS"}
    run = clamped(simulate, synapse, potentials, ["B_drive"], "5 ms")
    block = run.trace("cell", "B_drive")[1][-1]
    known = 1 / (1 + np.exp(-0.062 * potentials) / 3.57)
    np.testing.assert_allclose(block, known, rtol=1e-6)
    # The same, as numbers: nearly shut at rest, 0.78 open at 0 mV.
    np.testing.assert_allclose(block[[1, 2, 4]], [0.04447, 0.23016, 0.78118], atol=1e-5)


def test_nmda_current_follows_block_and_reversal(simulate):
    potentials = np.array([-70.0, -20.0, 20.0])
    run = clamped(simulate, {"model": "nmda", "weight": "1 nS"}, potentials)
    block = 1 / (1 + np.exp(-0.062 * potentials) / 3.57)
    rise, decay = 2e-3, 70e-3
    peak = rise * decay / (decay - rise) * np.log(decay / rise)
    norm = np.exp(-peak / decay) - np.exp(-peak / rise)
    # Up to the end of the run, 398.9 ms after the arrival.
    area = decay * (1 - np.exp(-0.3989 / decay)) - rise
    expected = 1e-9 * area / norm * block * (0 - potentials) * 1e-3
    np.testing.assert_allclose(charge(run), expected, rtol=DT / rise)


def test_without_magnesium_there_is_no_block(simulate):
    run = clamped(
        simulate, {"model": "nmda", "weight": "1 nS", "Mg": "0"}, [-70.0], ["B_drive"], "3 ms"
    )
    assert run.trace("cell", "B_drive")[1][-1, 0] == 1
