"""Measure many trials of one network inside a Python process.

Brian2's Cython target and the device without `run_batch` run them one after the other, as users
do: restore, set the first potentials, run. All of that is counted.
"""

from __future__ import annotations

import time
from typing import Any

import brian2
import numpy as np
from brian2 import mV

import neuro.device
from experiments.bench.cases import Case
from experiments.bench.contenders import Contender
from experiments.bench.engines.base import Inventory, Sample, resident_memory
from experiments.bench.engines.networks import NETWORKS, Model
from experiments.bench.engines.networks.cuba import initial_mv
from experiments.bench.engines.runtime import (
    choose_device,
    compiled_bytes,
    count,
    variable_bytes,
)


class Trials:
    """Run all trials of a case.

    Parameters
    ----------
    case : Case
        What to run.
    contender : Contender
        How to run it: of family "brian2" or "numba".
    """

    def __init__(self, case: Case, contender: Contender) -> None:
        self.case, self.contender = case, contender
        self.model: Model | None = None
        self.base_bytes = 0
        self.potentials = [initial_mv(case.size, trial) * mV for trial in range(case.n_trials)]

    def build(self) -> None:
        """Make the network and compile by running the first trial."""
        choose_device(self.contender)
        self.base_bytes = resident_memory()
        self.model = NETWORKS[self.case.network](self.case.size)
        self.model.network.store()
        self._one_after_the_other(self.potentials[:1])
        if self._batch() is not None:
            self._at_once(self.potentials[:1])

    def run(self) -> Sample:
        """Run all trials."""
        way = self._one_after_the_other if self._batch() is None else self._at_once
        wall, cpu = time.perf_counter(), time.process_time()
        n_spikes = way(self.potentials)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        return Sample(wall, cpu, n_spikes, window=0)

    def inventory(self) -> Inventory:
        """Count neurons, synapses and bytes of the one network that all trials share."""
        assert self.model is not None
        is_ours = self.contender.family == "numba"
        held = compiled_bytes(self.model) if is_ours else variable_bytes(self.model)
        return count(self.model, self.base_bytes, held)

    def _batch(self) -> Any:
        is_ours = self.contender.family == "numba"
        return getattr(neuro.device, "run_batch", None) if is_ours else None

    def _one_after_the_other(self, potentials: list[Any]) -> int:
        assert self.model is not None
        n_spikes = 0
        for potential in potentials:
            self.model.network.restore()
            self.model.cells.v = potential
            self.model.network.run(self.case.seconds * brian2.second)
            n_spikes += int(self.model.spikes.num_spikes)
        return n_spikes

    def _at_once(self, potentials: list[Any]) -> int:
        assert self.model is not None
        self.model.network.restore()
        trials = self._batch()(
            self.model.network,
            self.case.seconds * brian2.second,
            seeds=range(len(potentials)),
            parameters=[{"cells.v": potential} for potential in potentials],
            threads=self.contender.threads,
        )
        return sum(np.size(trial.records["spikes"]["t"]) for trial in trials)
