"""Noise-driven pruning: leverages are effective resistances, and spectra stay."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.linalg

from neuro.errors import NumericalError
from plasticity.pruning import (
    Dynamics,
    Graph,
    NoiseDriven,
    Uniform,
    leverages,
    linearise,
    noise_covariance,
)
from plasticity.pruning.protocol import chances

Array = Any


def symmetric(n: int, seed: int, share: float = 0.025, signed: bool = False) -> tuple[Any, ...]:
    """Return weights of pairs i < j, their graph, and L = D - W with a small leak besides."""
    rng = np.random.default_rng(seed)
    graph = Graph(*np.triu_indices(n, 1), n)
    weight = np.abs(rng.standard_normal(graph.n_edges))
    if signed:
        weight *= rng.choice([-1, 1], graph.n_edges)
    return weight, graph, laplacian(weight, graph, share)


def laplacian(weight: Array, graph: Graph, share: float) -> Array:
    off = np.zeros((graph.size, graph.size))
    off[graph.source, graph.target] = weight
    off += off.T
    rows = np.abs(off).sum(axis=1)
    return np.diag(rows + share * rows.mean()) - off


@pytest.mark.parametrize("signed", [False, True])
def test_leverages_and_leaks_sum_to_the_number_of_neurons(signed: bool):
    weight, graph, laplace = symmetric(60, 1, signed=signed)
    covariance = noise_covariance(-laplace, np.sqrt(2))
    np.testing.assert_allclose(covariance, np.linalg.inv(laplace), rtol=0, atol=1e-12)
    excess = np.diag(laplace) - np.abs(laplace - np.diag(np.diag(laplace))).sum(axis=1)
    total = leverages(weight, graph, covariance).sum() + excess @ np.diag(covariance)
    assert total == pytest.approx(60, rel=1e-10)


def test_leverages_are_shares():
    weight, graph, laplace = symmetric(40, 2)
    found = leverages(weight, graph, noise_covariance(-laplace, np.sqrt(2)))
    assert found.min() > 0
    assert found.max() <= 1


def test_only_bridge_has_leverage_one_and_is_always_kept():
    n = 12
    ends = np.array([(i, j) for i in range(n) for j in range(i) if (i < 6) == (j < 6)] + [(0, 6)])
    graph, weight = Graph(ends[:, 0], ends[:, 1], n), np.ones(len(ends))
    laplace = laplacian(weight, graph, 1e-6)
    found = leverages(weight, graph, noise_covariance(-laplace, np.sqrt(2)))
    assert found[-1] == pytest.approx(1.0, abs=1e-3)
    # In a clique of six an edge has the resistance 2 / 6.
    np.testing.assert_allclose(found[:-1], 1 / 3, atol=1e-3)
    chance = chances(found, 14)
    assert chance[-1] == pytest.approx(1.0)
    assert chance[:-1].max() < 0.5


def band(weight: Array, graph: Graph, laplace: Array, chance: Array, seed: int) -> Array:
    """Return the extreme generalised eigenvalues of (pruned, whole), diagonal compensated."""
    rng = np.random.default_rng(seed)
    kept = np.where(rng.random(len(weight)) < chance, weight / chance, 0.0)
    off = np.zeros_like(laplace)
    off[graph.source, graph.target] = kept
    off += off.T
    excess = np.diag(laplace) - np.abs(laplace - np.diag(np.diag(laplace))).sum(axis=1)
    pruned = np.diag(off.sum(axis=1) + excess) - off
    values = scipy.linalg.eigh(pruned, laplace, eigvals_only=True)
    return values[[0, -1]]


@pytest.mark.parametrize("density", [0.3, 0.15, 0.08])
def test_spectrum_is_kept_in_a_narrower_band_than_by_uniform_chances(density: float):
    weight, graph, laplace = symmetric(150, 3)
    score = leverages(weight, graph, noise_covariance(-laplace))
    ours = chances(score, density * graph.n_edges)
    uniform = np.full(graph.n_edges, density)
    bands = [
        np.mean([band(weight, graph, laplace, chance, seed) for seed in range(3)], axis=0)
        for chance in (ours, uniform)
    ]
    assert bands[1][0] < bands[0][0] < 1 < bands[0][1] < bands[1][1]


def directed(n: int = 40, seed: int = 4) -> tuple[Array, Graph, Dynamics]:
    rng = np.random.default_rng(seed)
    source, target = np.nonzero((rng.random((n, n)) < 0.3) & ~np.eye(n, dtype=bool))
    weight = rng.normal(0, 0.5 / np.sqrt(0.3 * n), len(source))
    return weight, Graph(source, target, n), Dynamics(rng.uniform(0.01, 0.03, n), np.ones(n))


def test_weights_are_kept_in_the_mean():
    weight, graph, dynamics = directed(n=20)
    rng, n_draws = np.random.default_rng(5), 200
    rule = NoiseDriven()
    drawn = [rule(weight, graph, dynamics, 0.3, rng) for _ in range(n_draws)]
    chance = chances(
        leverages(weight, graph, noise_covariance(linearise(weight, graph, dynamics))),
        0.3 * graph.n_edges,
    )
    mean = np.mean([found.weight for found in drawn], axis=0)
    error = np.abs(weight) * np.sqrt((1 / chance - 1) / n_draws)
    # Of some 110 weights the largest deviation; chance of a false alarm below 1e-3.
    assert np.max(np.abs(mean - weight) / np.maximum(error, 1e-12)) < 5
    assert np.mean([found.density for found in drawn]) == pytest.approx(0.3, abs=0.015)
    assert all(np.array_equal(found.weight != 0, found.mask) for found in drawn)


def test_compensation_keeps_dominance_and_its_absence_can_lose_stability():
    weight, graph, laplace = symmetric(60, 6)
    both = Graph(
        np.concatenate([graph.source, graph.target]), np.concatenate([graph.target, graph.source]),
        60,
    )  # fmt: skip
    diagonal = np.diag(laplace)
    weights = np.concatenate([weight, weight])
    gain = 1 / diagonal
    dynamics = Dynamics(gain, gain)
    np.testing.assert_allclose(-linearise(weights, both, dynamics), laplace, atol=1e-9)
    excess = 0.025 * diagonal.mean() / 1.025
    growth = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        found = NoiseDriven(compensate=True)(weights, both, dynamics, 0.1, rng)
        off = np.zeros((60, 60))
        off[both.target, both.source] = found.weight
        leak = diagonal + found.leak / gain
        np.testing.assert_allclose(leak - off.sum(axis=1), excess)
        assert np.linalg.eigvals(off - np.diag(leak)).real.max() < 0
        growth.append(np.linalg.eigvals(off - np.diag(diagonal)).real.max())
    assert max(growth) > 0


def test_unstable_network_is_linearised_at_a_lower_gain():
    weight, graph, dynamics = directed()
    system = linearise(10 * weight, graph, dynamics)
    radius = np.abs(np.linalg.eigvals(system * dynamics.tau[:, None] + np.eye(graph.size))).max()
    assert radius == pytest.approx(0.5)
    with pytest.raises(NumericalError, match="grows"):
        noise_covariance(np.eye(3))


def test_covariance_is_that_of_the_noise():
    weight, graph, dynamics = directed(n=8)
    system = linearise(weight, graph, dynamics)
    found = noise_covariance(system, 0.7)
    residual = system @ found + found @ system.T + 0.49 * np.eye(8)
    np.testing.assert_allclose(residual, 0, atol=1e-12)


@pytest.mark.parametrize("count", [0.5, 3.0, 7.9])
def test_chances_sum_to_the_count(count: float):
    score = np.array([0, 0.1, 0.2, 5.0, 0.1, 1.0, 0.3, 2.0, 0.4])
    found = chances(score, count)
    assert found.sum() == pytest.approx(count)
    assert found[0] == 0
    inner = found < 1
    np.testing.assert_allclose(
        np.ptp(found[inner & (score > 0)] / score[inner & (score > 0)]), 0, atol=1e-12
    )


def test_more_than_have_a_score_are_not_kept():
    assert list(chances(np.array([0.0, 1.0, 2.0]), 3)) == [0, 1, 1]


def test_leverages_do_not_depend_on_the_order_of_neurons():
    weight, graph, dynamics = directed()
    order = np.random.default_rng(8).permutation(graph.size)
    moved = Graph(order[graph.source], order[graph.target], graph.size)
    tau = np.empty(graph.size)
    tau[order] = dynamics.tau
    scores = [
        leverages(weight, g, noise_covariance(linearise(weight, g, d)))
        for g, d in ((graph, dynamics), (moved, Dynamics(tau, dynamics.gain)))
    ]
    np.testing.assert_allclose(scores[0], scores[1], rtol=1e-9)


def test_uniform_rescaled_keeps_the_sum_in_the_mean():
    weight, graph, dynamics = directed()
    rng = np.random.default_rng(9)
    found = [Uniform(rescale=True)(weight, graph, dynamics, 0.25, rng).weight for _ in range(500)]
    deviation = np.std(np.sum(found, axis=1)) / np.sqrt(500)
    assert np.mean(np.sum(found, axis=1)) == pytest.approx(weight.sum(), abs=4 * deviation)


def test_a_group_is_pruned_among_others_that_stay():
    rng = np.random.default_rng(8)
    n, n_edges = 30, 500
    ends = rng.integers(0, n, (2, n_edges))
    graph = Graph(*ends, n, np.arange(n_edges) % 2)
    weight, dynamics = rng.standard_normal(n_edges), Dynamics(np.full(n, 0.02), np.full(n, 0.03))
    found = NoiseDriven(group=1)(weight, graph, dynamics, 0.2, rng)
    mine = graph.group == 1
    np.testing.assert_array_equal(found.weight[~mine], weight[~mine])
    # 250 draws with a mean of 50; a binomial count would have a deviation of 6.3.
    assert found.mask[mine].sum() == pytest.approx(50, abs=4 * 6.3)
    # Leverages are those in the whole network, not those of the group alone.
    covariance = noise_covariance(linearise(weight, graph, dynamics))
    chance = chances(leverages(weight, graph, covariance)[mine], 50)
    kept = found.mask[mine]
    np.testing.assert_allclose(found.weight[mine][kept], weight[mine][kept] / chance[kept])
