"""A small recording with all that a foreign format may hold, written without a simulation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from neuro.recording import Header, Recorder

SIZES = {"noise": 7, "exc": 5, "inh": 3}
RESOLVED = {
    "name": "small",
    "seed": 11,
    "simulation": {"dt": "0.1 ms", "duration": "100 ms"},
    "projections": {
        "drive": {"synapse": {"model": "delta"}},
        "brake": {"synapse": {"model": "exponential"}},
    },
}
PROVENANCE = {"python": "3.11", "packages": {"engramlab": "0.1.0"}, "git": {"commit": "abc"}}


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record two projections, one of them pruned, spikes, a trace, weights and metrics."""
    path = tmp_path_factory.mktemp("recorded") / "small.h5"
    rng = np.random.default_rng(5)
    header = Header("name: small\n", json.dumps(RESOLVED), PROVENANCE, {"root": 11})
    with Recorder(path, header) as rec:
        for name, size in SIZES.items():
            rec.nodes(name, size, "poisson" if name == "noise" else "lif")
        # Twice the same pair, and a source without synapses.
        pre, post = [0, 0, 0, 2, 5, 6], [1, 1, 4, 0, 3, 3]
        weight = np.array([0.1, 0.2, 0.3, 1 / 3, 2e-5, 0.5]) * 1e-3
        rec.edges("drive", "noise", "exc", pre, post, weight, "volt", [1, 2, 1.5, 0.1, 0.3, 9])
        rec.edges("brake", "inh", "exc", [0, 1, 2], [0, 1, 2], [-3e-12] * 3, "amp", 1.5)
        rec.weights("drive", 0.0, weight)
        alive = np.array([1, 1, 0, 1, 1, 1], dtype=bool)
        rec.weights("drive", 100.0, weight * 2, alive)
        rec.spikes("exc", rng.random(40) * 100, rng.integers(0, 4, 40))
        rec.spikes("inh", [], [])
        rec.report("v", "exc", "v", "mV", [1, 4], np.arange(0, 100, 0.5), rng.random((200, 2)))
        rec.metric("rate/exc", 80.0, "spikes per neuron and second", unit="Hz")
        rec.metric("curve", [0.5, 0.25], "two numbers")
        rec.progress(100.0, 1.0)
    return path
