import gzip

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse, stats

from networks.connectivity import FromGraph, GeneratorGraph, GraphFile
from networks.graphs import connect
from networks.graphs.generators import generators
from neuro.errors import DamagedFileError, EnvironmentFault, SpecError

FALSE_ALARM = 1e-6


def rng(seed=3):
    return np.random.default_rng(seed)


def take(graph, n, seed=3):
    return connect(graph, n, n, True, rng(seed))


def made(generator, size, stream=3, /, directed=False, **args):
    return take(FromGraph(GeneratorGraph(generator, args, directed)), size, stream)


def read(path, n):
    return take(FromGraph(GraphFile(path)), n)


def pair_list(edges):
    return list(zip(edges.source.tolist(), edges.target.tolist(), strict=True))


def test_an_undirected_edge_is_two_synapses_and_a_loop_one():
    graph = nx.Graph([(0, 1), (2, 2)])
    assert pair_list(take(graph, 3)) == [(0, 1), (1, 0), (2, 2)]


def test_a_directed_edge_goes_from_tail_to_head():
    assert pair_list(take(nx.DiGraph([(2, 0), (0, 1)]), 3)) == [(0, 1), (2, 0)]


def test_parallel_edges_are_several_synapses_in_their_order():
    graph = nx.MultiDiGraph([(0, 1, {"weight": 5.0}), (0, 1, {"weight": 3.0})])
    edges = take(graph, 2)
    assert pair_list(edges) == [(0, 1), (0, 1)]
    assert edges.weight.tolist() == [5.0, 3.0]
    assert len(take(nx.MultiGraph([(0, 1), (0, 1), (1, 1)]), 2)) == 5


def test_both_directions_have_the_weight_and_a_missing_one_is_1():
    graph = nx.Graph([(0, 1, {"weight": 0.5}), (1, 2)])
    edges = take(graph, 3)
    assert dict(zip(pair_list(edges), edges.weight.tolist(), strict=True)) == {
        (0, 1): 0.5, (1, 0): 0.5, (1, 2): 1.0, (2, 1): 1.0,
    }  # fmt: skip
    assert take(nx.path_graph(3), 3).weight is None


@settings(max_examples=80, deadline=None)
@given(n=st.integers(1, 8), p=st.floats(0, 1), seed=st.integers(0, 99), directed=st.booleans())
def test_a_network_and_its_adjacency_matrix_are_the_same_synapses(n, p, seed, directed):
    graph = nx.gnp_random_graph(n, p, seed=seed, directed=directed)
    graph.add_edges_from([(v, v) for v in range(0, n, 3)])
    for edge in graph.edges:
        graph.edges[edge]["weight"] = float(rng(seed).random())
    matrix = nx.to_scipy_sparse_array(graph, nodelist=range(n), format="csr", dtype=float)
    ours, theirs = take(graph, n), take(matrix, n)
    assert pair_list(ours) == pair_list(theirs)
    if len(ours):
        np.testing.assert_array_equal(ours.weight, theirs.weight)


def test_a_matrix_has_sources_in_rows_and_may_be_rectangular():
    matrix = sparse.coo_array(([1.5, 0.0], ([0, 1], [2, 0])), shape=(2, 3))
    edges = connect(matrix, 2, 3, False, rng())
    assert pair_list(edges) == [(0, 2), (1, 0)]
    assert edges.weight.tolist() == [1.5, 0.0]
    with pytest.raises(SpecError, match=r"needed: \(3, 2\)"):
        connect(matrix, 3, 2, False, rng())
    assert connect(matrix.astype(bool), 2, 3, False, rng()).weight is None


def test_labels_are_neurons_then_ranks_then_the_order_of_the_graph():
    assert pair_list(take(nx.DiGraph([(2, 0), (0, 1)]), 3)) == [(0, 1), (2, 0)]
    assert pair_list(take(nx.DiGraph([("2", "0"), ("0", "1")]), 3)) == [(0, 1), (2, 0)]
    assert pair_list(take(nx.DiGraph([(30, 10), (10, 20)]), 3)) == [(0, 1), (2, 0)]
    assert pair_list(take(nx.DiGraph([("b", "a"), ("a", "c")]), 3)) == [(0, 1), (1, 2)]
    assert pair_list(take(nx.DiGraph([("01", "1")]), 2)) == [(0, 1)]
    with pytest.raises(SpecError, match="two nodes of the same number"):
        take(nx.DiGraph([(1, "1")]), 2)


@pytest.mark.parametrize("n", [3, 5])
def test_a_graph_of_another_size_is_refused(n):
    with pytest.raises(SpecError, match=f"4 nodes, the population {n} neurons"):
        take(nx.path_graph(4), n)


def test_a_network_between_populations_needs_equal_sizes():
    assert len(connect(nx.path_graph(4), 4, 4, False, rng())) == 6
    with pytest.raises(SpecError, match="needed: equal sizes"):
        connect(nx.path_graph(4), 4, 5, False, rng())


