"""Prune the network of a description once, and describe what is left of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.transfer.mask_tasks import trainer
from experiments.transfer.matching import matched, receiving, taken, trajectory_of
from experiments.transfer.methods import Sight, rule_of
from experiments.transfer.reservoir import Circuit
from experiments.transfer.series_tasks import CHOICES, Asked
from experiments.transfer.settings import POPULATIONS, LnpTransfer
from networks.build.compaction import compact
from networks.build.recurrent import Recurrent
from networks.spec import Distribution, Spec
from networks.streams import generator
from networks.variants import homogeneous, parameter, with_parameter
from neuro.units import Quantity
from plasticity.pruning import Dynamics, Graph, Pruned, neuron_exponents

Array = NDArray[Any]
#: Windows over which a deviation of one neuron grows, and the time before them, s.
WINDOW, N_WINDOWS, SETTLING = 0.05, 10, 0.5


@dataclass(frozen=True, slots=True)
class Whole:
    """Hold the network before it is pruned.

    Attributes
    ----------
    circuit : Circuit
        Its bias moved to the rate that all networks have.
    network : Recurrent
        The same as arrays, with that bias.
    rate : array of floats, shape (n_neurons,)
        Of each neuron, 1/s.
    """

    circuit: Circuit
    network: Recurrent
    rate: Array


def whole(spec: Spec, settings: LnpTransfer, seed: int) -> Whole:
    """Take the network of a description, or its homogeneous twin."""
    described = homogeneous(spec) if settings.homogeneous else spec
    for name in POPULATIONS:
        described = _with_own_bias(described, name)
    n = sum(described.populations[name].size for name in POPULATIONS)
    circuit = Circuit(described, {}, POPULATIONS, np.ones(n, dtype=bool))
    reservoir, rate = matched(circuit, settings, seed)
    return Whole(reservoir.circuit, taken(reservoir.circuit), rate)


def _with_own_bias(spec: Spec, population: str) -> Spec:
    """Give each neuron a bias of its own, that it can be driven by, even where all are alike."""
    bias = parameter(spec, population, "I_e")
    if not isinstance(bias, Quantity):
        return spec
    values = (bias,) * spec.populations[population].size
    return with_parameter(spec, population, "I_e", Distribution("values", values=values))


def prune(begun: Whole, settings: LnpTransfer, seed: int) -> Pruned:
    """Prune a network by the method of the settings.

    Of data and labels the rules of `blind_rules` get nothing: weights, graph, what is known of
    the neurons, density and a generator are all that they are called with.
    """
    network = begun.network

    def score(task: str, found: Pruned) -> float:
        left, _ = matched(pruned_circuit(begun, found), settings, seed)
        return CHOICES[task](Asked(left, settings, seed, replicate=1))

    protected = tuple(np.flatnonzero(receiving(settings, seed, network.graph.size)).tolist())
    sight = Sight(trainer(network.graph, settings.lessons, seed), score)
    rule, rng = rule_of(settings, protected, sight), generator(seed, "experiment.pruning")
    return rule(network.weight, network.graph, _dynamics(begun, settings), settings.density, rng)


def _dynamics(begun: Whole, settings: LnpTransfer) -> Dynamics:
    """Return what rules are told of the neurons; exponents only where they are asked for."""
    found = begun.network.dynamics(begun.rate)
    if settings.method != "lnp_lyapunov":
        return found
    trajectory = trajectory_of(begun.network, begun.circuit.stays)
    while trajectory.time < SETTLING:
        trajectory.run(begun.network.graph.size, SETTLING)
    return replace(found, exponent=neuron_exponents(trajectory, WINDOW, N_WINDOWS))


def pruned_circuit(begun: Whole, found: Pruned) -> Circuit:
    """Describe what is left; synapses that went are not built."""
    spec, graphs = compact(begun.circuit.spec, begun.network, found)
    stays = found.neuron if len(found.neuron) else begun.circuit.stays
    return replace(begun.circuit, spec=spec, graphs=graphs, stays=np.asarray(stays, dtype=bool))


def told(found: Pruned) -> dict[str, Any]:
    """Return what was pruned for a checkpoint; `remembered` takes it back."""
    added = Graph(*(np.empty(0, dtype=np.int64),) * 2, 0) if found.added is None else found.added
    return {
        "mask": found.mask, "weight": found.weight, "neuron": found.neuron, "tau": found.tau,
        "source": added.source, "target": added.target, "added_weight": found.added_weight,
    }  # fmt: skip


def remembered(kept: Mapping[str, Any], size: int) -> Pruned:
    """Return what was pruned, of a network of so many neurons."""
    mask, neuron = (np.array(kept[name], dtype=bool) for name in ("mask", "neuron"))
    source, target = (np.array(kept[name], dtype=np.int64) for name in ("source", "target"))
    weight, tau, added_weight = (
        np.array(kept[name], dtype=np.float64) for name in ("weight", "tau", "added_weight")
    )
    added = Graph(source, target, size) if len(source) else None
    return Pruned(mask, weight, added=added, added_weight=added_weight, neuron=neuron, tau=tau)
