"""Known answer of Oja's rule: the first principal component."""

from __future__ import annotations

import numpy as np

DT, TAU = 2e-3, 20e-3
# With eta = 0.0015 the weights fluctuate about the component by 3 to 4 degrees.
NEAR, FAR = np.radians(8), np.radians(20)
# Fires once for every V_th of input, whatever its order: a linear neuron.
LINEAR = {
    "equations": "dv/dt = 0*volt/second : volt",
    "threshold": "v > V_th",
    "reset": "v -= V_th",
    "method": "euler",
    "parameters": {"V_th": "0.5 V"},
}


def correlated_trains(n_steps, rng):
    """Return spikes [step, input]: two groups of inputs, each with its own slow fluctuation."""
    hold = 25
    fluctuation = rng.random((n_steps // hold, 2)).repeat(hold, axis=0)
    rates = np.hstack(
        [10 + fluctuation[:, :1] * [60, 50, 40], 8 + fluctuation[:, 1:] * [20, 10, 0]]
    )
    return rng.random(rates.shape) < rates * DT


def seen_by_a_linear_target(spikes):
    """Return <x_i at spikes of j>, symmetric part, from the input spikes alone."""
    x, traces = np.zeros(spikes.shape[1]), []
    for row in spikes:
        x = x * np.exp(-DT / TAU) + row
        traces.append(x)
    matrix = np.array(traces).T @ spikes / len(spikes)
    return (matrix + matrix.T) / 2


def angle(left, right):
    cosine = abs(left @ right) / np.linalg.norm(left) / np.linalg.norm(right)
    return np.arccos(min(cosine, 1))


def test_weights_turn_to_the_first_principal_component(simulate):
    rng = np.random.default_rng(1)
    spikes = correlated_trains(12000, rng)
    steps, nodes = np.nonzero(spikes)
    first = np.linalg.eigh(seen_by_a_linear_target(spikes))[1][:, -1]
    start = np.array([0.2, 0.3, 0.2, 0.4, 0.5, 0.4])
    run = simulate(
        {
            "source": {"model": "spike_generator", "size": 6},
            "cell": {"model": "linear"},
        },
        {
            "learn": {
                "source": "source",
                "target": "cell",
                "synapse": {"model": "delta", "weight": [f"{w} V" for w in start]},
                "plasticity": {"rule": "oja", "eta": "0.0015", "w_unit": "1 V"},
            }
        },
        duration=f"{len(spikes) * DT} s",
        dt="2 ms",
        models={"linear": LINEAR},
        spikes={"source": ((steps + 0.5) * DT, nodes)},
        record=["cell.spikes"],
    )
    weight = run.weight("learn")
    assert angle(start, first) > FAR
    assert angle(weight, first) < NEAR
    # Neither equal weights nor the mean rates are the answer.
    assert angle(np.ones(6), first) > FAR
    # The decay holds the length, 1/sqrt(gain) with two spikes for every 1 V, and up to half more,
    # as a spike is correlated with itself in x but not in y.
    assert 0.9 < np.linalg.norm(weight) / np.sqrt(0.5) < 1.6
    assert len(run.spikes("cell", 0)) > 1000
