"""Neurons that few paths lead through."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csgraph, csr_array

from neuro.errors import SpecError
from plasticity.pruning.protocol import Graph, best

Array = NDArray[Any]


def betweenness(weight: Array, graph: Graph) -> Array:
    """Return the betweenness centrality of each neuron, edges of length 1 / |weight|, shape (n,).

    Parameters
    ----------
    weight : array of floats, shape (n_edges,)
        Weights; edges of weight 0 do not count, of parallel ones the strongest does.
    graph : Graph
        Directed edges.

    Returns
    -------
    array of floats, shape (n,)
        Shares of the shortest paths between all pairs of others, those of a pair that has several
        in equal parts, over the number of pairs.

    References
    ----------
    Brandes, "A faster algorithm for betweenness centrality", Journal of Mathematical Sociology 25
    (2001).
    """
    ways = _shortest_edges(weight, graph)
    distance = csgraph.dijkstra(ways)
    order = np.argsort(distance, axis=1, kind="stable")
    total = _dependencies(ways.indptr, ways.indices, ways.data, distance, order)
    n_pairs = max(1, (graph.size - 1) * (graph.size - 2))
    return np.asarray(total / n_pairs)


def _shortest_edges(weight: Array, graph: Graph) -> csr_array:
    """Return the lengths of edges by source, one for each pair that has any."""
    strength = np.zeros((graph.size, graph.size))
    np.maximum.at(strength, (graph.source, graph.target), np.abs(weight))
    np.fill_diagonal(strength, 0.0)
    ways = csr_array(strength)
    ways.data = 1.0 / ways.data
    return ways


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _dependencies(
    indptr: Array, targets: Array, lengths: Array, distance: Array, order: Array
) -> Array:
    """Return, summed over sources, the part of all shortest paths that leads through each node."""
    n = len(distance)
    total = np.zeros(n)
    for source in range(n):
        far, nodes = distance[source], order[source]
        n_paths, depends = np.zeros(n), np.zeros(n)
        n_paths[source] = 1.0
        for u in nodes:
            for place in range(indptr[u], indptr[u + 1]):
                v = targets[place]
                if far[u] < np.inf and far[u] + lengths[place] == far[v]:
                    n_paths[v] += n_paths[u]
        for u in nodes[::-1]:
            for place in range(indptr[u], indptr[u + 1]):
                v = targets[place]
                if far[u] < np.inf and far[u] + lengths[place] == far[v]:
                    depends[u] += n_paths[u] / n_paths[v] * (1.0 + depends[v])
            if u != source:
                total[u] += depends[u]
    return total


def drop_peripheral(weight: Array, graph: Graph, share: float, protected: Array) -> Array:
    """Return which neurons stay when those of the lowest betweenness go, shape (n,).

    Parameters
    ----------
    weight, graph
        As of `betweenness`.
    share : float
        Of all neurons, those that go; 0 to below 1.
    protected : array of ints
        Neurons that never go, such as those with inputs or read out.

    Raises
    ------
    SpecError
        If the share is none, or too many neurons are protected.
    """
    count = round(share * graph.size)
    if not 0 <= share < 1 or count > graph.size - len(protected):
        raise SpecError(
            f"share {share} of {graph.size} neurons, {len(protected)} of them protected; needed: "
            "from 0 to below 1, no more than the others"
        )
    score = -betweenness(weight, graph)
    score[protected] = -np.inf
    return ~best(score, count)
