"""Measures of graphs whose values are known."""

import networkx as nx
import numpy as np
import pytest

from networks.graphs.measures import DEFINITIONS, measure
from neuro.errors import SpecError


def test_a_complete_graph():
    found = measure(nx.complete_graph(6))
    known = {
        "nodes": 6, "edges": 15, "density": 1, "layers": 6, "sources": 1, "sinks": 1,
        "dead_ends": 0, "components": 1, "diameter": 1, "path_length": 1,
        "degree_heterogeneity": 1, "clustering": 1, "modularity": 0, "spectral_radius": 5,
        "eccentricity_mean": 1, "closeness_mean": 1, "betweenness_mean": 0,
        "edge_betweenness_mean": 1 / 15, "degree_centrality_var": 0,
    }  # fmt: skip
    assert {name: found[name] for name in known} == pytest.approx(known, abs=1e-12)


def test_a_star():
    found = measure(nx.star_graph(4))
    known = {
        "layers": 2, "sources": 1, "sinks": 4, "dead_ends": 0, "diameter": 2,
        # 4 pairs one step apart, 6 two.
        "path_length": (4 + 12) / 10,
        # Degrees 4, 1, 1, 1, 1.
        "degree_heterogeneity": 4 / 1.6**2, "clustering": 0, "spectral_radius": 2,
        "betweenness_mean": 1 / 5, "betweenness_var": (1 / 5) * (4 / 5),
        "betweenness_std": 2 / 5,
        # An edge bears the 4 pairs of its leaf.
        "edge_betweenness_mean": 0.4, "eccentricity_mean": 9 / 5,
    }  # fmt: skip
    assert {name: found[name] for name in known} == pytest.approx(known, abs=1e-12)


def test_two_cliques_are_two_communities_and_paths_are_those_within():
    found = measure(nx.disjoint_union(nx.complete_graph(4), nx.complete_graph(4)))
    known = {"components": 2, "modularity": 0.5, "diameter": 1, "path_length": 1, "clustering": 1}
    assert {name: found[name] for name in known} == pytest.approx(known)


def test_directions_count_for_the_spectral_radius_only():
    forward = measure(nx.DiGraph([(0, 1), (1, 2)]))
    both = measure(nx.Graph([(0, 1), (1, 2)]))
    assert forward["spectral_radius"] == pytest.approx(0)
    assert both["spectral_radius"] == pytest.approx(np.sqrt(2))
    rest = set(DEFINITIONS) - {"spectral_radius"}
    assert {name: forward[name] for name in rest} == {name: both[name] for name in rest}


def test_weights_do_not_count():
    plain, weighted = nx.cycle_graph(7), nx.cycle_graph(7)
    nx.set_edge_attributes(weighted, 3.0, "weight")
    assert measure(plain) == measure(weighted)


def test_every_measure_has_a_definition_and_is_a_number():
    found = measure(nx.gnm_random_graph(25, 60, seed=1))
    assert list(found) == list(DEFINITIONS)
    assert all(type(value) is float and np.isfinite(value) for value in found.values())


@pytest.mark.parametrize("graph", [nx.empty_graph(3), nx.Graph(), nx.Graph([(0, 0), (0, 1)])])
def test_graphs_without_measures_are_refused(graph):
    with pytest.raises(SpecError, match="needed"):
        measure(graph)
