"""Families of graphs: as many edges each, and what each is known for."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.graphs import connect
from networks.graphs.families import FAMILIES, draw_graph
from neuro.errors import SpecError

SIZE, DENSITY = 80, 0.12
N_EDGES = round(DENSITY * SIZE * (SIZE - 1) / 2)


def drawn(family, seed=1):
    return draw_graph(family, SIZE, DENSITY, np.random.default_rng(seed))


@pytest.mark.parametrize("family", FAMILIES)
def test_all_families_have_the_same_number_of_edges(family):
    graph = drawn(family)
    assert list(graph.nodes) == list(range(SIZE))
    assert graph.number_of_edges() == N_EDGES
    assert not graph.is_directed()
    assert not nx.number_of_selfloops(graph)


@pytest.mark.parametrize("family", FAMILIES)
def test_graphs_come_again_from_the_seed_and_differ_otherwise(family):
    edges = [sorted(map(tuple, map(sorted, drawn(family, seed).edges))) for seed in (1, 1, 2)]
    assert edges[0] == edges[1]
    assert edges[0] != edges[2]


@given(
    family=st.sampled_from(sorted(set(FAMILIES) - {"barabasi_albert"})),
    size=st.integers(3, 30), density=st.floats(0.05, 1.0), seed=st.integers(0, 99),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_the_number_of_edges_is_met_at_any_size_and_density(family, size, density, seed):
    n_edges = round(density * size * (size - 1) / 2)
    if n_edges:
        graph = draw_graph(family, size, density, np.random.default_rng(seed))
        assert graph.number_of_edges() == n_edges


def test_families_are_what_they_are_known_for():
    graphs = {family: drawn(family) for family in FAMILIES}
    clustering = {family: nx.average_clustering(graph) for family, graph in graphs.items()}
    spread = {
        family: np.var([k for _, k in graph.degree]) for family, graph in graphs.items()
    }  # fmt: skip
    random = clustering["erdos_renyi"]
    for family in ("watts_strogatz", "random_geometric", "group_to_group"):
        assert clustering[family] > 1.5 * random
    assert spread["barabasi_albert"] > 2 * spread["erdos_renyi"] > 4 * spread["watts_strogatz"]


def test_blocks_are_ten_times_denser_within_and_groups_are_whole():
    blocks = nx.to_numpy_array(drawn("block_model"))
    group = np.arange(SIZE) // 20
    same = group[:, None] == group
    within = blocks[same].sum() / (same.sum() - SIZE)
    between = blocks[~same].mean()
    # Some 290 edges within: the standard error of the ratio is 15 %; false alarm below 1e-3.
    assert within / between == pytest.approx(10, rel=0.5)
    groups = nx.to_numpy_array(drawn("group_to_group"))
    n_groups = round(SIZE**2 / N_EDGES)
    part = np.concatenate(
        [np.full(len(p), k) for k, p in enumerate(np.array_split(range(SIZE), n_groups))]
    )
    off = ~np.eye(SIZE, dtype=bool)
    # Whole but for the few edges by which the draw missed the number.
    assert groups[(part[:, None] == part) & off].mean() > 0.95


def test_geometric_graphs_join_the_nearest_pairs():
    graph = drawn("random_geometric")
    # Six points of a plane within reach of a seventh cannot all be out of each other's reach.
    assert nx.average_clustering(graph) > 0.5


def test_a_drawn_graph_connects_a_population():
    assert len(connect(drawn("watts_strogatz"), SIZE, SIZE, True, np.random.default_rng())) == (
        2 * N_EDGES
    )


@pytest.mark.parametrize(
    ("family", "size", "density", "told"),
    [
        ("erdos_reny", 10, 0.1, "did you mean 'erdos_renyi'"),
        ("erdos_renyi", 10, 0.0, "above 0"),
        ("erdos_renyi", 2, 0.5, "at least 3"),
        ("barabasi_albert", 10, 0.9, "at most 25"),
    ],
)
def test_graphs_that_there_are_not_are_refused(family, size, density, told):
    with pytest.raises(SpecError, match=told):
        draw_graph(family, size, density, np.random.default_rng())
