"""A graph as layers of nodes, its edges as masks between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import networkx
import numpy as np
from numpy.typing import NDArray

from networks.graphs.conversion import node_order
from neuro.errors import SpecError

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Layering:
    """Hold the layers of an acyclic graph.

    Attributes
    ----------
    layer : array of int, shape (n,)
        Of each node: 0 if no edge leads to it, otherwise one more than the largest of those that
        edges lead from.
    members : tuple of array of int
        Nodes of each layer, ascending.
    masks : mapping of (int, int) to array of bools, shape (n_from, n_to)
        Edges from one layer to another, in the order of `members`; pairs of layers without an edge
        are left out. Edges to the next layer are (l, l + 1), all others skip layers.
    """

    layer: NDArray[np.int64]
    members: tuple[NDArray[np.int64], ...]
    masks: Mapping[tuple[int, int], Mask]

    @property
    def n_layers(self) -> int:
        """Return the number of layers."""
        return len(self.members)

    @property
    def skips(self) -> dict[tuple[int, int], Mask]:
        """Return the masks of edges that skip at least one layer."""
        return {ends: mask for ends, mask in self.masks.items() if ends[1] > ends[0] + 1}

    @property
    def sources(self) -> NDArray[np.int64]:
        """Return the nodes that no edge leads to."""
        return self.members[0]

    @property
    def sinks(self) -> NDArray[np.int64]:
        """Return the nodes that no edge leads from, ascending."""
        leads = np.zeros(len(self.layer), dtype=bool)
        for (start, _), mask in self.masks.items():
            leads[self.members[start][mask.any(axis=1)]] = True
        return np.flatnonzero(~leads)

    @property
    def dead_ends(self) -> float:
        """Return the share of nodes that are sinks before the last layer, which is read out."""
        is_early = self.layer[self.sinks] < self.n_layers - 1
        return float(np.count_nonzero(is_early) / len(self.layer))


def orient(graph: Any) -> Any:
    """Return a graph whose edges lead from the lower to the higher node, nodes 0 to n - 1.

    Parameters
    ----------
    graph : networkx.Graph
        Undirected, without loops. Nodes are numbered as `node_order` says.

    Returns
    -------
    networkx.DiGraph
        Acyclic.

    Raises
    ------
    SpecError
        If the graph is directed, has a loop, parallel edges or no node.
    """
    if graph.is_directed() or graph.is_multigraph() or not len(graph):
        raise SpecError(f"{graph}; needed: an undirected graph without parallel edges")
    if networkx.number_of_selfloops(graph):
        raise SpecError(f"{graph} has loops; needed: none, they have no direction")
    number = node_order(list(graph.nodes), len(graph), "the graph")
    directed = networkx.DiGraph()
    directed.add_nodes_from(range(len(graph)))
    directed.add_edges_from(sorted((number[u], number[v])) for u, v in graph.edges)
    return directed


def layered(graph: Any) -> Layering:
    """Return the layers of an undirected graph, its edges led from lower to higher nodes.

    Parameters
    ----------
    graph : networkx.Graph
        As `orient` takes it.

    Returns
    -------
    Layering
        As many layers as the longest path has nodes.

    Raises
    ------
    SpecError
        As `orient` does.

    References
    ----------
    Stier, Darji and Granitzer, "Experiments on properties of hidden structures of sparse neural
    networks", 2021.
    """
    directed = orient(graph)
    members = tuple(
        np.array(sorted(nodes), dtype=np.int64)
        for nodes in networkx.topological_generations(directed)
    )
    layer, place = (np.empty(len(directed), dtype=np.int64) for _ in range(2))
    for number, nodes in enumerate(members):
        layer[nodes], place[nodes] = number, np.arange(len(nodes))
    masks: dict[tuple[int, int], Mask] = {}
    for start, stop in sorted(directed.edges):
        ends = int(layer[start]), int(layer[stop])
        sizes = len(members[ends[0]]), len(members[ends[1]])
        masks.setdefault(ends, np.zeros(sizes, dtype=bool))[place[start], place[stop]] = True
    return Layering(layer, members, dict(sorted(masks.items())))