@pytest.mark.parametrize(("weight", "what"), [("heavy", "no number"), (float("nan"), "NaN")])
def test_a_weight_that_is_no_number_is_refused(weight, what):
    with pytest.raises(SpecError, match=what):
        take(nx.Graph([(0, 1, {"weight": weight})]), 2)


GENERATED = [
    ("watts_strogatz_graph", {"k": 4, "p": 0.2}, 120),
    ("barabasi_albert_graph", {"m": 2}, 112),
    ("erdos_renyi_graph", {"p": 0.2}, None),
    ("random_regular_graph", {"d": 3}, 90),
    ("powerlaw_cluster_graph", {"m": 2, "p": 0.3}, None),
    ("stochastic_block_model", {"sizes": [10, 20], "p": [[0.5, 0.1], [0.1, 0.5]]}, None),
    ("random_geometric_graph", {"radius": 0.3}, None),
    ("grid_2d_graph", {"m": 5, "n": 6}, 98),
    ("cycle_graph", {}, 60),
    ("scale_free_graph", {}, None),
]


@pytest.mark.parametrize(("name", "args", "count"), GENERATED, ids=[g[0] for g in GENERATED])
def test_generators_fill_the_population_from_the_seed(name, args, count):
    first, again, other = (made(name, 30, seed, **args) for seed in (1, 1, 2))
    assert pair_list(first) == pair_list(again)
    assert count is None or len(first) == count
    if name not in ("grid_2d_graph", "cycle_graph"):
        assert pair_list(first) != pair_list(other)


def test_a_seed_of_the_file_is_kept():
    first, other = (made("gnp_random_graph", 20, seed, p=0.3, seed=7) for seed in (1, 2))
    expected = nx.gnp_random_graph(20, 0.3, seed=7)
    assert pair_list(first) == pair_list(other) == pair_list(take(expected, 20))


def test_block_densities_are_those_asked_for():
    sizes, p = [100, 200], [[0.3, 0.05], [0.05, 0.2]]
    edges = made("stochastic_block_model", 300, sizes=sizes, p=p, directed=True)
    block = np.repeat([0, 1], sizes)
    for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
        count = int(((block[edges.source] == a) & (block[edges.target] == b)).sum())
        pairs = sizes[a] * sizes[b] - (sizes[a] if a == b else 0)
        assert stats.binomtest(count, pairs, p[a][b]).pvalue > FALSE_ALARM


def test_directed_is_asked_of_the_generator():
    one_way = made("gnp_random_graph", 40, directed=True, p=0.2)
    back = set(pair_list(one_way)) & {(t, s) for s, t in pair_list(one_way)}
    assert 0 < len(back) < len(one_way)
    assert len(made("cycle_graph", 9, directed=True)) == 9
    with pytest.raises(SpecError, match="no directed graphs"):
        made("random_labeled_tree", 9, directed=True)


def test_the_offered_generators_make_graphs_and_nothing_else():
    names = set(generators())
    assert {"watts_strogatz_graph", "barabasi_albert_graph", "gnp_random_graph",
            "stochastic_block_model", "karate_club_graph"} <= names  # fmt: skip
    assert not names & {"line_graph", "ego_graph", "random_powerlaw_tree_sequence", "open_file",
                        "read_gpickle", "nonisomorphic_trees", "__import__"}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "args", "message"),
    [
        ("watts_strogats_graph", {}, "did you mean 'watts_strogatz_graph'"),
        ("os.system", {}, "no generator"),
        ("watts_strogatz_graph", {"k": 4, "prob": 0.1}, "no argument 'prob'"),
        ("gnp_random_graph", {"p": 0.1, "create_using": "x"}, "no argument 'create_using'"),
        ("watts_strogatz_graph", {}, "needs 'k', 'p' in args"),
        ("watts_strogatz_graph", {"k": "four", "p": 0.1}, r"watts_strogatz_graph\(k='four'"),
        ("random_regular_graph", {"d": 30}, r"random_regular_graph\(d=30\): "),
        ("random_regular_graph", {"d": 31}, "31 is too many for 30 neurons"),
        ("star_graph", {}, "31 nodes, the population 30"),
    ],
)
def test_a_wrong_generator_or_argument_is_explained(name, args, message):
    with pytest.raises(SpecError, match=message):
        made(name, 30, **args)


@pytest.fixture
def weighted():
    graph = nx.gnp_random_graph(12, 0.3, seed=1, directed=True)
    for edge in graph.edges:
        graph.edges[edge]["weight"] = edge[0] + edge[1] / 16
    return graph


@pytest.mark.parametrize("directed", [True, False])
def test_graphml_comes_back(tmp_path, weighted, directed):
    graph = weighted if directed else weighted.to_undirected()
    nx.write_graphml(graph, tmp_path / "g.graphml")
    ours, theirs = read(tmp_path / "g.graphml", 12), take(graph, 12)
    assert pair_list(ours) == pair_list(theirs)
    np.testing.assert_array_equal(ours.weight, theirs.weight)


