"""Prune projections while a network is built: what a rule does not keep is never made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.build.built import Built
from networks.build.recurrent import Recurrent, neuron_values, recurrent
from networks.build.streams import Streams
from networks.build.wiring import Wiring, check_bounds
from networks.graphs import Edges
from networks.pruning import MagnitudePruning, NoisePruning, RandomPruning, SketchPruning
from networks.spec import Projection, Spec
from networks.variants import mean
from neuro.errors import NeuroError
from plasticity.pruning import (
    Dynamics,
    Graph,
    Magnitude,
    NoiseDriven,
    Pruned,
    Rule,
    Sketch,
    Uniform,
)

Array = NDArray[Any]
#: For rules that do not look at the neurons.
UNKNOWN = Dynamics(np.empty(0), np.empty(0))


def thin(built: Built, wirings: Mapping[str, Wiring]) -> dict[str, Wiring]:
    """Take out of what was drawn the synapses that a description prunes.

    Every rule sees the network before any of them.

    Parameters
    ----------
    built : Built
        The network before its synapses are made; `alive` and `initial_weights` are changed.
    wirings : mapping of str to Wiring
        What was drawn.

    Returns
    -------
    dict of str to Wiring
        What is to be made.

    Raises
    ------
    SpecError
        If weights that were rescaled leave the bounds of the rule by which they learn, or the
        network is none that a rule can ask.
    """
    described = {n: p for n, p in built.spec.projections.items() if p.pruning is not None}
    found = {}
    for name, projection in described.items():
        try:
            found[name] = _pruned(built, projection, wirings[name])
        except NeuroError as error:
            raise type(error)(f"projections.{name}.pruning: {error}") from error
    for name, (alive, weight) in found.items():
        built.alive[name], built.initial_weights[name] = alive, weight
        check_bounds(described[name], weight[alive])
    return {
        name: wiring.of(*found[name]) if name in found else wiring
        for name, wiring in wirings.items()
    }


def thin_alone(projection: Projection, wiring: Wiring, spec: Spec, streams: Streams) -> Pruned:
    """Prune a projection by a rule that sees its weights alone."""
    sizes = (spec.populations[end].size for end in (projection.source, projection.target))
    graph = _graph(wiring.edges, *sizes)
    rule, density = _rule(projection), projection.pruning.density  # type: ignore[union-attr]
    return rule(wiring.weight, graph, UNKNOWN, density, _stream(projection, streams))


def _stream(projection: Projection, streams: Streams) -> np.random.Generator:
    return streams(f"projections.{projection.name}.pruning")


def _pruned(built: Built, projection: Projection, wiring: Wiring) -> tuple[Array, Array]:
    """Return which edges of a projection stay, and all weights, 0 where one does not."""
    match projection.pruning:
        case NoisePruning(density=density, rate=rate, rescale=rescale):
            network = recurrent(built, _cells(built.spec))
            number = network.projections.index(projection.name)
            rates = np.full(network.graph.size, rate.value)
            dynamics = network.dynamics(rates, _outside(built, network))
            rule = NoiseDriven(rescale, group=number)
            rng = _stream(projection, built.streams)
            pruned = rule(network.weight, network.graph, dynamics, density, rng)
            mine = network.graph.group == number
            # In volts there, in amperes here; by the same factor.
            whole, mask = network.weight[mine], pruned.mask[mine]
            factor = np.divide(pruned.weight[mine], whole, out=np.zeros_like(whole), where=mask)
            return mask, wiring.weight * factor
        case _:
            pruned = thin_alone(projection, wiring, built.spec, built.streams)
            return pruned.mask, pruned.weight


def _rule(projection: Projection) -> Rule:
    """Return the rule of `plasticity.pruning` that a projection names."""
    match projection.pruning:
        case RandomPruning(rescale=rescale):
            return Uniform(rescale)
        case MagnitudePruning():
            return Magnitude()
        case SketchPruning(power=power):
            return Sketch(power)
        case given:
            raise TypeError(f"no rule for {given!r}")


def _graph(edges: Edges, n_source: int, n_target: int) -> Graph:
    """Return the edges from sources to targets, which are nodes of their own."""
    source, target = (np.asarray(end, dtype=np.int64) for end in (edges.source, edges.target))
    return Graph(source, target + n_source, n_source + n_target)


def _cells(spec: Spec) -> tuple[str, ...]:
    return tuple(name for name, each in spec.populations.items() if each.model.name == "lif")


def _outside(built: Built, network: Recurrent) -> Array:
    """Return the mean input that Poisson sources give the neurons of a network, V."""
    found = np.zeros(network.graph.size)
    for name, projection in built.spec.projections.items():
        source = built.spec.populations[projection.source]
        is_heard = projection.target in network.populations
        if source.model.kind != "poisson" or not is_heard:
            continue
        if projection.synapse.model.name != "exponential":
            continue
        target = np.asarray(built.edges[name].target, dtype=np.int64)
        tau = neuron_values(built, projection.target, f"tau_{name}")
        resistance = neuron_values(built, projection.target, "R")
        charge = np.bincount(target, built.weights(name), len(tau)) * tau * resistance
        found[network.members(projection.target)] += charge * mean(source.parameters["rate"]).value
    return found
