"""Known answer of the deviation synapse: spikes beyond those of a spontaneous rate."""

import numpy as np
import pytest

STILL = {
    "equations": "v : volt",
    "threshold": "v > 1000*volt",
    "reset": "v = 0*volt",
    "parameters": {},
}


def received(simulate, times, r_0):
    """Return what a cell that forgets nothing has received, in weights."""
    run = simulate(
        {"source": {"model": "spike_generator"}, "cell": {"model": "still"}},
        {
            "p": {
                "source": "source",
                "target": "cell",
                "synapse": {"model": "deviation", "weight": "0.5 V", "r_0": f"{r_0} Hz"},
            }
        },
        duration="201 ms",
        models={"still": STILL},
        spikes={"source": (np.array(times), np.zeros(len(times), dtype=int))},
        record=["cell.v"],
    )
    return run.trace("cell", "v")[1][-1, 0] / 0.5


@pytest.mark.parametrize("n", [10, 20, 40])
def test_spikes_add_up_to_those_beyond_the_spontaneous_rate(simulate, n):
    times = np.linspace(0.2 / n, 0.2, n)
    assert received(simulate, times, 100) == pytest.approx(n - 100 * 0.2, abs=1e-9)


def test_an_irregular_train_of_the_spontaneous_rate_leaves_nothing(simulate):
    times = np.sort(np.random.default_rng(0).choice(1999, 19, replace=False) + 1) * 1e-4
    assert received(simulate, [*times, 0.2], 100) == pytest.approx(0, abs=1e-9)


def test_without_a_spontaneous_rate_it_is_a_delta_synapse(simulate):
    assert received(simulate, [0.01, 0.05, 0.051], 0) == pytest.approx(3)
