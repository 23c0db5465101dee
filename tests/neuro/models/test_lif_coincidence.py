"""Known answers of the neuron whose dendrite counts coincident synapses."""

from __future__ import annotations

import numpy as np
import pytest

MS = 1e-3
WINDOW, PLATEAU, DT = 10, 100, 0.1  # ms
REST, DRIVE, TAU = -70.0, 133e-3 * 80, 20.0  # mV, mV, ms


def synapses(weight_of):
    """Return the two projections that keep the count."""
    both = {"source": "source", "target": "cell"}
    return {
        "arrive": {**both, "synapse": weight_of(1) | {"delay": "0.5 ms"}},
        "leave": {**both, "synapse": weight_of(-1) | {"delay": "10.5 ms"}},
    }


def delta(weight):
    return {"model": "delta", "target": "coincident", "weight": str(weight)}


def stimulate(simulate, times, threshold=3, duration="40 ms", **parameters):
    """Let one source a spike fire at the given times (ms)."""
    return simulate(
        {
            "source": {"model": "spike_generator", "size": len(times)},
            "cell": {
                "model": "lif_coincidence",
                "parameters": {"theta_dAP": str(threshold), **parameters},
            },
        },
        synapses(delta),
        duration=duration,
        spikes={"source": (np.array(times) * MS, np.arange(len(times)))},
        record=["cell.coincident", "cell.plateau", "cell.v", "cell.spikes"],
    )


@pytest.mark.parametrize(
    ("times", "has_plateau"),
    [
        ((5, 5, 5), True),
        ((5, 5), False),
        ((5, 8, 14.9), True),
        # The first leaves the count in the step in which the third arrives.
        ((5, 8, 15), False),
        ((5, 8, 15, 15), True),
    ],
)
def test_a_plateau_needs_enough_synapses_within_the_window(simulate, times, has_plateau):
    run = stimulate(simulate, times)
    assert (run.trace("cell", "plateau")[1].max() > 0.5) == has_plateau
    assert run.trace("cell", "coincident")[1][-1] == 0


def test_the_plateau_begins_at_the_count_lasts_its_time_and_drives_the_soma(simulate):
    run = stimulate(simulate, (5, 5, 5), duration="200 ms")
    times, plateau = run.trace("cell", "plateau")
    # Counted at 5.5 ms, compared and seen in the next step; seen again when it has ended.
    on = np.flatnonzero(plateau[:, 0] > 0.5)
    assert times[on[0]] / MS == pytest.approx(5.7, abs=0.01)
    assert (times[on[-1]] - times[on[0]]) / MS == pytest.approx(PLATEAU - DT, abs=1e-6)
    voltage = run.trace("cell", "v")[1].max() * 1e3
    assert voltage == pytest.approx(REST + DRIVE * (1 - np.exp(-PLATEAU / TAU)), abs=1e-6)
    assert len(run.spikes("cell", 0)) == 0


def test_a_spike_ends_the_plateau(simulate):
    run = stimulate(simulate, (5, 5, 5), duration="60 ms", I_dAP="200 pA")
    (spike,) = run.spikes("cell", 0)
    times, plateau = run.trace("cell", "plateau")
    assert spike > 5.5 * MS
    assert (plateau[times > spike + DT * MS] == 0).all()
