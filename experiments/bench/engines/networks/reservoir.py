"""A reservoir: cells with time constants and drives of their own, and random weights.

References
----------
W. Maass, T. Natschlaeger, H. Markram, Real-time computing without stable states, Neural Comput 14
(2002); time constants: N. Perez-Nieves et al., Neural heterogeneity promotes robust learning, Nat
Commun 12 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, ms, mV
from numpy.typing import NDArray

from experiments.bench.engines.networks.base import Model, project, random_pairs

P = 0.1
#: Standard deviation of the summed weights of a cell, in mV.
GAIN = 40.0

EQUATIONS = """
dv/dt = (drive + s - v) / tau : volt (unless refractory)
ds/dt = -s / tau_s : volt
tau : second (constant)
drive : volt (constant)
"""
PARAMETERS = {"tau_s": 5 * ms, "v_threshold": 15 * mV, "v_reset": 0 * mV}


@final
@dataclass(frozen=True, slots=True)
class Diversity:
    """Hold what differs from cell to cell.

    Parameters
    ----------
    tau_ms, drive_mv, initial_mv : array of float
        Time constants (ms), constant drives and first potentials (mV).
    """

    tau_ms: NDArray[np.float64]
    drive_mv: NDArray[np.float64]
    initial_mv: NDArray[np.float64]


def diversity(n: int) -> Diversity:
    """Draw what differs between `n` cells: time constants log-uniform from 5 to 100 ms."""
    rng = np.random.default_rng(2)
    tau = np.exp(rng.uniform(np.log(5), np.log(100), n))
    return Diversity(tau, rng.uniform(14, 18, n), rng.uniform(0, 15, n))


def weights_mv(n: int, n_synapses: int) -> NDArray[np.float64]:
    """Draw normal weights in mV whose sum over the inputs of a cell has standard deviation GAIN."""
    return np.random.default_rng(3).normal(0, GAIN / np.sqrt(P * n), n_synapses)


def reservoir_network(n: int) -> Model:
    """Build the network of `n` cells."""
    group = NeuronGroup(
        n,
        EQUATIONS,
        threshold="v > v_threshold",
        reset="v = v_reset",
        refractory=2 * ms,
        method="exact",
        namespace=PARAMETERS,
        name="cells",
    )
    drawn = diversity(n)
    group.tau, group.drive = drawn.tau_ms * ms, drawn.drive_mv * mV
    group.v = drawn.initial_mv * mV
    pairs = random_pairs(n, n, P, 4)
    synapses = project(
        group, group, pairs, {}, model="w : volt", on_pre="s += w", name="recurrent", delay=1 * ms
    )
    synapses.w = weights_mv(n, len(pairs[0])) * mV
    spikes = SpikeMonitor(group, name="spikes")
    return Model(Network(group, synapses, spikes), group, spikes, (synapses,))
