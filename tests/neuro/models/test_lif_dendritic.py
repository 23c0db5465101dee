"""Known answers of the soma with dendritic segments: the NMDA plateau."""

from __future__ import annotations

import numpy as np
import pytest

# Coincident synapses on one segment, and what an independent Euler integration at 0.025 ms gave:
# peak of the segment (mV), time it spends above -40 mV (ms), peak of the soma (mV).
COUNTS = (1, 2, 5, 8, 10, 12, 15, 20, 30)
SEGMENT = (-67.96, -65.93, -59.79, -53.22, -48.03, -40.39, -27.25, -17.37, -10.61)
ABOVE = (0, 0, 0, 0, 0, 0, 49.1, 73.7, 103.6)
SOMA = (-69.68, -69.35, -68.20, -66.61, -65.06, -62.82, -59.41, -56.76, -54.60)
ONE_PERCENT = 0.01
REST = -70.0


def inputs(counts, segment=0):
    """Return AMPA and NMDA projections that open `counts` synapses on each cell at once."""
    kinds = {
        "ampa": ({"model": "biexponential", "tau_rise": "0.5 ms", "tau_decay": "2 ms"}, 0.4),
        "nmda": ({"model": "nmda", "tau_rise": "2 ms", "tau_decay": "70 ms"}, 1.2),
    }
    return {
        name: {
            "source": "source",
            "target": "cell",
            "synapse": {
                **model,
                "weight": [f"{n * peak} nS" for n in counts],
                "target": f"segment[{segment}]",
            },
        }
        for name, (model, peak) in kinds.items()
    }


def stimulate(simulate, counts, segments=1, segment=0, duration="160 ms"):
    cells = {"model": "lif_dendritic", "size": len(counts), "n_segments": segments}
    variables = ["v", *(f"v_d{k}" for k in range(segments))]
    return simulate(
        {"source": {"model": "spike_generator"}, "cell": cells},
        inputs(counts, segment),
        duration=duration,
        dt="0.025 ms",
        spikes={"source": ([10e-3], [0])},
        record=[f"cell.{variable}" for variable in variables],
    )


@pytest.fixture(scope="module")
def answers():
    """Return the known values by column, in mV and ms."""
    return np.array(SEGMENT), np.array(ABOVE), np.array(SOMA)


def test_plateau_has_its_known_height_duration_and_effect(simulate, answers):
    run = stimulate(simulate, COUNTS)
    segment, soma = (run.trace("cell", name)[1] * 1e3 for name in ("v_d0", "v"))
    above = (segment > -40).sum(axis=0) * 0.025
    # One per cent of the depolarisation, and the last digit of the table.
    for seen, known in ((segment.max(axis=0), answers[0]), (soma.max(axis=0), answers[2])):
        np.testing.assert_allclose(seen - REST, known - REST, rtol=ONE_PERCENT, atol=0.006)
    np.testing.assert_allclose(above, answers[1], rtol=ONE_PERCENT, atol=0.05)


def test_segments_are_addressed_one_by_one_and_meet_in_the_soma(simulate):
    run = stimulate(simulate, (15,), segments=3, segment=1, duration="40 ms")
    peaks = [run.trace("cell", f"v_d{k}")[1].max() * 1e3 for k in range(3)]
    assert peaks[1] > -40 > peaks[0]
    # Segments without input only follow the soma, and do so alike.
    assert peaks[0] == pytest.approx(peaks[2], abs=1e-9)
    assert REST < peaks[0] < run.trace("cell", "v")[1].max() * 1e3
