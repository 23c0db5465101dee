"""Lyapunov noise pruning: what stays, what comes, and the time constants of what is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from neuro.errors import SpecError
from plasticity.pruning import (
    LNP,
    Dynamics,
    GammaConstants,
    Graph,
    betweenness,
    drop_peripheral,
    growth_rates,
    leverages,
    linearise,
    linearise_by_exponents,
    noise_covariance,
    spectral_change,
    tune,
)
from plasticity.pruning.protocol import chances

N, N_INHIBITORY = 40, 8


def network(seed: int = 0) -> tuple[np.ndarray, Graph, Dynamics]:
    """Draw a network whose last eight neurons inhibit."""
    rng = np.random.default_rng(seed)
    source, target = np.nonzero((rng.random((N, N)) < 0.25) & ~np.eye(N, dtype=bool))
    weight = rng.gamma(2, 0.02, len(source)) * np.where(source < N - N_INHIBITORY, 1, -4)
    exponent = -rng.uniform(5, 50, N)
    dynamics = Dynamics(rng.gamma(3, 0.007, N) + 2e-3, np.ones(N), exponent=exponent)
    return weight, Graph(source, target, N), dynamics


def best_of_drawn(cost, start, bounds, rng):
    """Optimise by random search, near the start and everywhere."""
    near = start + rng.normal(0, 0.2, (15, len(start)))
    anywhere = rng.uniform(*bounds.T, (15, len(bounds)))
    return min([*near, *anywhere], key=cost)


@pytest.mark.parametrize("mode", ["weights", "lyapunov"])
@pytest.mark.parametrize("density", [0.5, 0.2])
def test_density_is_reached_by_kept_and_added_edges_together(mode: str, density: float):
    weight, graph, dynamics = network()
    rule, n_draws, aim = LNP(mode, keep=0.5, neuron_share=0.15), 8, density * graph.n_edges
    drawn = [
        rule(weight, graph, dynamics, density, np.random.default_rng(seed))
        for seed in range(n_draws)
    ]
    # Three deviations of the draws of the last round, and edges that may not be accepted.
    spread = 3 * np.sqrt(aim / n_draws) + 0.02 * aim
    assert np.mean([f.density for f in drawn]) * graph.n_edges == pytest.approx(aim, abs=spread)
    found = drawn[-1]
    left, weights = found.network(graph)
    assert left.n_edges == len(weights) == round(found.density * graph.n_edges)
    assert len(set(zip(left.source.tolist(), left.target.tolist(), strict=True))) == left.n_edges


def test_neurons_that_go_take_their_synapses_along_and_protected_ones_stay():
    weight, graph, dynamics = network()
    bare = betweenness(weight, graph)
    least = tuple(np.argsort(bare)[:5].tolist())
    found = LNP(protected=least)(weight, graph, dynamics, 0.3, np.random.default_rng(2))
    left, _ = found.network(graph)
    n_rounds = 6
    assert N * 0.95**n_rounds - n_rounds < found.neuron.sum() < N * 0.95**n_rounds + n_rounds
    assert found.neuron[list(least)].all()
    assert found.neuron[left.source].all()
    assert found.neuron[left.target].all()
    free = LNP()(weight, graph, dynamics, 0.3, np.random.default_rng(2))
    assert not free.neuron[list(least)].all()
    whole = LNP(protected=tuple(range(N)))(weight, graph, dynamics, 0.3, np.random.default_rng(2))
    assert whole.neuron.all()


def test_every_edge_bears_the_sign_of_its_source():
    weight, graph, dynamics = network()
    found = LNP(edge_share=0.3)(weight, graph, dynamics, 0.3, np.random.default_rng(3))
    assert len(found.added_weight) > 20
    left, weights = found.network(graph)
    assert np.array_equal(weights < 0, left.source >= N - N_INHIBITORY)
    there = set(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    added = zip(found.added.source.tolist(), found.added.target.tolist(), strict=True)
    assert there.isdisjoint(added)


def test_inhibitory_neuron_that_lost_all_synapses_still_inhibits():
    weight, graph, dynamics = network()
    # Of the last neuron one synapse is left, and too weak to stay.
    stays = (graph.source != N - 1) | (np.cumsum(graph.source == N - 1) == 1)
    graph, weight = graph.of(stays), weight[stays]
    weight[graph.source == N - 1] *= 1e-9
    regrown = []
    for seed in range(8):
        rule = LNP(edge_share=0.5, neuron_share=0)
        found = rule(weight, graph, dynamics, 0.2, np.random.default_rng(seed))
        assert not found.mask[graph.source == N - 1].any()
        regrown += found.added_weight[found.added.source == N - 1].tolist()
    assert len(regrown) >= 3
    assert max(regrown) < 0


def test_neurons_keep_their_numbers():
    weight, graph, dynamics = network()
    found = LNP(edge_share=0.0, rescale=False)(
        weight, graph, dynamics, 0.3, np.random.default_rng(4)
    )
    assert not found.neuron.all()
    assert found.added.n_edges == 0
    assert np.array_equal(found.weight[found.mask], weight[found.mask])
    assert not found.weight[~found.mask].any()


def test_weights_of_edges_that_stay_grow_by_their_chances():
    weight, graph, dynamics = network()
    rule = LNP(neuron_share=0.0, edge_share=0.0)
    found = rule(weight, graph, dynamics, 0.3, np.random.default_rng(5))
    assert np.all(found.weight[found.mask] / weight[found.mask] >= 1)
    drawn = [
        np.abs(rule(weight, graph, dynamics, 0.3, np.random.default_rng(seed)).weight).sum()
        for seed in range(12)
    ]
    error = 4 * np.std(drawn) / np.sqrt(len(drawn))
    assert np.mean(drawn) == pytest.approx(np.abs(weight).sum(), abs=error)


def test_same_seed_same_bits():
    weight, graph, dynamics = network()
    rule = LNP("lyapunov", optimise=best_of_drawn)
    first, second, other = (
        rule(weight, graph, dynamics, 0.4, np.random.default_rng(seed)) for seed in (6, 6, 7)
    )
    assert not first.neuron.all()
    assert np.array_equal(first.tau[~first.neuron], dynamics.tau[~first.neuron])
    for name in ("mask", "weight", "added_weight", "neuron", "tau"):
        assert getattr(first, name).tobytes() == getattr(second, name).tobytes()
    assert first.mask.tobytes() != other.mask.tobytes()


def test_modes_choose_other_synapses():
    weight, graph, dynamics = network()
    masks = [
        LNP(mode)(weight, graph, dynamics, 0.4, np.random.default_rng(8)).mask
        for mode in ("weights", "lyapunov")
    ]
    assert not np.array_equal(*masks)


@pytest.mark.parametrize("mode", ["weights", "lyapunov"])
def test_one_round_by_its_parts(mode: str):
    weight, graph, dynamics = network()
    density, n_aim = 0.4, 0.4 * graph.n_edges
    rule = LNP(mode, keep=density, neuron_share=0.1, edge_share=0.2)
    found = rule(weight, graph, dynamics, density, np.random.default_rng(16))
    lot = np.random.default_rng(16).random(graph.n_edges)
    system, strength = linearise(weight, graph, dynamics), weight
    if mode == "lyapunov":
        system, strength = linearise_by_exponents(weight, graph, dynamics)
    score = leverages(strength, graph, noise_covariance(system))
    kept = np.where(lot < chances(score, n_aim), weight, 0)
    stays = drop_peripheral(kept, graph, 0.1, np.array([], dtype=int))
    assert not np.array_equal(stays, drop_peripheral(weight, graph, 0.1, np.array([], dtype=int)))
    assert np.array_equal(found.neuron, stays)
    inner = stays[graph.source] & stays[graph.target]
    chance = chances(score * inner, n_aim - round(0.2 * n_aim))
    drawn = lot < chance
    # Edges that were added may bring back those that had gone.
    assert np.all(found.mask[drawn])
    np.testing.assert_allclose(found.weight[drawn], (weight / np.where(drawn, chance, 1))[drawn])
    came = found.mask.sum() - drawn.sum() + found.added.n_edges
    assert 0.7 * round(0.2 * n_aim) < came <= round(0.2 * n_aim)


def test_what_is_measured_is_what_counts():
    weight, graph, dynamics = network()
    halved = replace(dynamics, gain=np.full(N, 0.5))

    def measure(_: np.ndarray, left: Graph, now: Dynamics) -> Dynamics:
        return replace(now, gain=np.full(left.size, 0.5))

    masks = [
        rule(weight, graph, given, 0.4, np.random.default_rng(17)).mask
        for rule, given in ((LNP(), dynamics), (LNP(), halved), (LNP(measure=measure), dynamics))
    ]
    assert np.array_equal(masks[1], masks[2])
    assert not np.array_equal(masks[0], masks[1])


def test_constants_are_chosen_for_excitatory_and_inhibitory_neurons_apart():
    weight, graph, dynamics = network()
    asked = np.log([0.08, 100.0, 0.065, 100.0])  # inhibitory neurons first

    def spectrum(weights: np.ndarray, _: Graph, now: Dynamics) -> np.ndarray:
        return -(1 + len(weights) / graph.n_edges) / now.tau

    rule = LNP(neuron_share=0, spectrum=spectrum, optimise=lambda *_: asked)
    alike = replace(dynamics, tau=np.full(N, 0.1))
    found = rule(weight, graph, alike, 0.4, np.random.default_rng(18))
    assert found.tau[N - N_INHIBITORY :].mean() == pytest.approx(0.08, rel=0.01)
    assert found.tau[: N - N_INHIBITORY].mean() == pytest.approx(0.065, rel=0.01)


def test_rounds_end_where_the_network_would_grow_too_fast():
    weight, graph, dynamics = network()
    slowest = -np.inf
    found = LNP(highest=slowest)(weight, graph, dynamics, 0.3, np.random.default_rng(9))
    assert found.density == 1
    assert found.neuron.all()
    limit = growth_rates(weight, graph, dynamics)[0] + 0.1
    found = LNP(highest=limit)(weight, graph, dynamics, 0.1, np.random.default_rng(9))
    left, weights = found.network(graph)
    assert 0.12 < found.density < 1
    assert growth_rates(weights, left, dynamics)[0] <= limit


def test_dynamics_are_measured_on_what_is_left_before_every_round():
    weight, graph, dynamics = network()
    sizes: list[tuple[int, int]] = []

    def measure(weights: np.ndarray, left: Graph, now: Dynamics) -> Dynamics:
        sizes.append((len(weights), len(now.tau)))
        assert left.size == len(now.tau)
        return replace(now, gain=np.full(left.size, 0.5))

    LNP(measure=measure, keep=0.5)(weight, graph, dynamics, 0.2, np.random.default_rng(10))
    assert sizes[0] == (graph.n_edges, N)
    assert len(sizes) == 3
    assert all(np.diff(column).max() < 0 for column in np.transpose(sizes))


def test_shares_that_are_none_are_refused():
    with pytest.raises(SpecError, match="edge_share"):
        LNP(edge_share=1.0)
    with pytest.raises(SpecError, match="as many"):
        GammaConstants(np.ones(3), np.ones(2))


def test_spectra_that_did_not_change_cost_nothing():
    weight, graph, dynamics = network()
    rates = growth_rates(weight, graph, dynamics)
    order = np.random.default_rng(11).permutation(graph.n_edges)
    again = growth_rates(weight[order], graph.of(order), dynamics)
    assert spectral_change(rates, again) == pytest.approx(0, abs=1e-9)
    assert spectral_change(rates, rates[::-1]) == 0


def test_cost_by_hand():
    before = np.array([-1.0, -2.0, -4.0])
    assert spectral_change(before, np.array([-5.0, 0.5, -2.0])) == pytest.approx(1.5 + 2.5 / 3)
    assert spectral_change(before, before, highest=-1.5) == 0.5
    # Of other lengths: quantile by quantile.
    assert spectral_change(before, np.repeat(before, 2)) == pytest.approx(0)


def test_growth_rates_of_known_matrices():
    weight, graph, dynamics = network()
    alone = growth_rates(0 * weight, graph, dynamics)
    np.testing.assert_allclose(alone, np.sort(-1 / dynamics.tau)[::-1])
    ring = Graph(np.array([0, 1]), np.array([1, 0]), 2)
    pair = growth_rates(np.array([2.0, 2.0]), ring, Dynamics(np.full(2, 0.1), np.ones(2)))
    np.testing.assert_allclose(pair, [10, -30])


def test_constants_have_the_mean_and_shape_asked_for_and_keep_their_order():
    rng = np.random.default_rng(12)
    kind = np.where(np.arange(2000) % 5, 1, -1)
    constants = GammaConstants(rng.gamma(3, 0.007, 2000), kind)
    found = constants(np.array([0.012, 6.0, 0.03, 2.0]))
    for each, mean, shape in ((-1, 0.012, 6.0), (1, 0.03, 2.0)):
        tau = found[kind == each]
        assert tau.mean() == pytest.approx(mean, rel=0.01)
        assert tau.mean() ** 2 / tau.var() == pytest.approx(shape, rel=0.05)
        assert np.all(np.diff(tau[np.argsort(constants.tau[kind == each])]) >= 0)
    assert constants(np.array([0.01, 0.5, 0.2, 0.5])).min() == 2e-3
    assert constants(np.array([0.01, 0.5, 0.2, 0.5])).max() == 0.2


def test_tuning_finds_constants_that_were_lost():
    kind, rng = np.repeat([1, -1], 30), np.random.default_rng(13)
    known = GammaConstants(rng.gamma(3, 0.007, 60) + 2e-3, kind)(np.array([0.01, 4, 0.025, 4]))

    def cost(tau: np.ndarray) -> float:
        return spectral_change(-1 / known, -1 / tau)

    lost = GammaConstants(np.full(60, 0.04), kind)
    found = tune(lost, cost, best_of_drawn, np.random.default_rng(14))
    assert cost(found) < cost(lost.tau) / 2
    assert tune(GammaConstants(known, kind), cost, best_of_drawn, rng) is known


def test_last_step_brings_the_spectrum_nearer():
    weight, graph, dynamics = network()

    def simplex(cost, start, bounds, rng):
        return minimize(cost, start, method="Nelder-Mead", bounds=bounds).x

    def spectrum(weights: np.ndarray, left: Graph, now: Dynamics) -> np.ndarray:
        return -(1 + len(weights) / graph.n_edges) / now.tau

    plain, tuned = (
        LNP(neuron_share=0, spectrum=spectrum, optimise=optimise)(
            weight, graph, dynamics, 0.2, np.random.default_rng(15)
        )
        for optimise in (None, simplex)
    )
    assert plain.tau.size == 0
    assert np.array_equal(plain.mask, tuned.mask)
    # As -2 / tau was, (1 + density) / tau is to be.
    assert tuned.tau.mean() / dynamics.tau.mean() == pytest.approx((1 + tuned.density) / 2, abs=0.1)
    left, weights = tuned.network(graph)
    whole = spectrum(weight, graph, dynamics)
    costs = [
        spectral_change(whole, spectrum(weights, left, replace(dynamics, tau=tau)))
        for tau in (dynamics.tau, tuned.tau)
    ]
    assert costs[1] < costs[0] / 2
