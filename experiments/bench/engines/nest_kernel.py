"""Measure NEST, which has models of its own instead of equations."""

from __future__ import annotations

import time
from typing import Any

import nest
import numpy as np

from experiments.bench.cases import Case
from experiments.bench.contenders import Contender
from experiments.bench.engines.base import Inventory, Sample, peak_memory, resident_memory
from experiments.bench.engines.nest_networks import NETWORKS, SIDE_BY_SIDE, STEP


class Nest:
    """Run a network in NEST's kernel, in this process.

    Parameters
    ----------
    case : Case
        What to run.
    contender : Contender
        How to run it: of family "nest".
    """

    def __init__(self, case: Case, contender: Contender) -> None:
        self.case, self.contender = case, contender
        self.recorder: Any = None
        self.n_windows = self.base_bytes = 0

    def build(self) -> None:
        """Make the network and simulate until rates have settled."""
        nest.ResetKernel()
        nest.set(resolution=STEP, local_num_threads=self.contender.threads, rng_seed=1)
        nest.verbosity = nest.VerbosityLevel.ERROR
        self.base_bytes = resident_memory()
        cells = self._make()
        self.recorder = nest.Create("spike_recorder")
        nest.Connect(cells, self.recorder)
        nest.Prepare()
        if self.case.settle:
            nest.Run(self.case.settle * 1000)

    def _make(self) -> Any:
        if self.case.n_trials > 1:
            return SIDE_BY_SIDE[self.case.network](self.case.size, self.case.n_trials)
        return NETWORKS[self.case.network](self.case.size)

    def run(self) -> Sample:
        """Simulate one repetition."""
        before = self.recorder.n_events
        wall, cpu = time.perf_counter(), time.process_time()
        nest.Run(self.case.seconds * 1000)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        self.n_windows += 1
        return Sample(wall, cpu, int(self.recorder.n_events - before), self.n_windows - 1)

    def inventory(self) -> Inventory:
        """Count neurons and synapses; NEST does not tell the bytes of a synapse."""
        # Those from the noise and to the recorder are no part of the network.
        n_neurons = self.case.size * self.case.n_trials
        n_outside = n_neurons * (1 + len(nest.GetNodes({"model": "poisson_generator"})))
        n_synapses = int(nest.num_connections) - n_outside
        return Inventory(
            n_neurons=n_neurons,
            n_synapses=n_synapses,
            n_visits=n_synapses / n_neurons,
            peak_bytes=peak_memory(),
            base_bytes=self.base_bytes,
            synapse_bytes={},
            pair_bytes=np.nan,
        )
