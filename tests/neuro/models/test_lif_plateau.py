"""Known answers of the LIF neuron with an event-driven dendritic plateau.

The numbers belong to the parameters of the spiking temporal memory: 11 mature synapses of
1.1 * 59/5 = 12.98 pA, external synapses of 4112.2091 pA, 2 ms.
"""

from __future__ import annotations

import numpy as np
import pytest

MATURE = 12.98e-12
DT = 1e-5


def cells(n, **parameters):
    return {"model": "lif_plateau", "size": n, "parameters": parameters}


def dendrite(counts):
    """Return a projection that gives each cell `counts` mature synapses at once."""
    weights = [f"{n * MATURE} A" for n in counts]
    return {
        "source": "source",
        "target": "cell",
        "synapse": {"model": "delta", "weight": weights, "target": "s"},
    }


@pytest.mark.parametrize(
    ("current", "tau_s", "tau_m", "height"),
    [(4112.2091, 2, 10, 22), (-12915.4967, 1, 10, -40), (581.1973, 0.5, 5, 0.9)],
    ids=["external", "inhibitory", "to inhibitory"],
)
def test_currents_of_the_paper_give_their_potentials(simulate, current, tau_s, tau_m, height):
    synapse = {"model": "exponential", "weight": f"{current} pA", "tau": f"{tau_s} ms"}
    cell = cells(1, tau_m=f"{tau_m} ms", R=f"{tau_m / 0.25} Mohm", V_th="1 V")
    run = simulate(
        {"source": {"model": "spike_generator"}, "cell": cell},
        {"drive": {"source": "source", "target": "cell", "synapse": synapse}},
        duration="12 ms",
        dt="0.01 ms",
        spikes={"source": ([0.0], [0])},
        record=["cell.v"],
    )
    v = run.trace("cell", "v")[1][:, 0] * 1e3
    # The midpoint method errs by (dt/tau)^2, the grid misses the peak by less.
    assert v[np.argmax(np.abs(v))] == pytest.approx(height, rel=2 * (0.01 / tau_s) ** 2 + 1e-6)


def test_five_coincident_synapses_start_a_plateau_and_four_do_not(simulate):
    counts = (4, 5, 6, 10, 20)
    run = simulate(
        {"source": {"model": "spike_generator"}, "cell": cells(5)},
        {"drive": dendrite(counts)},
        duration="10 ms",
        dt="0.01 ms",
        spikes={"source": ([1e-3], [0])},
        record=["cell.plateau", "cell.I_ED"],
    )
    t, plateau = run.trace("cell", "plateau")
    assert plateau[:, 0].max() == 0
    peak = run.trace("cell", "I_ED")[1][:, 0].max()
    assert peak == pytest.approx(4 * MATURE, rel=1e-5)
    # The crossing is noticed at the end of its step.
    onset = t[np.argmax(plateau[:, 1:] > 0.5, axis=0)] - 1e-3 - DT
    known = np.array([3.1225, 2.1363, 1.0267, 0.4582]) * 1e-3
    assert (onset - known >= -DT / 2).all()
    assert (onset - known <= 1.5 * DT).all()


def test_plateau_has_its_height_and_duration_and_never_fires_the_soma(simulate):
    run = simulate(
        {"source": {"model": "spike_generator"}, "cell": cells(1)},
        {"drive": dendrite((10,))},
        duration="100 ms",
        spikes={"source": ([1e-3], [0])},
        record=["cell.v", "cell.plateau", "cell.z", "cell.I_d", "cell.spikes"],
    )
    plateau = run.trace("cell", "plateau")[1][:, 0]
    assert plateau.sum() * 1e-4 == pytest.approx(60e-3, abs=1.1e-4)
    # 40 Mohm * 200 pA = 8 mV, approached with 10 ms for 60 ms, from what I_d had left.
    assert run.trace("cell", "v")[1].max() == pytest.approx(8e-3, rel=2 * np.exp(-6))
    assert run.spikes("cell", 0).size == 0
    assert run.trace("cell", "z")[1].max() == pytest.approx(1, abs=1e-3)
    # The dendritic current is cut at the end, and what is left of the input does not return.
    after = run.trace("cell", "I_d")[1][np.flatnonzero(plateau)[-1] + 2 :, 0]
    assert np.abs(after).max() < 1e-3 * MATURE


def test_a_plateau_makes_the_soma_fire_earlier(simulate):
    """Let plateaus begin 38, 30 and 20 ms before a volley that fires every cell."""
    leads = np.array([38e-3, 30e-3, 20e-3])
    # 20 mature synapses cross the threshold 0.4582 ms after they arrive.
    starts = 50e-3 - leads - 0.4582e-3
    run = simulate(
        {
            "dendrites": {"model": "spike_generator", "size": 4},
            "volley": {"model": "spike_generator"},
            "cell": cells(4),
        },
        {
            "prepare": {
                "source": "dendrites",
                "target": "cell",
                "connectivity": {"rule": "one_to_one"},
                "synapse": {"model": "delta", "weight": f"{20 * MATURE} A", "target": "s"},
            },
            "external": {
                "source": "volley",
                "target": "cell",
                "synapse": {"model": "exponential", "weight": "4112.2091 pA", "tau": "2 ms"},
            },
        },
        duration="56 ms",
        dt="0.01 ms",
        spikes={"dendrites": (starts, [1, 2, 3]), "volley": ([50e-3], [0])},
        record=["cell.spikes", "cell.plateau"],
    )
    latency = [run.spikes("cell", node)[0] - 50e-3 for node in range(4)]
    known = np.array([2.410, 0.987, 1.010, 1.082]) * 1e-3
    np.testing.assert_allclose(latency, known, rtol=0, atol=2 * DT)
    # The somatic spike ends the plateau.
    assert run.trace("cell", "plateau")[1][-1].max() == 0
