"""CUBA: integrate-and-fire cells with exponential currents and constant weights.

References
----------
R. Brette et al., Simulation of networks of spiking neurons, J Comput Neurosci 23 (2007), benchmark
2; the weights follow the example of Brian2's documentation.
"""

from __future__ import annotations

import numpy as np
from brian2 import Network, NeuronGroup, SpikeMonitor, Synapses, ms, mV

from experiments.bench.engines.networks.base import Model, random_pairs

#: Mean number of inputs of a cell, whatever the size of the network.
N_INPUTS = 80
EXCITATORY_SHARE = 0.8

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


def cells(n: int) -> NeuronGroup:
    """Return the neurons, at potentials drawn between reset and threshold."""
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
    group.v = np.random.default_rng(1).uniform(-60, -50, n) * mV
    return group


def cuba(n: int) -> Model:
    """Build the network of `n` cells without delays."""
    group = cells(n)
    n_excitatory = int(EXCITATORY_SHARE * n)
    excitation = Synapses(
        group[:n_excitatory], group, on_pre="ge += w_e", namespace=PARAMETERS, name="excitation"
    )
    inhibition = Synapses(
        group[n_excitatory:], group, on_pre="gi += w_i", namespace=PARAMETERS, name="inhibition"
    )
    for seed, synapses in enumerate((excitation, inhibition)):
        i, j = random_pairs(len(synapses.source), n, N_INPUTS / n, seed)
        synapses.connect(i=i, j=j)
    spikes = SpikeMonitor(group, name="spikes")
    network = Network(group, excitation, inhibition, spikes)
    return Model(network, group, spikes, (excitation, inhibition))
