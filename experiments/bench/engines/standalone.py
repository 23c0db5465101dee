"""Measure Brian2's C++ standalone mode: one program, built once and called for each repetition."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import brian2
import numpy as np

from experiments.bench.cases import Case
from experiments.bench.contenders import Contender
from experiments.bench.engines.base import Inventory, Sample
from experiments.bench.engines.networks import NETWORKS, SIDE_BY_SIDE, Model

# C++ between the two runs of the program, and after the second one.
BEGIN = """
double bench_cpu = double(std::clock()) / CLOCKS_PER_SEC;
size_t bench_spikes = {array}.size();
"""
END = """
bench_cpu = double(std::clock()) / CLOCKS_PER_SEC - bench_cpu;
bench_spikes = {array}.size() - bench_spikes;
{{
    std::ofstream told(brian::results_dir + "bench.txt");
    std::ifstream status("/proc/self/status");
    told.precision(17);
    told << Network::_last_run_time << " " << bench_cpu << " " << bench_spikes << std::endl;
    told << status.rdbuf();
}}
"""


class Standalone:
    """Run a network of Brian2 as a C++ program.

    Parameters
    ----------
    case : Case
        What to run.
    contender : Contender
        How to run it: of family "standalone".
    """

    def __init__(self, case: Case, contender: Contender) -> None:
        self.case, self.contender = case, contender
        self.model: Model | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="engram-bench-"))
        self.peak_bytes = 0

    def build(self) -> None:
        """Make the network and its program, with Brian2's default compiler flags.

        Trials are simulated side by side in one program, which is the fastest way that Brian2 has.
        """
        # Brian2 starts a compiler for every file at once, which may not fit into memory.
        brian2.prefs.devices.cpp_standalone.extra_make_args_unix = [f"-j{os.cpu_count() or 1}"]
        if self.contender.threads > 1:
            brian2.prefs.devices.cpp_standalone.openmp_threads = self.contender.threads
        brian2.set_device("cpp_standalone", build_on_run=False)
        device = brian2.device
        self.model = self._make()
        array = f"brian::{device.get_array_name(self.model.spikes.variables['i'], False)}"
        self.model.network.run(self.case.settle * brian2.second)
        device.insert_code("main", BEGIN.format(array=array))
        self.model.network.run(self.case.seconds * brian2.second)
        device.insert_code("main", END.format(array=array))
        device.build(directory=str(self.folder), run=False, with_output=False)

    def _make(self) -> Model:
        if self.case.n_trials > 1:
            return SIDE_BY_SIDE[self.case.network](self.case.size, self.case.n_trials)
        return NETWORKS[self.case.network](self.case.size)

    def run(self) -> Sample:
        """Call the program; only its second run, after the rates have settled, is counted."""
        brian2.device.run(with_output=False)
        first, *status = (self.folder / "results" / "bench.txt").read_text().splitlines()
        wall, cpu, n_spikes = first.split()
        (line,) = (row for row in status if row.startswith("VmHWM")) if status else ("0 0",)
        self.peak_bytes = int(line.split()[1]) * 1024
        return Sample(float(wall), float(cpu), int(n_spikes), window=0)

    def inventory(self) -> Inventory:
        """Count neurons and synapses of the program; its arrays are those of Brian2."""
        assert self.model is not None
        n_neurons = len(self.model.cells)
        n_synapses = sum(len(np.asarray(synapses.i[:])) for synapses in self.model.synapses)
        return Inventory(
            n_neurons=n_neurons,
            n_synapses=n_synapses,
            n_visits=n_synapses / n_neurons,
            peak_bytes=self.peak_bytes,
            base_bytes=0,
            synapse_bytes={},
            pair_bytes=8.0,
        )

    def close(self) -> None:
        """Delete the program."""
        shutil.rmtree(self.folder, ignore_errors=True)
