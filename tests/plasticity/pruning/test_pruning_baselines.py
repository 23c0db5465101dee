"""Rules that noise-driven pruning is compared with, and what all rules promise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from neuro.errors import SpecError
from plasticity.pruning import (
    LNP,
    Activity,
    Dynamics,
    Gradual,
    Graph,
    Magnitude,
    NoiseDriven,
    RandomSearch,
    Rewind,
    Rule,
    Sketch,
    Uniform,
    cubic_density,
    geometric_densities,
    growth_rates,
    spectral_change,
)


def forget(weight: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """Train: make what was large small."""
    return np.where(mask, np.sign(weight) / (1 + np.abs(weight)), 0.0)


RULES: list[Rule] = [
    Uniform(), Uniform(rescale=True), Magnitude(), Magnitude("group"), Activity(), Sketch(),
    Sketch(2.0), NoiseDriven(), NoiseDriven(rescale=False), NoiseDriven(compensate=True),
    LNP(keep=0.5), LNP("lyapunov", keep=0.5, neuron_share=0, edge_share=0), RandomSearch(3),
    Rewind(forget), Gradual(forget),
]  # fmt: skip


def network(n: int = 50, seed: int = 0) -> tuple[np.ndarray, Graph, Dynamics]:
    rng = np.random.default_rng(seed)
    source, target = np.nonzero((rng.random((n, n)) < 0.3) & ~np.eye(n, dtype=bool))
    graph = Graph(source, target, n, (source >= n // 2).astype(int))
    weight = rng.normal(0, 0.1, len(source)) * (1 + graph.group)
    rate, exponent = rng.uniform(1, 20, n), rng.uniform(-50, 10, n)
    return weight, graph, Dynamics(np.full(n, 0.02), np.ones(n), rate, exponent)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: type(rule).__name__)
@pytest.mark.parametrize("density", [0.1, 0.5, 1.0])
def test_rules_keep_what_they_are_asked_for(rule: Rule, density: float):
    weight, graph, dynamics = network()
    before = weight.copy()
    found = rule(weight, graph, dynamics, density, np.random.default_rng(1))
    again = rule(weight, graph, dynamics, density, np.random.default_rng(1))
    # Rules that draw edge by edge: four deviations of a binomial.
    assert found.density == pytest.approx(density, abs=4 * np.sqrt(0.25 / graph.n_edges))
    assert np.all(found.weight[~found.mask] == 0)
    assert np.all(np.sign(found.weight[found.mask]) == np.sign(weight[found.mask]))
    assert found.weight.tobytes() == again.weight.tobytes()
    assert np.array_equal(weight, before)
    if density == 1.0:
        np.testing.assert_allclose(found.weight, weight, rtol=1e-12)


def test_magnitude_keeps_the_largest_of_all_or_of_each_group():
    weight, graph, dynamics = network()
    rng = np.random.default_rng(2)
    of_all = Magnitude()(weight, graph, dynamics, 0.2, rng).mask
    assert np.abs(weight[of_all]).min() >= np.abs(weight[~of_all]).max()
    of_groups = Magnitude("group")(weight, graph, dynamics, 0.2, rng).mask
    for group in (0, 1):
        assert of_groups[graph.group == group].mean() == pytest.approx(0.2, abs=0.01)
    # Weights of the second group are twice as large.
    assert of_all[graph.group == 1].mean() > 2 * of_all[graph.group == 0].mean()


def test_activity_keeps_synapses_of_active_neurons():
    weight, graph, dynamics = network()
    mask = Activity()(weight, graph, dynamics, 0.3, np.random.default_rng(3)).mask
    product = dynamics.rate[graph.source] * dynamics.rate[graph.target]
    assert product[mask].min() >= product[~mask].max()
    with pytest.raises(SpecError, match="rates"):
        Activity()(weight, graph, Dynamics(dynamics.tau, dynamics.gain), 0.3, None)


def test_sketch_keeps_large_weights_more_often_and_all_in_the_mean():
    weight, graph, dynamics = network()
    rng = np.random.default_rng(4)
    drawn = [Sketch()(weight, graph, dynamics, 0.2, rng) for _ in range(400)]
    kept = np.mean([found.mask for found in drawn], axis=0)
    large = np.abs(weight) > np.median(np.abs(weight))
    assert kept[large].mean() > 2 * kept[~large].mean()
    total = [np.abs(found.weight).sum() for found in drawn]
    deviation = np.std(total) / np.sqrt(400)
    assert np.mean(total) == pytest.approx(np.abs(weight).sum(), abs=4 * deviation)


@pytest.mark.parametrize("power", [1.0, 2.0])
def test_sketch_keeps_with_chances_that_go_as_a_power_of_the_weight(power):
    weight, graph, dynamics = network()
    found = Sketch(power)(weight, graph, dynamics, 0.2, np.random.default_rng(5))
    # What stays was divided by its chance, so that this is told.
    chance = (weight / np.where(found.mask, found.weight, np.inf))[found.mask]
    is_drawn = chance < 1 - 1e-9
    assert is_drawn.sum() > 50
    per_power = (chance / np.abs(weight[found.mask]) ** power)[is_drawn]
    np.testing.assert_allclose(per_power, per_power[0], rtol=1e-9)


def test_search_rescales_if_asked():
    weight, graph, dynamics = network()
    for rescale, divisor in ((False, 1.0), (True, 0.3)):
        rng = np.random.default_rng(9)
        found = RandomSearch(3, rescale)(weight, graph, dynamics, 0.3, rng)
        np.testing.assert_allclose(found.weight[found.mask], weight[found.mask] / divisor)


def test_search_keeps_the_graph_with_the_nearest_spectrum():
    weight, graph, dynamics = network()
    whole = growth_rates(weight, graph, dynamics)

    def change(mask: np.ndarray) -> float:
        return spectral_change(whole, growth_rates(weight * mask, graph, dynamics))

    found = RandomSearch(8)(weight, graph, dynamics, 0.3, np.random.default_rng(9))
    rng = np.random.default_rng(9)
    drawn = [Uniform()(weight, graph, dynamics, 0.3, rng).mask for _ in range(8)]
    assert change(found.mask) == min(change(mask) for mask in drawn)
    assert change(found.mask) < np.median([change(mask) for mask in drawn])
    with pytest.raises(SpecError, match="n_graphs"):
        RandomSearch(0)


def test_rewound_weights_are_those_to_begin_with_and_magnitude_is_that_of_training():
    weight, graph, dynamics = network()
    seen: list[np.ndarray] = []

    def train(given: np.ndarray, mask: np.ndarray) -> np.ndarray:
        assert np.array_equal(given, np.where(mask, weight, 0))
        seen.append(mask)
        return forget(given, mask)

    found = Rewind(train, 0.6)(weight, graph, dynamics, 0.25, np.random.default_rng(10))
    assert [mask.mean() for mask in seen] == pytest.approx([1, 0.6, 0.36], abs=1e-3)
    assert all(np.all(after <= before) for before, after in pairwise(seen))
    # Training makes small what was large, so that the smallest stay.
    assert np.abs(weight[found.mask]).max() <= np.abs(weight[~found.mask]).min()
    assert np.array_equal(found.weight, np.where(found.mask, weight, 0))


def test_gradual_pruning_goes_on_with_trained_weights():
    weight, graph, dynamics = network()
    seen = []

    def train(given: np.ndarray, mask: np.ndarray) -> np.ndarray:
        seen.append((given, mask))
        return np.where(mask, given + 1, 0.0)

    found = Gradual(train, 2)(weight, graph, dynamics, 0.2, np.random.default_rng(1))
    (first, whole), (second, left) = seen
    assert whole.all()
    assert np.array_equal(first, weight)
    assert left.mean() == pytest.approx(0.2 + 0.8 / 8, abs=1e-3)
    assert np.array_equal(second, np.where(left, weight + 1, 0))
    # The largest of what is trained by then stay, with the weights they had.
    trained = np.where(left, weight + 2, 0)
    assert np.abs(trained[found.mask]).min() >= np.abs(trained[~found.mask & left]).max()
    assert np.array_equal(found.weight, np.where(found.mask, weight, 0))
    with pytest.raises(SpecError, match="n_steps 0"):
        Gradual(train, 0)


def test_geometric_schedule():
    assert geometric_densities(0.25, 0.5) == [0.5, 0.25]
    assert geometric_densities(0.3, 0.5) == [0.5, 0.3]
    assert geometric_densities(0.9, 0.5) == [0.9]
    assert geometric_densities(1.0, 0.5) == []
    with pytest.raises(SpecError, match="kept a round"):
        geometric_densities(0.5, 1.0)


def test_cubic_schedule():
    densities = [cubic_density(step, 10, 1.0, 0.1) for step in range(13)]
    assert densities[0] == 1.0
    assert densities[5] == pytest.approx(0.1 + 0.9 / 8)
    assert densities[10:] == [0.1] * 3
    assert np.all(np.diff(densities) <= 0)
    with pytest.raises(SpecError, match="density"):
        cubic_density(0, 10, 0.1, 0.5)


@pytest.mark.parametrize("density", [0.0, 1.5])
def test_density_that_is_no_share_is_refused(density: float):
    weight, graph, dynamics = network()
    with pytest.raises(SpecError, match="density"):
        Uniform()(weight, graph, dynamics, density, np.random.default_rng(5))


def test_weights_and_edges_that_do_not_fit_are_refused():
    weight, graph, dynamics = network()
    with pytest.raises(SpecError, match="shape"):
        Uniform()(weight[1:], graph, dynamics, 0.5, np.random.default_rng(6))
    with pytest.raises(SpecError, match="nodes"):
        Graph(np.array([0]), np.array([3]), 3)
    with pytest.raises(SpecError, match="as many"):
        Graph(np.array([0, 1]), np.array([1]), 3)
