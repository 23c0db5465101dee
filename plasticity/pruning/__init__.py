"""Which synapses of a network to keep, told from weights, graph and dynamics: never from a task.

Every rule is called as rule(weight, graph, dynamics, density, rng) and returns what stays.
`networks.build.pruning.remove_synapses` takes the others out of a network between two runs.
"""

from plasticity.pruning.baselines import Activity, Magnitude, Sketch, Uniform
from plasticity.pruning.central import betweenness, drop_peripheral
from plasticity.pruning.delocalised import add_edges, participation
from plasticity.pruning.linear import leverages, linearise, noise_covariance
from plasticity.pruning.noise import NoiseDriven
from plasticity.pruning.protocol import Dynamics, Graph, Pruned, Rule
from plasticity.pruning.schedule import cubic_density

__all__ = [
    "Activity", "Dynamics", "Graph", "Magnitude", "NoiseDriven", "Pruned", "Rule", "Sketch",
    "Uniform", "add_edges", "betweenness", "cubic_density", "drop_peripheral", "leverages",
    "linearise", "noise_covariance", "participation",
]  # fmt: skip
