"""Numbers that describe a graph, by the algorithms of networkx."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import networkx
import numpy as np

from networks.graphs.layering import layered
from neuro.errors import SpecError
from plasticity.pruning.delocalised import heterogeneity

#: Of the size alone, for comparison with all others.
SIZE = ("nodes", "edges")
#: Name -> definition; those of `SPREADS` come with mean, variance and standard deviation.
SPREADS: Mapping[str, str] = MappingProxyType(
    {
        "eccentricity": "the longest of the shortest paths from a node, in its component",
        "degree_centrality": "share of the other nodes that a node is joined to",
        "closeness": "closeness centrality of a node, after Wasserman and Faust",
        "betweenness": "share of the shortest paths between others that lead through a node",
        "edge_betweenness": "share of the shortest paths that lead along an edge",
    }
)
SINGLES: Mapping[str, str] = MappingProxyType(
    {
        "nodes": "number of nodes",
        "edges": "number of edges",
        "density": "share of the pairs that are joined",
        "layers": "layers of the acyclic graph whose edges lead from lower to higher nodes",
        "sources": "nodes without an edge that leads to them there",
        "sinks": "nodes without an edge that leads from them there",
        "dead_ends": "share of the nodes that are sinks before the last layer there",
        "components": "number of connected components",
        "diameter": "the longest of all shortest paths, within components",
        "path_length": "mean of the shortest paths of all pairs that are joined by one",
        "degree_heterogeneity": "<k^2> / <k>^2 of the degrees",
        "clustering": "mean over nodes of the share of joined pairs among the neighbours",
        "modularity": "of the communities that greedy maximisation finds (Clauset, Newman, Moore)",
        "spectral_radius": "largest absolute eigenvalue of the matrix of zeros and ones",
    }
)
DEFINITIONS: Mapping[str, str] = MappingProxyType(
    {
        **SINGLES,
        **{
            f"{name}_{statistic}": f"{statistic} of: {definition}"
            for name, definition in SPREADS.items()
            for statistic in ("mean", "var", "std")
        },
    }
)


def measure(graph: Any) -> dict[str, float]:
    """Return all measures of a graph, by the names in `DEFINITIONS`.

    Betweenness takes time in proportion to nodes x edges: about a second for 200 nodes and 2000
    edges.

    Parameters
    ----------
    graph : networkx.Graph
        Without loops; weights do not count. Of a directed one the directions count for the
        spectral radius only.

    Returns
    -------
    dict of str to float
        One number each.

    Raises
    ------
    SpecError
        If there are fewer than two nodes, no edge, or loops.
    """
    plain = networkx.Graph(graph)
    if len(plain) < 2 or not plain.number_of_edges():
        raise SpecError(f"{graph}; needed: at least two nodes and an edge")
    found = _sizes(plain) | _layers(plain) | _paths(plain) | _structure(plain)
    eigenvalues = networkx.adjacency_spectrum(networkx.DiGraph(graph), weight=None)
    found["spectral_radius"] = float(np.abs(eigenvalues).max())
    for name, values in _spreads(plain).items():
        column = np.array(list(values.values()), dtype=np.float64)
        for statistic, of in (("mean", np.mean), ("var", np.var), ("std", np.std)):
            found[f"{name}_{statistic}"] = float(of(column))
    return {name: found[name] for name in DEFINITIONS}


def _sizes(graph: Any) -> dict[str, float]:
    return {
        "nodes": float(len(graph)),
        "edges": float(graph.number_of_edges()),
        "density": float(networkx.density(graph)),
    }


def _layers(graph: Any) -> dict[str, float]:
    found = layered(graph)
    return {
        "layers": float(found.n_layers),
        "sources": float(len(found.sources)),
        "sinks": float(len(found.sinks)),
        "dead_ends": found.dead_ends,
    }


def _paths(graph: Any) -> dict[str, float]:
    lengths = np.array(
        [
            length
            for start, reached in networkx.all_pairs_shortest_path_length(graph)
            for stop, length in reached.items()
            if start != stop
        ]
    )
    return {
        "components": float(networkx.number_connected_components(graph)),
        "diameter": float(lengths.max()),
        "path_length": float(lengths.mean()),
    }


def _structure(graph: Any) -> dict[str, float]:
    communities = networkx.community.greedy_modularity_communities(graph)
    return {
        "degree_heterogeneity": heterogeneity(np.array([k for _, k in graph.degree])),
        "clustering": float(networkx.average_clustering(graph)),
        "modularity": float(networkx.community.modularity(graph, communities, weight=None)),
    }


def _spreads(graph: Any) -> dict[str, dict[Any, float]]:
    eccentricity: dict[Any, float] = {}
    for component in networkx.connected_components(graph):
        eccentricity |= networkx.eccentricity(graph.subgraph(component))
    return {
        "eccentricity": eccentricity,
        "degree_centrality": networkx.degree_centrality(graph),
        "closeness": networkx.closeness_centrality(graph),
        "betweenness": networkx.betweenness_centrality(graph),
        "edge_betweenness": networkx.edge_betweenness_centrality(graph),
    }
