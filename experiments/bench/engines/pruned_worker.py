"""Serve one network, whole or pruned, from its own process: ``build``, ``run``, ``profile``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import brian2
import numpy as np

import neuro.device  # noqa: F401  registers the device
from experiments.bench.engines.networks.base import Model
from experiments.bench.engines.runtime import compiled_bytes, timed_loop
from experiments.bench.process import serve
from experiments.bench.pruned_table import PrunedCase
from networks.build import build, listen
from networks.build.compaction import compact
from networks.build.recurrent import recurrent
from networks.config import load
from plasticity.pruning import Uniform

DESCRIPTION = Path(__file__).with_name("pruned.yaml")
CELLS, SYNAPSES = "cells", "recurrent"


def model(case: PrunedCase, is_pruned: bool) -> Model:
    """Build the network, whole or described anew by what is kept of it."""
    spec = load(
        DESCRIPTION,
        [
            f"populations.{CELLS}.size={case.size}",
            f"projections.{SYNAPSES}.connectivity.p={case.chance}",
            f"simulation.dt={case.dt_ms} ms",
        ],
    ).spec
    built = build(spec, counts=False)
    if is_pruned:
        network = recurrent(built, (CELLS,))
        rng = np.random.default_rng(1)
        dynamics = network.dynamics(np.zeros(case.size))
        kept = Uniform()(network.weight, network.graph, dynamics, case.density, rng)
        described, graphs = compact(spec, network, kept)
        built = build(described, graphs=graphs, counts=False)
    spikes = listen(built, CELLS)
    return Model(built.network, built.groups[CELLS], spikes, (built.synapses[SYNAPSES],))


class Service:
    """Hold the network and answer what is asked of it."""

    def __init__(self, task: Mapping[str, Any]) -> None:
        self.case = PrunedCase(**task["case"])
        self.is_pruned = bool(task["is_pruned"])
        brian2.set_device("numba", mode="strict", threads=1)
        self.model: Model | None = None

    def __call__(self, request: str) -> dict[str, Any]:
        """Do what the parent asks for and return what it is told."""
        if request == "build":
            return self._build()
        return self._run() if request == "run" else self._profile()

    def _build(self) -> dict[str, Any]:
        """Make the network, compile, and simulate until rates have settled."""
        self.model = model(self.case, self.is_pruned)
        self.model.network.run(0.1 * brian2.second)
        (synapses,) = self.model.synapses
        held = compiled_bytes(self.model)[synapses.name]
        return {"n_synapses": len(synapses), "synapse_bytes": int(held)}

    def _run(self) -> dict[str, Any]:
        """Simulate one repetition; only the loop is counted."""
        assert self.model is not None
        seconds = self.case.seconds
        wall, cpu, n_spikes = timed_loop(self.model, seconds)
        rate = n_spikes / (self.case.size * seconds)
        return {"wall": wall / seconds, "cpu": cpu / seconds, "rate": rate}

    def _profile(self) -> dict[str, Any]:
        """Return the share of the loop's time that goes to synapses."""
        assert self.model is not None
        (synapses,) = self.model.synapses
        self.model.network.run(self.case.seconds * brian2.second, profile=True)
        seconds = {
            name: float(spent / brian2.second) for name, spent in self.model.network.profiling_info
        }
        mine = sum(spent for name, spent in seconds.items() if name.startswith(synapses.name))
        return {"share": mine / sum(seconds.values()), "seconds": seconds}


def service(task: Mapping[str, Any]) -> Callable[[str], Mapping[str, Any]]:
    """Return what answers requests."""
    return Service(task)


if __name__ == "__main__":
    serve(service)
