"""Brunel's network of sparsely connected excitatory and inhibitory cells, and one that learns.

Synapses are pulses of voltage with one delay. At g = 5 and eta = 2 the cells fire irregularly.

References
----------
N. Brunel, Dynamics of sparsely connected networks of excitatory and inhibitory spiking neurons,
J Comput Neurosci 8 (2000), Fig. 8C; pair rule: S. Song, K. D. Miller, L. F. Abbott, Nat Neurosci 3
(2000).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from brian2 import Hz, Network, NeuronGroup, PoissonInput, SpikeMonitor, ms, mV
from numpy.typing import NDArray

from experiments.bench.engines.networks.base import (
    EXCITATORY_SHARE,
    Model,
    project,
    random_pairs,
)

#: Probability of a connection.
P = 0.1
#: External sources of a cell, and the rate of each.
N_EXTERNAL = 1000
RATE = 20 * Hz
DELAY = 1.5 * ms

PARAMETERS = {
    "tau": 20 * ms,
    "theta": 20 * mV,
    "v_reset": 10 * mV,
    "J": 0.1 * mV,
    "J_i": -0.5 * mV,
    # Mean of the external input: J * N_EXTERNAL * RATE * tau.
    "drive": 40 * mV,
    "tau_plus": 20 * ms,
    "tau_minus": 20 * ms,
    "w_max": 0.3 * mV,
    # Steps at a pair of spikes: 1e-4 of the greatest weight, depression 5 % stronger.
    "a_plus": 3e-5 * mV,
    "a_minus": -3.15e-5 * mV,
}
PLASTIC = """
w : volt
dapre/dt = -apre / tau_plus : volt (event-driven)
dapost/dt = -apost / tau_minus : volt (event-driven)
"""
ON_PRE = """
v_post += w
apre += a_plus
w = clip(w + apost, 0*volt, w_max)
"""
ON_POST = """
apost += a_minus
w = clip(w + apre, 0*volt, w_max)
"""


def initial_mv(n: int) -> NDArray[np.float64]:
    """Draw `n` potentials below the threshold, in mV."""
    return np.random.default_rng(1).uniform(0, 20, n)


def _cells(n: int, equation: str) -> NeuronGroup:
    group = NeuronGroup(
        n,
        equation,
        threshold="v > theta",
        reset="v = v_reset",
        refractory=2 * ms,
        method="exact",
        namespace=PARAMETERS,
        name="cells",
    )
    group.v = initial_mv(n) * mV
    return group


def _project(group: NeuronGroup, n_e: int, first: int, last: int, **kwds: Any) -> Any:
    """Connect the excitatory (from 0) or inhibitory cells (from `n_e`) with `first` to `last`."""
    source = group[n_e:] if kwds["name"] == "inhibition" else group[:n_e]
    pairs = random_pairs(len(source), last - first, P, first + len(source))
    return project(source, group[first:last], pairs, PARAMETERS, delay=DELAY, **kwds)


def _model(group: NeuronGroup, synapses: tuple[Any, ...], *more: Any) -> Model:
    spikes = SpikeMonitor(group, name="spikes")
    return Model(Network(group, *synapses, spikes, *more), group, spikes, synapses)


def _noise(group: NeuronGroup) -> PoissonInput:
    return PoissonInput(group, "v", N=N_EXTERNAL, rate=RATE, weight=PARAMETERS["J"])


def _static(group: NeuronGroup, n: int) -> tuple[Any, Any]:
    n_e = int(EXCITATORY_SHARE * n)
    excitation = _project(group, n_e, 0, n, on_pre="v_post += J", name="excitation")
    inhibition = _project(group, n_e, 0, n, on_pre="v_post += J_i", name="inhibition")
    return excitation, inhibition


def brunel_network(n: int) -> Model:
    """Build the network of `n` cells, each with Poisson input of its own."""
    group = _cells(n, "dv/dt = -v / tau : volt (unless refractory)")
    return _model(group, _static(group, n), _noise(group))


def driven_network(n: int) -> Model:
    """Build the network of `n` cells with a constant drive in place of the Poisson input."""
    group = _cells(n, "dv/dt = (drive - v) / tau : volt (unless refractory)")
    return _model(group, _static(group, n))


def plastic_network(n: int) -> Model:
    """Build the network of `n` cells whose synapses between excitatory cells learn."""
    group = _cells(n, "dv/dt = -v / tau : volt (unless refractory)")
    n_e = int(EXCITATORY_SHARE * n)
    learning = _project(
        group, n_e, 0, n_e, model=PLASTIC, on_pre=ON_PRE, on_post=ON_POST, name="learning"
    )
    learning.w = PARAMETERS["J"]
    excitation = _project(group, n_e, n_e, n, on_pre="v_post += J", name="excitation")
    inhibition = _project(group, n_e, 0, n, on_pre="v_post += J_i", name="inhibition")
    return _model(group, (learning, excitation, inhibition), _noise(group))
