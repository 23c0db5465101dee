"""Graphs as layers: acyclic, every edge in one mask, dead ends counted."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.graphs.layering import layered, orient
from neuro.errors import SpecError


def drawn(size, p, seed):
    return nx.gnp_random_graph(size, p, seed=seed)


@given(size=st.integers(1, 40), p=st.floats(0, 1), seed=st.integers(0, 99))
@settings(max_examples=60, deadline=None)
def test_layers_of_any_graph(size, p, seed):
    graph = drawn(size, p, seed)
    directed, found = orient(graph), layered(graph)
    assert nx.is_directed_acyclic_graph(directed)
    assert all(found.layer[u] < found.layer[v] for u, v in directed.edges)
    assert sum(len(nodes) for nodes in found.members) == size
    assert sum(int(mask.sum()) for mask in found.masks.values()) == graph.number_of_edges()
    assert found.n_layers == nx.dag_longest_path_length(directed) + 1
    assert set(found.sources) == {v for v, k in directed.in_degree if k == 0}
    assert set(found.sinks) == {v for v, k in directed.out_degree if k == 0}
    for v in directed:
        parents = [found.layer[u] for u in directed.predecessors(v)]
        assert found.layer[v] == (1 + max(parents) if parents else 0)


@given(size=st.integers(2, 30), p=st.floats(0.05, 1), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_masks_give_the_edges_back(size, p, seed):
    graph = drawn(size, p, seed)
    found = layered(graph)
    edges = {
        (int(found.members[start][i]), int(found.members[stop][j]))
        for (start, stop), mask in found.masks.items()
        for i, j in np.argwhere(mask)
    }
    assert edges == {tuple(sorted(edge)) for edge in graph.edges}


def test_skips_and_dead_ends_of_a_small_graph():
    # 0 - 1 - 2 - 3 with a shortcut from 0 to 3, and 4 that hangs on 0.
    found = layered(nx.Graph([(0, 1), (1, 2), (2, 3), (0, 3), (0, 4)]))
    assert found.layer.tolist() == [0, 1, 2, 3, 1]
    assert [nodes.tolist() for nodes in found.members] == [[0], [1, 4], [2], [3]]
    assert list(found.skips) == [(0, 3)]
    assert found.masks[0, 1].tolist() == [[True, True]]
    assert found.masks[1, 2].tolist() == [[True], [False]]
    assert found.sinks.tolist() == [3, 4]
    assert found.dead_ends == pytest.approx(1 / 5)


def test_a_graph_without_edges_is_one_layer():
    found = layered(nx.empty_graph(4))
    assert found.n_layers == 1
    assert not found.masks
    assert found.dead_ends == 0


@pytest.mark.parametrize(
    "graph",
    [nx.DiGraph([(0, 1)]), nx.Graph([(0, 0)]), nx.Graph(), nx.MultiGraph([(0, 1), (0, 1)])],
    ids=str,
)
def test_graphs_without_layers_are_refused(graph):
    with pytest.raises(SpecError, match="needed"):
        layered(graph)
