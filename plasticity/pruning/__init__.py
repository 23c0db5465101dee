"""Which synapses of a network to keep, told from weights, graph and dynamics: never from a task.

Every rule is called as rule(weight, graph, dynamics, density, rng) and returns what stays.
`networks.build.pruning.remove_synapses` takes the others out of a network between two runs.
"""

from plasticity.pruning.baselines import Activity, Magnitude, Sketch, Uniform
from plasticity.pruning.bayesian import Bayesian
from plasticity.pruning.central import betweenness, drop_peripheral
from plasticity.pruning.delocalised import add_edges, dale_types, participation
from plasticity.pruning.gain import lif_gain, lif_rate, measured_gain
from plasticity.pruning.gradual import Gradual
from plasticity.pruning.linear import (
    edge_exponents,
    growth_rates,
    leverages,
    linearise,
    linearise_by_exponents,
    noise_covariance,
)
from plasticity.pruning.lnp import LNP
from plasticity.pruning.neuron_exponents import neuron_exponents
from plasticity.pruning.noise import NoiseDriven
from plasticity.pruning.protocol import Dynamics, Graph, Pruned, Rule
from plasticity.pruning.random_search import RandomSearch
from plasticity.pruning.rewind import Rewind
from plasticity.pruning.schedule import cubic_density, geometric_densities
from plasticity.pruning.time_constants import GammaConstants, Optimise, spectral_change, tune

__all__ = [
    "LNP", "Activity", "Bayesian", "Dynamics", "GammaConstants", "Gradual", "Graph", "Magnitude",
    "NoiseDriven", "Optimise", "Pruned", "RandomSearch", "Rewind", "Rule", "Sketch", "Uniform",
    "add_edges", "betweenness", "cubic_density", "dale_types", "drop_peripheral", "edge_exponents",
    "geometric_densities", "growth_rates", "leverages", "lif_gain", "lif_rate", "linearise",
    "linearise_by_exponents", "measured_gain", "neuron_exponents", "noise_covariance",
    "participation", "spectral_change", "tune",
]  # fmt: skip
