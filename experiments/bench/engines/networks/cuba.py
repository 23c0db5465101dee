"""CUBA: integrate-and-fire cells with exponential currents and constant weights.

References
----------
R. Brette et al., Simulation of networks of spiking neurons, J Comput Neurosci 23 (2007), benchmark
2; the weights follow the example of Brian2's documentation.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from brian2 import Network, NeuronGroup, Quantity, SpikeMonitor, ms, mV
from numpy.typing import NDArray

from experiments.bench.engines.networks.base import (
    EXCITATORY_SHARE,
    Model,
    Pairs,
    project,
    random_pairs,
)

#: Mean number of inputs of a cell, whatever the size of the network.
N_INPUTS = 80
#: Longest delay where every synapse has its own, in ms.
MAX_DELAY = 5.0

EQUATIONS = """
dv/dt  = (ge + gi - (v - El)) / tau_m : volt (unless refractory)
dge/dt = -ge / tau_e : volt
dgi/dt = -gi / tau_i : volt
"""
PARAMETERS = {
    "El": -49 * mV,
    "tau_m": 20 * ms,
    "tau_e": 5 * ms,
    "tau_i": 10 * ms,
    "v_threshold": -50 * mV,
    "v_reset": -60 * mV,
    "w_e": 1.62 * mV,
    "w_i": -9 * mV,
}


def initial_mv(n: int, trial: int = 0) -> NDArray[np.float64]:
    """Draw `n` potentials between reset and threshold, in mV; each trial has its own."""
    return np.random.default_rng([1, trial]).uniform(-60, -50, n)


def cells(n: int, potential: Quantity) -> NeuronGroup:
    """Return `n` neurons at the given potentials."""
    group = NeuronGroup(
        n,
        EQUATIONS,
        threshold="v > v_threshold",
        reset="v = v_reset",
        refractory=5 * ms,
        method="exact",
        namespace=PARAMETERS,
        name="cells",
    )
    group.v = potential
    return group


def pathways(n: int) -> tuple[Pairs, Pairs]:
    """Draw the excitatory and the inhibitory synapses of `n` cells."""
    n_e = int(EXCITATORY_SHARE * n)
    return random_pairs(n_e, n, N_INPUTS / n, 0), random_pairs(n - n_e, n, N_INPUTS / n, 1)


def cuba_network(n: int) -> Model:
    """Build the network of `n` cells without delays."""
    group = cells(n, initial_mv(n) * mV)
    n_e = int(EXCITATORY_SHARE * n)
    e, i = pathways(n)
    excitation = project(group[:n_e], group, e, PARAMETERS, on_pre="ge += w_e", name="excitation")
    inhibition = project(group[n_e:], group, i, PARAMETERS, on_pre="gi += w_i", name="inhibition")
    return _model(group, (excitation, inhibition))


def delays_ms(n_synapses: int, seed: int) -> NDArray[np.float64]:
    """Draw a delay for each synapse, in ms and whole steps of 0.1 ms."""
    n_steps = round(MAX_DELAY / 0.1)
    steps = np.random.default_rng(seed).integers(1, n_steps + 1, n_synapses)
    return steps.astype(np.float64) * 0.1


def delays_network(n: int) -> Model:
    """Build the network of `n` cells with a delay of its own for every synapse."""
    model = cuba_network(n)
    # C++ standalone knows the number of synapses no sooner than it runs.
    for seed, (synapses, (i, _)) in enumerate(zip(model.synapses, pathways(n), strict=True)):
        synapses.delay = delays_ms(len(i), seed) * ms
    return model


def trials_network(n: int, n_trials: int) -> Model:
    """Build `n_trials` copies of the network of `n` cells, which differ in their potentials."""
    group = cells(n * n_trials, initial_trials_mv(n, n_trials) * mV)
    e, i = pathways_side_by_side(n, n_trials)
    excitation = project(group, group, e, PARAMETERS, on_pre="ge += w_e", name="excitation")
    inhibition = project(group, group, i, PARAMETERS, on_pre="gi += w_i", name="inhibition")
    return _model(group, (excitation, inhibition))


def initial_trials_mv(n: int, n_trials: int) -> NDArray[np.float64]:
    """Draw the potentials of all trials, one trial after the other, in mV."""
    return np.concatenate([initial_mv(n, trial) for trial in range(n_trials)])


def pathways_side_by_side(n: int, n_trials: int) -> tuple[Pairs, Pairs]:
    """Draw the synapses of `n` cells for every trial; all numbers count from the first cell."""
    offset = np.arange(n_trials, dtype=np.int32)[:, None] * n
    e, (i, j) = pathways(n)
    shifted = (i + int(EXCITATORY_SHARE * n), j)
    excitation, inhibition = (
        ((offset + pre).ravel(), (offset + post).ravel()) for pre, post in (e, shifted)
    )
    return excitation, inhibition


def _model(group: NeuronGroup, synapses: Sequence[object]) -> Model:
    spikes = SpikeMonitor(group, name="spikes")
    return Model(Network(group, *synapses, spikes), group, spikes, tuple(synapses))
