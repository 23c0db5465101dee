"""Describe a pruned network by the synapses that it still has."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from networks.build.recurrent import Recurrent, first_joining
from networks.spec import Distribution, Projection, Spec
from networks.variants import with_parameter
from neuro.dimensions import TIME
from neuro.errors import SpecError
from neuro.units import Quantity, unit
from plasticity.pruning import Graph, Pruned

Array = NDArray[Any]


def compact(spec: Spec, network: Recurrent, pruned: Pruned) -> tuple[Spec, dict[str, Any]]:
    """Describe a network that has only the synapses that a rule left or added.

    Weights are those of the rule; delays those that there were, for an added synapse the mean one
    of its projection. Everything else is drawn as it was, except for parameters of learning that
    differ between synapses: those are drawn anew, as there is another number of them. Neurons that
    go stay as ones that no other hears or drives.

    Parameters
    ----------
    spec : Spec
        The description of the network that was pruned.
    network : Recurrent
        The same, as `recurrent` took it.
    pruned : Pruned
        What a rule made of it.

    Returns
    -------
    spec : Spec
        The description.
    graphs : dict of str to SciPy sparse array
        Connections of its projections, both for `build`.

    Raises
    ------
    SpecError
        If an edge was added between populations that no projection joins.
    """
    graph, weight = pruned.network(network.graph)
    is_added = np.arange(graph.n_edges) >= np.count_nonzero(pruned.mask)
    group = np.where(is_added, _joining(spec, network)[_blocks(network, graph)], graph.group)
    if np.any(group < 0):
        raise SpecError("an edge was added between populations that no projection joins")
    delay = _mean_delays(network)[group]
    delay[~is_added] = network.delay[pruned.mask]
    graphs, projections = {}, dict(spec.projections)
    for number, name in enumerate(network.projections):
        # Edges come sorted out of a matrix, and so do listed delays.
        mine = np.flatnonzero(group == number)
        mine = mine[np.lexsort((graph.target[mine], graph.source[mine]))]
        described = spec.projections[name]
        graphs[name] = _matrix(network, described, graph.of(mine), weight[mine])
        projections[name] = _given(described, delay[mine])
    found = replace(spec, projections=MappingProxyType(projections))
    return _with_constants(found, network, pruned.tau), graphs


def _blocks(network: Recurrent, graph: Graph) -> tuple[Array, Array]:
    """Return the numbers of the populations that edges lead from and to."""
    inner = network.first[1:-1]
    return (
        np.searchsorted(inner, graph.source, side="right"),
        np.searchsorted(inner, graph.target, side="right"),
    )


def _joining(spec: Spec, network: Recurrent) -> Array:
    """Return the number of the first projection between each two populations, -1 if none is."""
    n, place = len(network.populations), network.populations.index
    found = np.full((n, n), -1)
    for ends, name in first_joining(spec, network.projections, network.populations).items():
        found[place(ends[0]), place(ends[1])] = network.projections.index(name)
    return found


def _mean_delays(network: Recurrent) -> Array:
    """Return the mean delay of each projection, s."""
    n, group = len(network.projections), network.graph.group
    count = np.maximum(1, np.bincount(group, minlength=n))
    return np.asarray(np.bincount(group, network.delay, n) / count)


def _matrix(network: Recurrent, described: Projection, graph: Graph, weight: Array) -> coo_array:
    """Return the weights of a projection, in A, from sources to targets."""
    source, target = (network.members(each) for each in (described.source, described.target))
    amperes = weight / network.resistance[graph.target]
    shape = source.stop - source.start, target.stop - target.start
    return coo_array(
        (amperes, (graph.source - source.start, graph.target - target.start)), shape=shape
    )


def _given(described: Projection, delay: Array) -> Projection:
    """Return a projection that is its graph: weights come with it, drawn delays as a list."""
    synapse = replace(described.synapse, weight=Quantity(1.0, unit("amp")[1]))
    if isinstance(synapse.delay, Distribution):
        values = tuple(Quantity(float(each), TIME) for each in delay)
        synapse = replace(synapse, delay=Distribution("values", values=values))
    # What was pruned when the network was built is no part of its graph any more.
    return replace(described, synapse=synapse, pruning=None)


def _with_constants(spec: Spec, network: Recurrent, tau: Array) -> Spec:
    """Give neurons the membrane time constants of a rule, if it has any."""
    for name in network.populations if len(tau) else ():
        own = tuple(Quantity(float(each), TIME) for each in tau[network.members(name)])
        spec = with_parameter(spec, name, "tau_m", Distribution("values", values=own))
    return spec