def test_graphml_with_names_keeps_the_order_of_its_nodes(tmp_path):
    graph = nx.DiGraph()
    graph.add_nodes_from(["z", "y", "x"])
    graph.add_edge("x", "z")
    nx.write_graphml(graph, tmp_path / "g.graphml")
    assert pair_list(read(tmp_path / "g.graphml", 3)) == [(2, 0)]


@pytest.mark.parametrize("suffix", [".edgelist", ".txt", ".csv", ".CSV"])
def test_a_list_of_edges_comes_back(tmp_path, weighted, suffix):
    path = tmp_path / f"g{suffix}"
    comma = "," if suffix.lower() == ".csv" else " "
    nx.write_weighted_edgelist(weighted, path, delimiter=comma)
    ours, theirs = read(path, 12), take(weighted, 12)
    assert pair_list(ours) == pair_list(theirs)
    np.testing.assert_array_equal(ours.weight, theirs.weight)
    nx.write_edgelist(weighted, path, delimiter=comma, data=False)
    assert pair_list(read(path, 12)) == pair_list(theirs)
    assert read(path, 12).weight is None


def test_a_list_of_edges_may_have_comments_and_leave_out_lonely_neurons(tmp_path):
    path = tmp_path / "g.txt"
    path.write_text("# source target\n0 3  # one\n\n3,0\n3 0\n")
    assert pair_list(read(path, 5)) == [(0, 3), (3, 0), (3, 0)]
    with pytest.raises(SpecError, match="2 nodes, the population 3"):
        read(path, 3)
    path.write_text("")
    assert len(read(path, 5)) == 0


def test_a_list_with_names_takes_them_as_they_come(tmp_path):
    path = tmp_path / "g.csv"
    path.write_text("b,a\na,c\n")
    assert pair_list(read(path, 3)) == [(0, 1), (1, 2)]


def test_a_sparse_matrix_comes_back(tmp_path):
    matrix = sparse.random_array((20, 20), density=0.2, rng=rng(), format="csc")
    sparse.save_npz(tmp_path / "m.npz", matrix)
    edges = read(tmp_path / "m.npz", 20)
    back = sparse.coo_array((edges.weight, (edges.source, edges.target)), shape=(20, 20))
    np.testing.assert_array_equal(back.toarray(), matrix.toarray())


# Ten levels of entities of ten: 10 GB of text if they were expanded.
LAUGHS = b"<!DOCTYPE g [<!ENTITY a0 'ha'>%s]><graphml>&a9;</graphml>" % b"".join(
    b"<!ENTITY a%d '%s'>" % (k, b"&a%d;" % (k - 1) * 10) for k in range(1, 11)
)
BAD_FILES = [
    ("g.graphml", LAUGHS),
    ("g.graphml", b"<graphml"),
    ("g.graphml", b"not xml at all"),
    ("g.graphml", b"<html></html>"),
    ("g.txt", b"0 1\n0 1 2\n"),
    ("g.txt", b"0\n"),
    ("g.txt", b"0 1 {'weight': 3}\n"),
    ("g.txt", b"0 1 nan\n"),
    ("g.txt", b"\xff\xfe0 1"),
    ("m.npz", b"PK\x03\x04"),
    ("m.npz", gzip.compress(b"x", mtime=0)),
    ("m.npz", b""),
]


@pytest.mark.parametrize(("name", "content"), BAD_FILES)
def test_a_damaged_file_is_refused_by_name(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(DamagedFileError, match=name):
        read(path, 3)


def test_an_npz_of_something_else_or_with_code_is_refused(tmp_path):
    np.savez(tmp_path / "m.npz", a=np.zeros(3))
    with pytest.raises(DamagedFileError):
        read(tmp_path / "m.npz", 3)
    np.savez(tmp_path / "m.npz", format=np.array([{1: 2}], dtype=object))
    with pytest.raises(DamagedFileError):
        read(tmp_path / "m.npz", 3)


def test_a_damaged_line_is_named(tmp_path):
    path = tmp_path / "g.txt"
    path.write_text("0 1\n1 2\n\n2\n")
    with pytest.raises(DamagedFileError, match=r"g\.txt:4"):
        read(path, 3)


def test_a_missing_file_and_an_unknown_suffix_are_named(tmp_path):
    for suffix in (".graphml", ".txt", ".npz"):
        with pytest.raises(EnvironmentFault, match=f"none{suffix}"):
            read(tmp_path / f"none{suffix}", 3)
    with pytest.raises(SpecError, match=r"did you mean '\.graphml'"):
        GraphFile(tmp_path / "g.graphm")


def test_a_graph_of_too_many_nodes_is_refused_before_it_is_made(monkeypatch):
    monkeypatch.setattr("networks.graphs.generators.generate", lambda *_: pytest.fail("made"))
    with pytest.raises(SpecError, match="30000 nodes or more, the population 10"):
        made("complete_graph", 10, n=30000)
    with pytest.raises(SpecError, match="populations of 4 and 5 neurons"):
        connect(FromGraph(GeneratorGraph("path_graph")), 4, 5, False, rng())
