"""Measure engines that run inside a Python process: Brian2's Cython target, the device "numba"."""

from __future__ import annotations

import time
from typing import Any

import brian2
import numpy as np

from experiments.bench.cases import Case
from experiments.bench.contenders import Contender
from experiments.bench.engines.base import Inventory, Sample, peak_memory, resident_memory
from experiments.bench.engines.networks import NETWORKS, Model

#: Brian2's own lists of sources and targets.
ENDS = ("_synaptic_pre", "_synaptic_post")
PAIRS = ("i", "j", *ENDS)
#: An array of the compiled loop may have so many elements more than there are synapses.
PADDING = 64


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
        self.n_windows = self.base_bytes = 0

    def build(self) -> None:
        """Make the network, compile, and simulate until rates have settled."""
        choose_device(self.contender)
        self.base_bytes = resident_memory()
        self.model = NETWORKS[self.case.network](self.case.size)
        self.model.network.run(self.case.settle * brian2.second)

    def run(self) -> Sample:
        """Simulate one repetition; what Brian2 does before and after the loop is not counted."""
        assert self.model is not None
        found = timed_loop(self.model, self.case.seconds)
        self.n_windows += 1
        return Sample(*found, self.n_windows - 1)

    def inventory(self) -> Inventory:
        """Count neurons, synapses and the arrays that are as long as the synapses."""
        assert self.model is not None
        is_ours = self.contender.family == "numba"
        held = compiled_bytes(self.model) if is_ours else variable_bytes(self.model)
        return count(self.model, self.base_bytes, held)


def timed_loop(model: Model, seconds: float) -> tuple[float, float, int]:
    """Simulate so many seconds; return wall time and processor time of the loop, and its spikes."""
    before = model.spikes.num_spikes
    wall, cpu = [], []

    def note(*_: Any) -> None:
        wall.append(time.perf_counter())
        cpu.append(time.process_time())

    # Brian2 calls the reporter right before the first step and right after the last one.
    model.network.run(seconds * brian2.second, report=note, report_period=1e6 * brian2.second)
    return wall[-1] - wall[0], cpu[-1] - cpu[0], int(model.spikes.num_spikes - before)


def choose_device(contender: Contender) -> None:
    """Select Brian2's device, target and precision before anything is made."""
    precision = {"float64": np.float64, "float32": np.float32}[contender.precision]
    brian2.prefs.core.default_float_dtype = precision
    brian2.BrianLogger.suppress_name("method_choice")
    brian2.seed(1)
    if contender.family == "numba":
        import neuro.device  # noqa: F401

        brian2.set_device("numba", mode=contender.mode, threads=contender.threads)
    else:
        brian2.prefs.codegen.target = "cython"


def count(model: Model, base_bytes: int, held: dict[str, int]) -> Inventory:
    """Count what a network consists of.

    Parameters
    ----------
    model : Model
        Built and run.
    base_bytes : int
        Resident memory before it was made.
    held : dict of str to int
        Bytes of each pathway.

    Returns
    -------
    Inventory
        With the peak memory of this process.
    """
    n_synapses = sum(len(synapses) for synapses in model.synapses)
    n_neurons = len(model.cells)
    pairs = sum(side.nbytes for s in model.synapses for side in (s.i[:], s.j[:]))
    return Inventory(
        n_neurons=n_neurons,
        n_synapses=n_synapses,
        n_visits=n_synapses / n_neurons,
        peak_bytes=peak_memory(),
        base_bytes=base_bytes,
        synapse_bytes={s.name: held[s.name] / len(s) for s in model.synapses},
        pair_bytes=pairs / n_synapses,
    )


def variable_bytes(model: Model) -> dict[str, int]:
    """Return the bytes of all variables with a value for each synapse, without the pairs."""
    return {
        synapses.name: sum(
            np.asarray(variable.get_value()).nbytes
            for name, variable in synapses.variables.items()
            if name not in PAIRS and _is_per_synapse(variable, synapses)
        )
        for synapses in model.synapses
    }


def _is_per_synapse(variable: Any, synapses: Any) -> bool:
    is_own = getattr(variable.owner, "name", "") in {
        synapses.name,
        *(path.name for path in synapses._pathways),
    }
    is_array = getattr(variable, "array", False) and not variable.scalar
    return is_own and is_array and len(np.asarray(variable.get_value())) == len(synapses)


def compiled_bytes(model: Model) -> dict[str, int]:
    """Return the bytes of the arrays of the device's loop that are as long as the synapses.

    Brian2's own lists of pairs, where the loop reads them, are counted apart for every engine.
    """
    from neuro.device import numba_device

    loop = numba_device.prepared[model.network].loop
    assert loop is not None
    bound = {id(value): value for value in (getter() for getter in loop.program.getters)}
    pairs = [s.variables[name].get_value() for s in model.synapses for name in ENDS]
    own = [v for v in bound.values() if not any(np.may_share_memory(v, pair) for pair in pairs)]
    return {
        synapses.name: sum(
            value.nbytes
            for value in own
            if np.ndim(value) == 1 and 0 <= len(value) - len(synapses) < PADDING
        )
        for synapses in model.synapses
    }
