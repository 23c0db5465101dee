"""Measure engines that run inside a Python process: Brian2's Cython target, the device "numba"."""

from __future__ import annotations

import time
from typing import Any

import brian2
import numpy as np

from experiments.bench.cases import Case
from experiments.bench.contenders import Contender
from experiments.bench.engines.base import Inventory, Sample, peak_memory
from experiments.bench.engines.networks import NETWORKS, Model


class Runtime:
    """Run a network of Brian2 in this process.

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
        self.n_windows = 0

    def build(self) -> None:
        """Make the network, compile, and simulate until rates have settled."""
        choose_device(self.contender)
        self.model = NETWORKS[self.case.network](self.case.size)
        self.model.network.run(self.case.settle * brian2.second)

    def run(self) -> Sample:
        """Simulate one repetition; what Brian2 does before and after the loop is not counted."""
        assert self.model is not None
        before = self.model.spikes.num_spikes
        wall, cpu = [], []

        def note(*_: Any) -> None:
            wall.append(time.perf_counter())
            cpu.append(time.process_time())

        # Brian2 calls the reporter right before the first step and right after the last one.
        self.model.network.run(
            self.case.seconds * brian2.second, report=note, report_period=1e6 * brian2.second
        )
        n_spikes = int(self.model.spikes.num_spikes - before)
        self.n_windows += 1
        return Sample(wall[-1] - wall[0], cpu[-1] - cpu[0], n_spikes, self.n_windows - 1)

    def inventory(self) -> Inventory:
        """Count neurons, synapses and the arrays that are as long as the synapses."""
        assert self.model is not None
        model = self.model
        held = compiled_arrays(model) if self.contender.family == "numba" else None
        return count(model, held)


def choose_device(contender: Contender) -> None:
    """Select Brian2's device, target and precision before anything is made."""
    precision = {"float64": np.float64, "float32": np.float32}[contender.precision]
    brian2.prefs.core.default_float_dtype = precision
    brian2.BrianLogger.suppress_name("method_choice")
    brian2.BrianLogger.suppress_name("one_thread")
    brian2.seed(1)
    if contender.family == "numba":
        import neuro.device  # noqa: F401

        brian2.set_device("numba", mode=contender.mode, threads=contender.threads)
    else:
        brian2.prefs.codegen.target = "cython"


def count(model: Model, held: list[np.ndarray[Any, Any]] | None = None) -> Inventory:
    """Count what a network consists of.

    Parameters
    ----------
    model : Model
        Built and run.
    held : list of arrays, optional
        What the time loop works on; the arrays of Brian2's variables if left out.

    Returns
    -------
    Inventory
        With the peak memory of this process.
    """
    n_synapses = sum(len(synapses) for synapses in model.synapses)
    n_neurons = len(model.cells)
    arrays = variables(model) if held is None else held
    pairs = [array for s in model.synapses for array in (s.i[:], s.j[:])]
    synapse_bytes = sum(array.nbytes for array in arrays)
    pair_bytes = sum(array.nbytes for array in pairs)
    return Inventory(
        n_neurons=n_neurons,
        n_synapses=n_synapses,
        n_visits=n_synapses / n_neurons,
        peak_bytes=peak_memory(),
        synapse_bytes=synapse_bytes / n_synapses,
        pair_bytes=pair_bytes / n_synapses,
    )


def variables(model: Model) -> list[np.ndarray[Any, Any]]:
    """Return the arrays of all variables with a value for each synapse, without the pairs."""
    found = []
    for synapses in model.synapses:
        for name, variable in synapses.variables.items():
            if name in ("i", "j", "_synaptic_pre", "_synaptic_post") or variable.owner is None:
                continue
            is_own = getattr(variable.owner, "name", "") == synapses.name
            if is_own and getattr(variable, "array", False) and not variable.scalar:
                value = np.asarray(variable.get_value())
                if len(value) == len(synapses):
                    found.append(value)
    return found


def compiled_arrays(model: Model) -> list[np.ndarray[Any, Any]]:
    """Return the arrays of the device's compiled loop that are as long as some synapses."""
    from neuro.device import numba_device

    loop = numba_device.prepared[model.network].loop
    assert loop is not None
    lengths = {len(synapses) for synapses in model.synapses}
    bound = {id(value): value for value in (getter() for getter in loop.program.getters)}
    return [value for value in bound.values() if np.ndim(value) == 1 and len(value) in lengths]
