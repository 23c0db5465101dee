"""COBA: integrate-and-fire cells with exponential conductances.

A constant current replaces the start-up stimulus of the original, so that activity cannot die out.

References
----------
R. Brette et al., Simulation of networks of spiking neurons, J Comput Neurosci 23 (2007), benchmark
1.
"""

from __future__ import annotations

from brian2 import Network, NeuronGroup, SpikeMonitor, ms, mV, nA, nS, pF

from experiments.bench.engines.networks.base import EXCITATORY_SHARE, Model, project
from experiments.bench.engines.networks.cuba import initial_mv, pathways

EQUATIONS = """
dv/dt  = (g_l*(El - v) + ge*(Ee - v) + gi*(Ei - v) + current) / C : volt (unless refractory)
dge/dt = -ge / tau_e : siemens
dgi/dt = -gi / tau_i : siemens
"""
PARAMETERS = {
    "C": 200 * pF,
    "g_l": 10 * nS,
    "El": -60 * mV,
    "Ee": 0 * mV,
    "Ei": -80 * mV,
    "current": 0.2 * nA,
    "tau_e": 5 * ms,
    "tau_i": 10 * ms,
    "v_threshold": -50 * mV,
    "v_reset": -60 * mV,
    "w_e": 6 * nS,
    "w_i": 67 * nS,
}


def coba_network(n: int) -> Model:
    """Build the network of `n` cells without delays."""
    group = NeuronGroup(
        n,
        EQUATIONS,
        threshold="v > v_threshold",
        reset="v = v_reset",
        refractory=5 * ms,
        method="exponential_euler",
        namespace=PARAMETERS,
        name="cells",
    )
    group.v = initial_mv(n) * mV
    n_e = int(EXCITATORY_SHARE * n)
    e, i = pathways(n)
    excitation = project(group[:n_e], group, e, PARAMETERS, on_pre="ge += w_e", name="excitation")
    inhibition = project(group[n_e:], group, i, PARAMETERS, on_pre="gi += w_i", name="inhibition")
    spikes = SpikeMonitor(group, name="spikes")
    network = Network(group, excitation, inhibition, spikes)
    return Model(network, group, spikes, (excitation, inhibition))
