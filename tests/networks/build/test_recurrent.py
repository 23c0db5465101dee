"""Recurrent networks of two populations: their twin, their arrays, their rate, what is left."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array

from networks.build import build, listen, remove_synapses
from networks.build.built import Built
from networks.build.compaction import compact
from networks.build.rates import match_rate, mean_rate
from networks.build.recurrent import graphs_of, recurrent
from networks.spec import Distribution
from networks.variants import homogeneous, mean, shifted, with_parameter
from neuro.dimensions import TIME
from neuro.engines.activation import activate
from neuro.engines.simulation import Stretch, simulate
from neuro.errors import SpecError
from neuro.units import Quantity, parse
from plasticity.lyapunov import Trajectory
from plasticity.pruning import Graph, Pruned, Uniform, lif_gain, lif_rate

BOTH = ("exc", "inh")
GAMMA = {"gamma": {"shape": 3, "mean": "20 ms", "low": "2 ms", "high": "200 ms"}}
SHORT = {"gamma": {"shape": 3, "mean": "10 ms", "low": "2 ms", "high": "200 ms"}}


@pytest.fixture
def balanced(specify):
    """Describe a heterogeneous network of excitatory and inhibitory cells that learns."""
    cells = {
        "exc": {"model": "lif", "size": 12, "parameters": {"tau_m": GAMMA, "I_e": "260 pA"}},
        "inh": {"model": "lif", "size": 4, "parameters": {"tau_m": SHORT, "I_e": "240 pA"}},
    }
    constants = {"tau_plus": GAMMA, "A_plus": {"uniform": {"low": 0.004, "high": 0.006}}}
    rule = {"rule": "stdp_pair", "w_min": "0 pA", "w_max": "80 pA", **constants}
    projections = {
        "ee": joined("exc", "exc", {"uniform": {"low": "10 pA", "high": "40 pA"}}, rule),
        "ei": joined("exc", "inh", "30 pA"),
        "ie": joined("inh", "exc", "-60 pA"),
    }
    return specify(cells, projections, dt="0.1 ms")


def joined(source: str, target: str, weight: object, rule: object = None) -> dict:
    drawn = {"uniform": {"low": "1 ms", "high": "4 ms"}}
    synapse = {"model": "exponential", "weight": weight, "delay": drawn if rule else "1 ms"}
    random = {"rule": "pairwise_bernoulli", "p": 0.5, "allow_autapses": False}
    found = {"source": source, "target": target, "synapse": synapse, "connectivity": random}
    return {**found, "plasticity": rule} if rule else found


@pytest.fixture(autouse=True)
def engine():
    """Switch Brian2 on, without a compiler."""
    with activate("brian2", target="numpy"):
        yield


def trains(built: Built, duration: float = 0.05) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    heard = {name: listen(built, name) for name in BOTH}
    simulate(built.network, [Stretch("run", duration)])
    return {name: (np.array(each.t_[:]), np.array(each.i[:])) for name, each in heard.items()}


def test_twin_has_the_means_and_the_same_synapses(balanced):
    twin = homogeneous(balanced)
    assert twin.populations["exc"].parameters["tau_m"] == Quantity(0.02, TIME)
    assert twin.populations["inh"].parameters["tau_m"] == Quantity(0.01, TIME)
    learnt = twin.projections["ee"].plasticity.parameters
    assert learnt["tau_plus"] == Quantity(0.02, TIME)
    assert learnt["A_plus"].value == pytest.approx(0.005)
    assert balanced.populations["exc"].parameters["tau_m"].kind == "gamma"
    whole, plain = build(balanced), build(twin)
    drawn = recurrent(whole, BOTH).tau
    assert np.ptp(drawn[:12]) > 0.005
    assert np.array_equal(recurrent(plain, BOTH).tau, np.repeat([0.02, 0.01], [12, 4]))
    for name in balanced.projections:
        assert np.array_equal(whole.edges[name].source, plain.edges[name].source)
        assert np.array_equal(whole.edges[name].target, plain.edges[name].target)
        assert np.array_equal(whole.weights(name), plain.weights(name))
        assert np.array_equal(whole.delays[name], plain.delays[name])


def test_means_and_shifts_of_distributions():
    low, high = parse("2 ms"), parse("6 ms")
    uniform = Distribution("uniform", {"low": low, "high": high})
    listed = Distribution("values", values=(low, high))
    assert mean(uniform).value == mean(listed).value == pytest.approx(4e-3)
    for value in (uniform, listed, parse("4 ms"), Distribution("normal", {"mean": parse("4 ms")})):
        assert mean(shifted(value, 1e-3)).value == pytest.approx(5e-3)
    with pytest.raises(SpecError, match="cannot be moved"):
        shifted(Distribution("gamma", {"shape": parse("3"), "mean": low}), 1e-3)


def test_arrays_are_those_of_the_populations(balanced):
    built = build(balanced)
    found = recurrent(built, BOTH)
    assert found.projections == ("ee", "ei", "ie")
    assert found.graph.size == 16
    of_ie = found.graph.group == 2
    assert np.array_equal(found.graph.source[of_ie], 12 + built.edges["ie"].source)
    assert np.array_equal(found.graph.target[of_ie], built.edges["ie"].target)
    # 100 Mohm times the current of a synapse, or of the bias; from -70 mV on.
    np.testing.assert_allclose(found.weight[of_ie], -6e-3)
    np.testing.assert_allclose(found.weight[found.graph.group == 0], 1e8 * built.weights("ee"))
    np.testing.assert_allclose(found.current, np.repeat([0.026, 0.024], [12, 4]))
    np.testing.assert_allclose([found.threshold, found.reset], np.full((2, 16), [[0.02], [0.005]]))
    assert np.all(found.tau_syn == 5e-3)
    alone = recurrent(built, ("inh",))
    assert alone.graph.n_edges == 0
    other = replace(balanced.populations["exc"].model, name="other")
    changed = replace(balanced.populations["exc"], model=other)
    built.spec = replace(balanced, populations={"exc": changed})
    with pytest.raises(SpecError, match="model 'other'; needed: lif"):
        recurrent(built, ("exc",))


def test_exact_network_spikes_when_the_simulated_one_does(balanced):
    projections = {
        name: replace(each, plasticity=None, synapse=replace(each.synapse, delay=parse("0 ms")))
        for name, each in balanced.projections.items()
    }
    dt = 2e-5
    simulation = replace(balanced.simulation, dt=Quantity(dt, TIME))
    built = build(replace(balanced, projections=projections, simulation=simulation))
    found = recurrent(built, BOTH)
    exact = Trajectory(found.lif_network(), np.zeros(16)).run(1000, 0.04)
    simulated = trains(built, 0.04)
    times = np.concatenate([simulated["exc"][0], simulated["inh"][0]])
    cells = np.concatenate([simulated["exc"][1], 12 + simulated["inh"][1]])
    assert len(exact.times) > 10
    for cell in range(16):
        ours = exact.times[exact.neurons == cell]
        # Each spike so far is late by up to a step, and so is what it does.
        assert times[cells == cell] == pytest.approx(ours, abs=10 * dt)


def test_gains_are_those_at_the_working_point(balanced):
    found = recurrent(build(balanced), BOTH)
    rate = np.linspace(5, 20, 16)
    dynamics = found.dynamics(rate)
    onto = found.graph.target == 3
    charge = found.weight[onto] * 5e-3
    by = rate[found.graph.source[onto]]
    ends = {"threshold": 0.02, "reset": 0.005, "refractory": 2e-3}
    known = lif_gain(
        0.026 + charge @ by, found.tau[3], **ends, noise=np.sqrt(charge**2 @ by / found.tau[3])
    )
    assert dynamics.gain[3] == pytest.approx(known * 5e-3)
    silent = found.dynamics(np.zeros(16))
    assert silent.gain[15] == pytest.approx(lif_gain(0.024, found.tau[15], **ends) * 5e-3)


def test_compact_network_runs_as_the_one_whose_synapses_were_removed(balanced):
    removed = build(balanced)
    network = recurrent(removed, BOTH)
    pruned = Uniform()(network.weight, network.graph, None, 0.5, np.random.default_rng(0))
    for number, name in enumerate(network.projections):
        remove_synapses(removed, name, pruned.mask[network.graph.group == number])
    # Constants of learning that differ between synapses would be drawn anew.
    frozen = replace(balanced.projections["ee"], plasticity=None)
    spec = replace(balanced, projections={**balanced.projections, "ee": frozen})
    described, graphs = compact(spec, network, pruned)
    compacted = build(described, graphs=graphs)
    for name in network.projections:
        assert len(compacted.synapses[name]) == len(removed.synapses[name])
        left = removed.weights(name)[removed.alive[name]]
        np.testing.assert_allclose(compacted.weights(name), left, rtol=1e-12)
    removed.synapses["ee"].learning = 0
    ours, theirs = trains(compacted), trains(removed)
    assert len(ours["exc"][0]) > 10
    for name in BOTH:
        assert np.array_equal(ours[name], theirs[name])


def test_added_edges_and_time_constants_come_into_the_network(balanced):
    built = build(balanced)
    network = recurrent(built, BOTH)
    n, graph = network.graph.n_edges, network.graph
    there = set(zip(graph.source.tolist(), graph.target.tolist(), strict=True))
    new = next((0, k) for k in range(12, 16) if (0, k) not in there)
    added, tau = Graph(*np.array([new]).T, 16), np.linspace(0.01, 0.025, 16)
    pruned = Pruned(
        np.ones(n, dtype=bool), network.weight, added=added, added_weight=np.array([2e-3]), tau=tau
    )
    described, graphs = compact(balanced, network, pruned)
    after = recurrent(build(described, graphs=graphs), BOTH)
    assert after.graph.n_edges == n + 1
    place = np.flatnonzero((after.graph.source == new[0]) & (after.graph.target == new[1]))
    assert after.weight[place] == pytest.approx(2e-3)
    assert after.delay[place] == pytest.approx(1e-3)
    np.testing.assert_allclose(after.tau, tau)
    before = dict(zip(zip(graph.source, graph.target, strict=True), network.delay, strict=True))
    for source, target, delay in zip(
        after.graph.source, after.graph.target, after.delay, strict=True
    ):
        assert delay == pytest.approx(before.get((source, target), 1e-3))
    among = replace(pruned, added=Graph(np.array([12]), np.array([13]), 16))
    with pytest.raises(SpecError, match="no projection joins"):
        compact(balanced, network, among)


def test_graph_of_the_whole_is_cut_into_projections(balanced):
    rng = np.random.default_rng(1)
    matrix = rng.random((16, 16)) < 0.3
    matrix[12:, 12:] = False
    built = build(balanced, graphs=graphs_of(csr_array(matrix), balanced, BOTH))
    found = recurrent(built, BOTH).graph
    again = coo_array((np.ones(found.n_edges, dtype=bool), (found.source, found.target)), (16, 16))
    assert np.array_equal(again.toarray(), matrix)
    assert np.ptp(built.weights("ee")) > 1e-11
    with pytest.raises(SpecError, match="no projection joins"):
        graphs_of(csr_array(np.ones((16, 16))), balanced, BOTH)
    with pytest.raises(SpecError, match="shape"):
        graphs_of(csr_array(matrix[1:, 1:]), balanced, BOTH)


def test_rate_is_matched_by_bias(specify):
    spec = specify(
        {"cells": {"model": "lif", "size": 8, "parameters": {"tau_m": SHORT, "I_e": "0 pA"}}},
        dt="0.5 ms",
    )
    found = match_rate(spec, "cells", 40.0, (180e-12, 400e-12), duration=0.2)
    assert found.rate == pytest.approx(40.0, abs=8 / (8 * 0.2))
    assert spec.populations["cells"].parameters["I_e"].value == 0
    assert found.spec.populations["cells"].parameters["I_e"].value == found.shift
    tau = recurrent(build(spec), ("cells",)).tau
    theory = lif_rate(1e8 * found.shift, tau, 0.02, 0.005, 2e-3)
    # From rest to the first spike takes longer than from reset, and the last interval is cut.
    assert 0 < theory.mean() - found.rate < 1.2 / 0.2
    again = mean_rate(found.spec, "cells", duration=0.2)
    assert again == found.rate


def test_rate_out_of_reach_and_unknown_names_are_refused(specify):
    spec = specify({"cells": {"model": "lif", "size": 2}}, dt="0.5 ms")
    with pytest.raises(SpecError, match="on either side"):
        match_rate(spec, "cells", 1e4, (0.0, 1e-12), duration=0.01)
    with pytest.raises(SpecError, match="unknown population 'cell'; did you mean 'cells'"):
        match_rate(spec, "cell", 1.0, (0.0, 1e-12), duration=0.01)
    with pytest.raises(SpecError, match="unknown parameter 'I_x'"):
        with_parameter(spec, "cells", "I_x", parse("1 pA"))
