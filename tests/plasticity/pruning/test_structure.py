"""Neurons that few paths lead through, and modes that spread over many."""

from __future__ import annotations

import networkx
import numpy as np
import pytest

from neuro.errors import SpecError
from plasticity.pruning import Graph, add_edges, betweenness, drop_peripheral, participation
from plasticity.pruning.delocalised import Neighbourhoods, heterogeneity
from plasticity.pruning.linear import coupling


def line(n: int) -> Graph:
    return Graph(np.arange(n - 1), np.arange(1, n), n)


def random(n: int = 60, share: float = 0.06, seed: int = 0) -> tuple[np.ndarray, Graph]:
    rng = np.random.default_rng(seed)
    source, target = np.nonzero((rng.random((n, n)) < share) & ~np.eye(n, dtype=bool))
    return rng.lognormal(0, 1, len(source)) * np.where(source < n // 5, -1, 1), Graph(
        source, target, n
    )


def test_betweenness_of_a_line_is_how_many_pairs_lie_on_either_side():
    found = betweenness(np.ones(6), line(7))
    pairs = np.array([k * (6 - k) for k in range(7)])
    np.testing.assert_allclose(found, pairs / (6 * 5))


@pytest.mark.parametrize("is_tied", [False, True])
def test_betweenness_is_that_of_networkx(is_tied: bool):
    weight, graph = random(n=30, share=0.1)
    if is_tied:
        # Lengths of powers of two add up without rounding: many paths are equally short.
        weight = np.random.default_rng(1).choice([0.5, 1.0, 2.0], graph.n_edges)
    directed = networkx.DiGraph()
    directed.add_nodes_from(range(graph.size))
    for source, target, w in zip(graph.source, graph.target, weight, strict=True):
        directed.add_edge(int(source), int(target), length=1 / abs(w))
    known = networkx.betweenness_centrality(directed, weight="length")
    np.testing.assert_allclose(betweenness(weight, graph), list(known.values()), atol=1e-12)


def test_of_parallel_edges_the_strongest_counts():
    graph = Graph(np.array([0, 0, 1, 0]), np.array([1, 1, 2, 2]), 3)
    assert betweenness(np.array([0.1, 4.0, 4.0, 1.0]), graph)[1] == 0.5
    assert betweenness(np.array([0.1, 0.2, 4.0, 1.0]), graph)[1] == 0.0


def test_paths_go_by_strong_synapses():
    # From 0 to 3 by 1 (strong) or by 2 (weak), whatever the sign.
    graph = Graph(np.array([0, 1, 0, 2]), np.array([1, 3, 2, 3]), 4)
    found = betweenness(np.array([-2.0, 2.0, 1.0, 1.0]), graph)
    assert found[1] > 0
    assert found[2] == 0


def test_pruned_edges_carry_no_path():
    found = betweenness(np.array([1.0, 0.0, 1.0]), line(4))
    assert not found.any()


def test_neurons_at_the_rim_go_unless_they_are_protected():
    stays = drop_peripheral(np.ones(6), line(7), 3 / 7, np.array([0]))
    assert list(np.flatnonzero(~stays)) == [1, 5, 6]
    assert drop_peripheral(np.ones(6), line(7), 0.0, np.array([], dtype=int)).all()
    with pytest.raises(SpecError, match="protected"):
        drop_peripheral(np.ones(6), line(7), 0.9, np.array([0, 1]))


def test_participation_of_known_modes():
    np.testing.assert_allclose(participation(np.diag([1.0, 2.0, 3.0])), 1)
    ring = np.roll(np.eye(8), 1, axis=0)
    np.testing.assert_allclose(participation(ring), 1 / 8)


def test_heterogeneity_of_degrees():
    assert heterogeneity(np.full(5, 3)) == 1.0
    assert heterogeneity(np.array([0, 2])) == 2.0
    assert heterogeneity(np.zeros(3)) == 1.0


def test_gains_are_changes_of_heterogeneity_around():
    _, graph = random(n=25, share=0.15)
    near, source = Neighbourhoods(graph), 7
    targets = np.setdiff1d(np.arange(25), [source])
    for target, gain in zip(targets, near._gains(source, targets), strict=True):
        around = list(near.near[source] | {source, int(target)})
        before = heterogeneity(near.degrees[around])
        after = near.degrees.copy()
        after[[source, target]] += 1
        assert gain == pytest.approx(heterogeneity(after[around]) - before, abs=1e-12)


def test_best_target_is_the_hub():
    # 0 knows 1; 1 knows 2 and the hub 3, which knows many.
    source = np.array([0, 1, 1, 3, 3, 3, 3])
    graph = Graph(source, np.array([1, 2, 3, 4, 5, 6, 7]), 8)
    near = Neighbourhoods(graph)
    assert near.best_target(0) == 3
    near.add(0, 3)
    near.add(0, 2)
    assert near.best_target(0) in {4, 5, 6, 7}
    assert Neighbourhoods(Graph(np.array([0]), np.array([1]), 3)).best_target(2) is None


def test_what_is_added_and_taken_back_leaves_no_trace():
    _, graph = random(n=20, share=0.2)
    near, before = Neighbourhoods(graph), Neighbourhoods(graph)
    added = [(s, t) for s in range(20) for t in range(20) if s != t and t not in near.targets[s]]
    for source, target in added:
        near.add(source, target)
    assert near.near != before.near
    for source, target in added:
        near.remove(source, target)
    assert near.near == before.near
    assert near.targets == before.targets
    assert np.array_equal(near.degrees, before.degrees)


def test_added_edges_are_new_obey_dale_and_do_not_localise():
    weight, graph = random()
    new, weights = add_edges(weight, graph, 120, np.random.default_rng(1))
    there = set(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    added = list(zip(new.source.tolist(), new.target.tolist(), strict=True))
    assert not there & set(added)
    assert len(set(added)) == len(added)
    assert all(s != t for s, t in added)
    assert np.array_equal(weights < 0, new.source < 12)
    before = coupling(weight, graph)
    after = before + coupling(weights, new)
    assert participation(after).mean() <= participation(before).mean()


def test_inhibitory_neuron_without_synapses_still_inhibits():
    # 2 sends nothing any more.
    graph = Graph(np.array([0, 1, 0]), np.array([1, 2, 2]), 3)
    kind = np.array([1, 1, -1])
    new, weights = add_edges(np.ones(3), graph, 40, np.random.default_rng(3), kind)
    assert np.any(new.source == 2)
    assert np.array_equal(np.sign(weights), kind[new.source])


def test_edges_that_localise_are_taken_back():
    # A ring has modes as wide as can be: whatever is added makes them narrower.
    n = 12
    graph = Graph(np.arange(n), np.roll(np.arange(n), -1), n)
    new, weights = add_edges(np.ones(n), graph, 20, np.random.default_rng(2))
    assert new.n_edges == len(weights) == 0
