"""Neurons that few paths lead through."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

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

    References
    ----------
    Brandes, "A faster algorithm for betweenness centrality", Journal of Mathematical Sociology 25
    (2001), as networkx has it.
    """
    import networkx

    directed = networkx.DiGraph()
    directed.add_nodes_from(range(graph.size))
    order = np.argsort(np.abs(weight), kind="stable")
    for edge in order[np.abs(weight)[order] > 0].tolist():
        length = 1.0 / abs(float(weight[edge]))
        directed.add_edge(int(graph.source[edge]), int(graph.target[edge]), length=length)
    found = networkx.betweenness_centrality(directed, weight="length")
    return np.array([found[node] for node in range(graph.size)])


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
