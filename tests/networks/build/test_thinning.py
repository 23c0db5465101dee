"""Projections pruned when a network is built: what stays, with what weight, and that it runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from networks.build import build, layers_of
from networks.build.compaction import compact
from networks.build.outlets import make_outlets, mark_pruned, write_graph
from networks.build.recurrent import recurrent
from networks.spec import Recording
from networks.streams import stream_names
from neuro.engines.activation import activate
from neuro.engines.brian import brian2
from neuro.engines.simulation import Stretch, simulate
from neuro.errors import SpecError
from neuro.recording import Header, Recorder, read
from plasticity.pruning import NoiseDriven, Uniform

N_EXC, N_INH = 40, 10
#: Of excitatory cells, none onto itself.
N_PAIRS = N_EXC * (N_EXC - 1)
SPREAD = {"uniform": {"low": "1 pA", "high": "40 pA"}}
BELOW = {"uniform": {"low": "-60 pA", "high": "-10 pA"}}
RULES = [
    {"rule": "random"},
    {"rule": "random", "rescale": True},
    {"rule": "magnitude"},
    {"rule": "sketch"},
    {"rule": "sketch", "power": 2},
    {"rule": "lyapunov_noise"},
    {"rule": "lyapunov_noise", "rescale": False, "rate": "30 Hz"},
]


def name_of(rule):
    return "-".join(str(value) for value in rule.values())


@pytest.fixture
def network(specify):
    """Describe a network of two populations whose projections are pruned as a test says."""

    def describe(record=(), bias="240 pA", **pruning):
        cells = {
            "noise": {"model": "poisson", "size": 20, "parameters": {"rate": "50 Hz"}},
            "exc": {"model": "lif", "size": N_EXC, "parameters": {"I_e": bias}},
            "inh": {"model": "lif", "size": N_INH, "parameters": {"I_e": bias}},
        }
        ends = {
            "drive": ("noise", "exc", SPREAD),
            "ee": ("exc", "exc", SPREAD),
            "ei": ("exc", "inh", SPREAD),
            "ie": ("inh", "exc", BELOW),
        }
        late = {"uniform": {"low": "1 ms", "high": "6 ms"}}
        projections = {
            name: {
                "source": source,
                "target": target,
                "connectivity": {"rule": "all_to_all", "allow_autapses": False},
                "synapse": {"model": "exponential", "weight": weight, "delay": late},
                **({"pruning": pruning[name]} if name in pruning else {}),
            }
            for name, (source, target, weight) in ends.items()
        }
        return specify(cells, projections, record=record)

    return describe


@pytest.fixture(autouse=True)
def engine():
    """Switch Brian2 on, without a compiler."""
    with activate("brian2", target="numpy"):
        yield


@pytest.mark.parametrize("rule", RULES, ids=name_of)
@pytest.mark.parametrize("density", [0.1, 0.6, 1.0])
def test_what_stays_is_as_dense_as_asked_and_obeys_dale(network, rule, density):
    pruning = {**rule, "density": density}
    whole, built = build(network()), build(network(ee=pruning, ie=pruning))
    for name, sign in (("ee", 1), ("ie", -1)):
        before, after, alive = whole.weights(name), built.weights(name), built.alive[name]
        np.testing.assert_array_equal(after != 0, alive)
        np.testing.assert_array_equal(np.sign(after[alive]), sign)
        if rule["rule"] in ("random", "magnitude"):
            assert alive.sum() == round(density * len(alive))
        else:
            # A sum of independent draws varies less than a binomial count: 4 deviations.
            near = 4 * np.sqrt(len(alive) * density * (1 - density))
            assert alive.sum() == pytest.approx(density * len(alive), abs=near + 1e-9)
        is_rescaled = rule["rule"] == "sketch" or rule.get("rescale", rule["rule"] != "random")
        if rule["rule"] == "magnitude" or not is_rescaled or density == 1:
            np.testing.assert_allclose(after[alive], before[alive], rtol=1e-12)
        else:
            # Divided by chances: none weaker, nearly all stronger, the sum about what it was.
            assert np.all(np.abs(after[alive]) >= (1 - 1e-12) * np.abs(before[alive]))
            assert abs(after.sum()) > 1.5 * abs(before[alive].sum()) or density > 0.5
            assert after.sum() == pytest.approx(before.sum(), rel=0.5)
    np.testing.assert_array_equal(built.weights("ei"), whole.weights("ei"))


def test_random_pruning_divides_by_the_density_and_magnitude_keeps_the_largest(network):
    rules = (
        {"rule": "random", "density": 0.25, "rescale": True},
        {"rule": "magnitude", "density": 0.3},
    )
    whole, built = build(network()), build(network(ee=rules[0], ei=rules[1]))
    alive = built.alive["ee"]
    np.testing.assert_array_equal(built.weights("ee")[alive], whole.weights("ee")[alive] / 0.25)
    before, alive = whole.weights("ei"), built.alive["ei"]
    assert before[alive].min() > before[~alive].max()


def test_sketch_divides_by_chances_that_go_as_a_power_of_the_weight(network):
    whole = build(network())
    built = build(network(ee={"rule": "sketch", "density": 0.2, "power": 2}))
    before, alive = whole.weights("ee"), built.alive["ee"]
    share = before[alive] / built.weights("ee")[alive] / before[alive] ** 2
    below = before[alive] < 0.7 * before.max()
    np.testing.assert_allclose(share[below], share[below][0], rtol=1e-12)


def test_seed_and_name_draw_and_pruning_moves_no_other_draw(network):
    half = {"rule": "random", "density": 0.5}
    one, same = build(network(ee=half)), build(network(ee=half, ie=half))
    np.testing.assert_array_equal(one.alive["ee"], same.alive["ee"])
    np.testing.assert_array_equal(one.delays["ee"], build(network()).delays["ee"])
    assert "projections.ee.pruning" in set(stream_names(network(ee=half)))
    other = build(replace(network(ee=half), seed=2))
    assert np.any(one.alive["ee"] != other.alive["ee"])


def test_noise_rule_in_a_silent_network_is_a_sketch(network):
    """Without gain every neuron answers to its own noise alone: chances go as weights."""
    quiet = {"rule": "lyapunov_noise", "density": 0.2, "rate": "0 Hz"}
    spec = network(bias="0 pA", ee=quiet)
    drive = {n: p for n, p in spec.projections.items() if n != "drive"}
    silent = build(replace(spec, projections=drive))
    sketch = build(network(ee={"rule": "sketch", "density": 0.2}))
    # The rule draws for the edges of the whole network, those of the first projection first.
    np.testing.assert_array_equal(silent.alive["ee"], sketch.alive["ee"])
    np.testing.assert_allclose(silent.weights("ee"), sketch.weights("ee"), rtol=1e-9)


def test_noise_rule_sees_the_whole_network_and_the_mean_input(network):
    given = {"rule": "lyapunov_noise", "density": 0.4, "rate": "12 Hz"}
    whole, built = build(network()), build(network(ie=given))
    found = recurrent(whole, ("exc", "inh"))
    edges, tau = whole.edges["drive"], 5e-3
    outside = np.zeros(N_EXC + N_INH)
    # Rate times weight times time constant of the synapse, times the resistance of 100 Mohm.
    np.add.at(outside, edges.target, 50 * whole.weights("drive") * tau * 1e8)
    dynamics = found.dynamics(np.full(N_EXC + N_INH, 12.0), outside)
    rule = NoiseDriven(group=found.projections.index("ie"))
    rng = whole.streams("projections.ie.pruning")
    pruned = rule(found.weight, found.graph, dynamics, 0.4, rng)
    mine = found.graph.group == found.projections.index("ie")
    np.testing.assert_array_equal(built.alive["ie"], pruned.mask[mine])
    np.testing.assert_allclose(built.weights("ie"), pruned.weight[mine] / 1e8, rtol=1e-12)
    assert pruned.mask[~mine].all()


def test_pruned_synapses_are_not_made_and_the_network_runs_as_one_that_silences_them(network):
    half = {"rule": "random", "density": 0.5}
    outcomes = []
    for spec in (network(("exc.spikes",), ee=half), network(("exc.spikes",))):
        built = build(spec)
        alive = build(network(ee=half)).alive["ee"]
        if built.alive["ee"].all():
            built.synapses["ee"].weight = np.where(alive, built.weights("ee"), 0) * brian2.amp
        else:
            assert len(built.synapses["ee"]) == alive.sum() == N_PAIRS / 2
        simulate(built.network, [Stretch("run", 0.1)])
        monitor = built.monitors["exc_spikes"].monitor
        outcomes.append((np.array(monitor.t_[:]), np.array(monitor.i[:])))
    assert len(outcomes[0][0]) > 50
    for found, wanted in zip(*outcomes, strict=True):
        np.testing.assert_array_equal(found, wanted)


def test_network_of_which_nothing_is_left_runs(network):
    built = build(network(ie={"rule": "random", "density": 0.001}))
    assert not built.alive["ie"].any()
    simulate(built.network, [Stretch("run", 0.005)])
    assert not built.weights("ie").any()


@pytest.mark.slow  # compiles a network for engine numba
def test_engines_prune_alike(network):
    pruning = {"density": 0.3}
    rules = {"ee": "lyapunov_noise", "ei": "sketch", "ie": "magnitude", "drive": "random"}
    given = {name: {"rule": rule, **pruning} for name, rule in rules.items()}
    found = []
    for name in ("brian2", "numba"):
        with activate(name, target="numpy"):
            built = build(network(("exc.spikes",), **given))
            simulate(built.network, [Stretch("run", 0.1)])
            monitor = built.monitors["exc_spikes"].monitor
            state = [built.weights(each) for each in rules]
            found.append([np.array(monitor.t_[:]), np.array(monitor.i[:]), *state])
    assert len(found[0][0]) > 20
    for left, right in zip(*found, strict=True):
        np.testing.assert_array_equal(left, right)


@pytest.mark.parametrize("records", [True, False])
def test_recording_marks_what_was_pruned(network, tmp_path, records):
    spec = network(ee={"rule": "magnitude", "density": 0.25})
    if records:
        each = Recording("w", projection="ee", variable="weight")
        spec = replace(spec, recordings={"w": each})
    built = build(spec)
    with Recorder(tmp_path / "run.h5", Header("", "{}", {}, {})) as recorder:
        write_graph(built, recorder)
        mark_pruned(built, recorder)
        simulate(
            built.network, [Stretch("run", 0.002)], make_outlets(built, recorder, lambda *_: None)
        )
    with read(tmp_path / "run.h5") as recording:
        found, edges = recording.weights("ee"), recording.edges("ee")
        assert len(edges.source_ids) == N_PAIRS
        for alive, data in zip(found.alive, found.data, strict=True):
            np.testing.assert_array_equal(alive, built.alive["ee"])
            np.testing.assert_array_equal(data, built.weights("ee"))
        assert found.alive[0].mean() == 0.25
        np.testing.assert_array_equal(edges.weight, built.weights("ee"))


def test_what_is_pruned_again_and_compacted_is_pruned_once(network):
    spec = network(ee={"rule": "random", "density": 0.5})
    first = recurrent(build(spec), ("exc", "inh"))
    assert first.graph.n_edges == N_PAIRS / 2 + 2 * N_EXC * N_INH
    rng = np.random.default_rng(0)
    pruned = Uniform()(first.weight, first.graph, first.dynamics(np.zeros(50)), 0.5, rng)
    smaller, graphs = compact(spec, first, pruned)
    again = recurrent(build(smaller, graphs=graphs), ("exc", "inh"))
    assert again.graph.n_edges == pruned.mask.sum()
    np.testing.assert_allclose(
        np.sort(again.weight), np.sort(pruned.weight[pruned.mask]), rtol=1e-12
    )


def test_weights_that_outgrow_their_learning_rule_are_refused(specify):
    synapse = {"model": "exponential", "weight": "40 pA"}
    ends = {"source": "a", "target": "a", "synapse": synapse}
    learning = {"rule": "stdp_pair", "w_min": "0 pA", "w_max": "60 pA"}
    pruning = {"rule": "random", "density": 0.5, "rescale": True}
    cells = {"a": {"model": "lif", "size": 6}}
    rec = {**ends, "plasticity": learning, "pruning": pruning}
    with pytest.raises(SpecError, match=r"projections.a_a.synapse.weight: .* exceed w_max"):
        build(specify(cells, {"a_a": rec}))
    build(specify(cells, {"a_a": {**rec, "pruning": {"rule": "random", "density": 0.5}}}))


def test_clocked_layers_are_pruned_as_the_network_is(specify):
    cells = {
        "noise": {"model": "poisson", "size": 12, "parameters": {"rate": "50 Hz"}},
        "out": {"model": "clocked", "size": 8},
    }
    spread = {"uniform": {"low": "0.1 mV", "high": "1 mV"}}
    synapse = {"model": "delta", "target": "J", "weight": spread, "delay": "0 ms"}
    pruning = {"rule": "random", "density": 0.25, "rescale": True}
    ends = {"source": "noise", "target": "out", "synapse": synapse}
    spec = specify(cells, {"up": {**ends, "pruning": pruning}}, dt="1 ms")
    built, (layer,) = build(spec), layers_of(spec, dtype=np.float64)
    assert np.count_nonzero(layer.weight) == 24
    np.testing.assert_array_equal(layer.weight.ravel(), built.weights("up"))
