"""One pruned network, many tasks: what rules see, what is left, and that runs go on."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.sparse import csr_array

from experiments import SETTINGS, runner
from experiments.figures import NothingToDrawError, mask_transfer, pareto
from experiments.progress import Silent
from experiments.resumption import resume
from experiments.sweep.collection import Collection
from experiments.sweep.points import Point
from experiments.transfer import mask_tasks, matching, methods, pruning, series_tasks, transfer
from experiments.transfer.mask_tasks import MASK_TASKS, trainer
from experiments.transfer.metrics import DEFINITIONS, HEADLINES
from experiments.transfer.pruning import prune, pruned_circuit, remembered, told, whole
from experiments.transfer.reservoir import Circuit, Reservoir
from experiments.transfer.settings import CHOSEN_FOR, METHODS, TASKS, Lessons, LnpTransfer
from networks.config import load
from neuro.engines.activation import activate
from neuro.errors import Interrupted, SpecError
from neuro.recording import Metric, Status, checkpoint_path, read
from neuro.units import parse
from plasticity.pruning import Bayesian, Graph, Pruned, Uniform

BLIND = [name for name in METHODS if name not in CHOSEN_FOR]
CONFIG = """
schema_version: 1
name: small
seed: 3
simulation: {dt: 1 ms, engine: brian2}
populations:
  exc:
    model: lif
    size: 16
    parameters: &cell
      V_reset: -70 mV
      I_e: {uniform: {low: 160 pA, high: 220 pA}}
      tau_m: {gamma: {shape: 3, mean: 20 ms, low: 4 ms, high: 200 ms}}
  inh: {model: lif, size: 4, parameters: *cell}
projections:
  ee:
    source: exc
    target: exc
    connectivity: &random {rule: pairwise_bernoulli, p: 0.4, allow_autapses: false}
    synapse: &excites {model: exponential, weight: {uniform: {low: 0 pA, high: 90 pA}}, delay: 0 ms}
  ei: {source: exc, target: inh, connectivity: *random, synapse: *excites}
  ie:
    source: inh
    target: exc
    connectivity: *random
    synapse: {model: exponential, weight: {uniform: {low: -200 pA, high: 0 pA}}, delay: 0 ms}
experiment:
  kind: lnp_transfer
  method: random
  density: 0.5
  tasks: [memory, parity]
  hold: 4 ms
  steps: 60
  washout: 20
  delays: 5
  starts: 1
  free: 10
  counted: 10
  exponents: 0
  search: 2
  trials: 2
  lessons: {batches: 2, epochs: 2, last: 3, sequences: 8, strings: 40}
"""


def configuration(folder: Path, name: str = "run.h5", *overrides: str):
    config = folder / "small.yaml"
    config.write_text(CONFIG)
    return load(config, (f"output.path={folder / name}", *overrides), experiments=SETTINGS)


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    """Describe a small network, Brian2 switched on without a compiler."""
    with activate("brian2", target="numpy"):
        yield configuration(tmp_path_factory.mktemp("described")).spec


@pytest.fixture(scope="module")
def begun(spec):
    return whole(spec, spec.experiment, spec.seed)


def test_rules_without_a_task_come_to_no_data_or_label(spec, begun, monkeypatch):
    def out_of_reach(*_given, **_named):
        raise AssertionError("a rule has come to a task")

    for module, name in (
        (series_tasks, "load_images"), (series_tasks, "series"), (series_tasks, "memory_capacity"),
        (mask_tasks, "draw_strings"), (mask_tasks, "Lesson"), (series_tasks.Asked, "rng"),
    ):  # fmt: skip
        monkeypatch.setattr(module, name, out_of_reach)
    monkeypatch.setattr(pruning, "matched", lambda circuit, *_: (circuit, None))
    fading = np.linspace(-50, -5, begun.network.graph.size)
    monkeypatch.setattr(pruning, "neuron_exponents", lambda *_: fading)
    monkeypatch.setattr(pruning, "trajectory_of", lambda *_: type("Settled", (), {"time": 1.0}))
    for method in BLIND:
        found = prune(begun, replace(spec.experiment, method=method), spec.seed)
        assert len(found.mask) == begun.network.graph.n_edges
    for method in CHOSEN_FOR:
        with pytest.raises(AssertionError, match="come to a task"):
            prune(begun, replace(spec.experiment, method=method), spec.seed)


def test_network_without_synapses_spikes_as_with_synapses_of_weight_0(spec, begun):
    network = begun.network
    mask = np.random.default_rng(1).random(network.graph.n_edges) < 0.3
    weight = np.where(mask, 2 * network.weight, 0)
    inputs = np.random.default_rng(2).standard_normal((40, 1))
    drive = matching.input_weights(spec.experiment, 5, "memory", 1, network.graph.size)
    found = []
    for left in (mask, np.ones_like(mask)):
        circuit = pruned_circuit(begun, Pruned(left, weight))
        reservoir = Reservoir(circuit, 0.01, 0.02, 40)
        found.append(reservoir.present(inputs, drive))
        n_built = sum(map(len, reservoir._built.synapses.values()))
        assert n_built == left.sum()
    (first, spikes), (second, others) = found
    assert spikes.sum() > 20
    assert np.array_equal(spikes, others)
    assert np.array_equal(first, second)


def test_states_of_neurons_without_synapses_are_those_of_the_equation(spec):
    n, hold, trace = 20, 0.01, 0.02
    none = {name: np.zeros((spec.populations[p.source].size, spec.populations[p.target].size))
            for name, p in spec.projections.items()}  # fmt: skip
    graphs = {name: csr_array(each) for name, each in none.items()}
    circuit = Circuit(spec, graphs, ("exc", "inh"), np.ones(n, dtype=bool), shift=-300e-12)
    weight = np.linspace(10e-12, 200e-12, n)[None]
    reservoir = Reservoir(circuit, hold, trace, 3)
    states, counts = reservoir.present(np.array([[1.0], [0.0], [0.5]]), weight)
    network = matching.taken(circuit)
    v = np.zeros(n)
    for step, value in enumerate((1.0, 0.0, 0.5)):
        rest = network.current + 1e8 * value * weight[0]
        v = rest + (v - rest) * np.exp(-hold / network.tau)
        # The midpoint method leaves (dt / tau)^2 / 6 of what is still to come, of tau 4 ms: 1 %.
        np.testing.assert_allclose(states[step, :n], v, atol=0.01 * np.abs(rest).max())
    assert not states[:, n:].any()
    assert not counts.any()
    reservoir.shift_to(400e-12)
    states, counts = reservoir.present(np.zeros((2, 1)), weight)
    assert counts.sum(axis=0).min() >= 1
    first, second = states[:, n:]
    assert np.array_equal(first, counts[0])  # a spike counts 1 at the end of its step
    np.testing.assert_allclose(second - first * np.exp(-hold / trace), counts[1], atol=1e-12)


def test_forecast_is_told_the_states_that_the_same_series_would_lead_to(begun, spec):
    n = begun.network.graph.size
    weight = matching.input_weights(spec.experiment, 5, "memory", 2, n)
    series = np.random.default_rng(3).standard_normal((30, 2))
    reservoir = Reservoir(begun.circuit, 0.01, 0.02, 40)
    told = []

    def drive(step, state):
        told.append(state)
        return series[step]

    reservoir.forecast(30, drive, weight)
    states, counts = reservoir.present(series, weight)
    assert counts.sum() > 20
    assert np.array_equal(told[1:], states[:-1])
    # Nothing of one series is left in the next.
    assert np.array_equal(reservoir.present(series[:20], weight)[0], states[:20])


@pytest.mark.slow(reason="the compiled loop of a network is made, twice")
def test_networks_of_a_process_that_runs_many_points_do_not_pile_up(spec, begun):
    weight = matching.input_weights(spec.experiment, 5, "memory", 1, begun.network.graph.size)
    gone = []
    with activate("numba"):
        for _ in range(2):
            reservoir = Reservoir(begun.circuit, 0.01, 0.02, 4)
            reservoir.present(np.ones((4, 1)), weight)
            reservoir.forecast(4, lambda *_: np.ones(1), weight)
            gone.append(weakref.ref(reservoir))
            del reservoir
        gc.collect()
    assert [each() for each in gone] == [None, None]


def test_neuron_that_was_nearly_silent_in_training_does_not_decide_later(spec):
    steps = 400
    inputs = np.random.default_rng(6).uniform(-1, 1, steps)
    told = np.stack([np.roll(inputs, d) for d in range(3)], axis=1)
    rare = 1e-6 * np.random.default_rng(7).standard_normal(steps)
    rare[-50] = 1.0
    settings = replace(spec.experiment, steps=steps, washout=20, delays=2)
    asked = series_tasks.Asked(None, settings, 1)
    states = np.concatenate([told, rare[:, None]], axis=1)
    asked.__dict__["answer"] = series_tasks.Answer(inputs, states, np.zeros(1))
    # Both delays stand in the states themselves; chance is taken from each.
    assert series_tasks.memory(asked)["mc"] > 1.9


def test_all_networks_fire_alike_and_get_the_same_inputs(spec, begun):
    settings = replace(spec.experiment, homogeneous=True, counted=25)
    network = whole(spec, settings, spec.seed)
    # A spike more of each neuron in 0.1 s would be 10 Hz: a quarter of them may spike together.
    assert network.rate.mean() == pytest.approx(12.0, abs=2.5)
    assert np.ptp(network.network.tau[:16]) == 0 < np.ptp(begun.network.tau[:16])
    assert np.array_equal(network.network.weight, begun.network.weight)
    drawn = [
        matching.input_weights(replace(settings, method=m), 3, "rows", 8, 20) for m in BLIND[:2]
    ]
    assert np.array_equal(*drawn)
    assert (drawn[0] != 0).any(axis=0).sum() == 8  # 0.4 of the neurons


def test_mask_for_a_task_is_the_best_of_those_that_would_be_drawn_without(spec, begun):
    network, settings = begun.network, spec.experiment
    given = network.weight, network.graph, network.dynamics(begun.rate), 0.5
    plain = [Uniform()(*given, rng) for rng in [np.random.default_rng(4)] for _ in range(3)]
    seen = []

    def score(task, found):
        seen.append((task, found.mask))
        return [1.0, 3.0, 2.0][len(seen) - 1]

    sight = methods.Sight(trainer(network.graph, settings.lessons, 1), score)
    asked = replace(settings, method="search_rows", search=3)
    chosen = methods.rule_of(asked, (), sight)(*given, np.random.default_rng(4))
    assert [task for task, _ in seen] == ["rows"] * 3
    assert all(np.array_equal(mask, p.mask) for (_, mask), p in zip(seen, plain, strict=True))
    assert np.array_equal(chosen.mask, plain[1].mask)


def test_mask_is_chosen_by_other_data_than_are_reported(spec, begun, monkeypatch):
    drawn = []

    def look(asked):
        drawn.append(asked.rng("rows").random())
        return drawn[-1]

    monkeypatch.setattr(pruning, "matched", lambda circuit, *_: (circuit, None))
    monkeypatch.setattr(pruning, "CHOICES", {"rows": look})
    settings = replace(spec.experiment, method="search_rows", search=2)
    prune(begun, settings, spec.seed)
    assert (
        drawn[0] == drawn[1] != series_tasks.Asked(None, settings, spec.seed).rng("rows").random()
    )


def study(spec, begun, found):
    """Return a study of what would be left, no neuron of which reaches threshold."""
    circuit = replace(pruned_circuit(begun, found), shift=-1e-9)
    asked = series_tasks.Asked(SimpleNamespace(circuit=circuit), spec.experiment, spec.seed)
    return transfer.Study(spec.experiment, spec.seed, begun, found, asked)


def test_exponents_after_pruning_are_those_of_what_is_left(spec, begun):
    n = begun.network.graph.n_edges
    settings = replace(
        spec.experiment, exponents=40, spectrum=parse("50 ms"), settling=parse("0.2 s"),
        drive=parse("1 pA"),
    )  # fmt: skip
    none = Pruned(np.zeros(n, dtype=bool), np.zeros(n))
    silent = replace(study(spec, begun, none), settings=settings)
    found = transfer._exponents(silent)
    # Nothing is left that couples: each potential and current goes as its own constant has it.
    own = np.sort(-1 / np.concatenate([begun.network.tau, begun.network.tau_syn]))[::-1]
    # Vectors need long to tell neighbours among them apart, volumes do not.
    np.testing.assert_allclose(found["lyapunov_exponents"].sum(), own.sum(), rtol=1e-9)
    np.testing.assert_allclose(found["lyapunov_exponents"], own, rtol=0.2)
    assert found["lambda_max"] == found["lyapunov_exponents"][0]
    assert 0 < found["lambda_max_error"] < 1
    assert found["lyapunov_record"].shape == (len(found["lyapunov_times"]), 40)
    assert found["lyapunov_times"][-1] == pytest.approx(0.05, abs=0.003)  # whole steps
    # The whole network fires: whatever its exponents are, they are others.
    assert np.abs(found["lyapunov_exponents_before"] - own).max() > 1


def test_few_spikes_are_followed_without_a_compiler_to_the_same_exponents(spec, begun, monkeypatch):
    settings = replace(spec.experiment, exponents=3, spectrum=parse("0.2 s"))
    settings = replace(settings, settling=parse("50 ms"))
    given = begun.network, begun.circuit.stays, settings, spec.seed
    few = matching.exponents(*given)
    monkeypatch.setattr(matching, "FEW_SPIKES", 0)
    np.testing.assert_allclose(matching.exponents(*given).record, few.record, rtol=1e-6, atol=1e-6)


def test_operations_are_counted_at_the_synapses_that_a_spike_leaves_by():
    # Neuron 0 has three synapses and is reached by none.
    graph = Graph(np.array([0, 0, 0, 1]), np.array([1, 2, 3, 2]), 4)
    found = transfer._with_operations(
        SimpleNamespace(graph=graph), {"mc": 1.0, "spikes": np.array([5.0, 2.0, 7.0, 0.0])}
    )
    assert found == {"mc": 1.0, "synaptic_operations": 3 * 5.0 + 2.0}


def test_weights_that_learn_are_refused(tmp_path):
    text = CONFIG.replace(
        "delay: 0 ms}\n  ei:", "delay: 0 ms}\n    plasticity: {rule: stdp_pair, w_max: 1 nA}\n  ei:"
    )
    assert text != CONFIG
    (tmp_path / "learns.yaml").write_text(text)
    with pytest.raises(SpecError, match=r"projections.ee.plasticity: weights are frozen"):
        load(tmp_path / "learns.yaml", (), experiments=SETTINGS)


def test_rate_out_of_reach_is_told_with_its_place(spec, begun):
    with pytest.raises(SpecError, match=r"experiment.rate: .* either side of 9000 Hz"):
        whole(spec, replace(spec.experiment, rate=parse("9 kHz")), spec.seed)


@pytest.mark.slow(reason="a dozen simulations of a second each")
def test_rates_are_matched_as_nearly_as_asked_for(spec):
    settings = replace(spec.experiment, counted=250, close=0.005)
    network = whole(spec, settings, spec.seed)
    assert network.rate.mean() == pytest.approx(12.0, rel=0.005)


@pytest.mark.parametrize("kind", ["ridge", "logistic"])
def test_rows_are_read_out_as_asked(spec, begun, monkeypatch, kind):
    asked_for = []

    def classify(features, rows, kind, penalties):
        asked_for.append(kind)
        return SimpleNamespace(accuracy=0.5)

    monkeypatch.setattr(series_tasks, "classify", classify)
    images = replace(spec.experiment.quick().images, train=2, validation=2, test=2, readout=kind)
    settings = replace(spec.experiment, images=images)
    reservoir = SimpleNamespace(circuit=begun.circuit)
    assert series_tasks.rows(series_tasks.Asked(reservoir, settings, 1)) == {"rows_accuracy": 0.5}
    assert asked_for == [kind]


def test_constants_of_lnp_are_looked_for_by_expected_improvement():
    settings = LnpTransfer(trials=15)
    assert methods.blind_rules(settings, ())["lnp"].optimise == Bayesian(15, methods.MOST_DRAWN)


def test_every_method_and_task_is_known_by_one_name():
    settings = LnpTransfer(homogeneous=True)
    assert {*methods.blind_rules(settings, ()), *CHOSEN_FOR} == set(METHODS)
    assert {*series_tasks.SERIES_TASKS, *MASK_TASKS} == set(TASKS) == set(HEADLINES)
    assert set(HEADLINES.values()) <= set(DEFINITIONS)
    assert set(CHOSEN_FOR.values()) - {"parity"} == set(series_tasks.CHOICES)
    # A homogeneous network stays so.
    assert methods.blind_rules(settings, ())["lnp"].optimise is None


def test_networks_of_rates_learn_on_the_mask_alone():
    rng = np.random.default_rng(5)
    mask = (rng.random((12, 12)) < 0.4) & ~np.eye(12, dtype=bool)
    source, target = np.nonzero(mask)
    graph, lessons = Graph(source, target, 12), Lessons(batches=2, sequences=8, last=3)
    left = rng.random(len(source)) < 0.5
    weight = rng.normal(0, 3e-3, len(source))
    trained = trainer(graph, lessons, 1)(weight, left)
    assert not trained[~left].any()
    # Weights come back in their own unit, moved by little.
    moved = np.abs(trained[left] - weight[left])
    assert 0 < moved.max() < 3e-3
    stays = np.arange(12) != 4
    inner = mask_tasks.mask_of(graph, stays)
    assert np.array_equal(inner, np.delete(np.delete(mask, 4, 0), 4, 1))


def test_what_was_pruned_comes_back_from_a_checkpoint():
    added = Graph(np.array([1]), np.array([0]), 3)
    mask = np.array([True, False])
    found = Pruned(mask, np.array([0.1, 0.0]), np.empty(0), added, np.array([0.7]), tau=np.ones(3))
    again = remembered({k: np.asarray(v).tolist() for k, v in told(found).items()}, 3)
    for name in ("mask", "weight", "added_weight", "neuron", "tau"):
        assert np.array_equal(getattr(found, name), getattr(again, name))
    assert again.added.source.tolist() == [1]
    assert remembered(told(Pruned(mask, np.zeros(2))), 3).added is None


class Stopping(Silent):
    """Stop a run when a stage begins, as Ctrl+C would."""

    def stage(self, name, *_more):
        if name == "parity":
            raise KeyboardInterrupt


def content(path):
    with read(path) as recording:
        assert recording.status is Status.OK
        found = {name: recording.array(name) for name in recording.arrays}
        return found | {f"metrics/{n}": recording.metric(n) for n in recording.metrics()}


@pytest.mark.slow(reason="three runs, each of some twenty simulations that are prepared anew")
def test_interrupted_run_goes_on_as_if_it_had_never_stopped(tmp_path):
    path = tmp_path / "stopped.h5"
    done = runner.run(configuration(tmp_path, "whole.h5"), target="numpy")
    with pytest.raises(Interrupted, match="resume"):
        runner.run(configuration(tmp_path, path.name), Stopping(), target="numpy")
    assert checkpoint_path(path).exists()
    with pytest.MonkeyPatch.context() as patch:
        # Nothing is pruned or asked twice.
        patch.setattr(pruning, "rule_of", None)
        patch.setattr(series_tasks, "memory_capacity", None)
        patch.setattr("neuro.engines.activation.choose_target", lambda: ("numpy", ""))
        resume(path)
    first, second = content(done), content(path)
    assert first.keys() == second.keys()
    for name, array in first.items():
        assert np.array_equal(array, second[name]), name
    assert {"metrics/mc", "metrics/parity_score"} <= first.keys()
    with read(done) as recording:
        alive = recording.weights("ee").alive[-1]
        assert alive.sum() < len(alive)


def metric(value):
    return Metric(np.asarray(value), "of a run", "1", {})


def collection(methods=(("unpruned", 9.0), ("random", 0.0), ("lnp", 1.0)), kinds=({},)):
    """Return a sweep in which methods exceed random masks by a gain at mc and by twice at Lorenz.

    In each kind after the first all scores are higher by 10.
    """
    points, metrics = [], []
    for (method, gain), density, (number, kind), repeat in product(
        methods, (0.5, 0.1), enumerate(kinds), range(3)
    ):
        values = {"experiment.method": method, "experiment.density": density, **kind}
        points.append(Point(f"{len(points):016x}", (), values, repeat))
        found = {
            "neurons": 20, "synapses": 100 * density, "synaptic_operations": 1e4 * density,
            "mc": repeat + gain + 10 * number, "lorenz_nrmse": 5.0 - 2 * gain + 10 * number,
        }  # fmt: skip
        metrics.append({name: metric(value) for name, value in found.items()})
    return Collection(Path("sweep"), tuple(points), tuple(metrics), ())


def test_masks_are_compared_with_random_ones_of_the_same_seed():
    found = collection()
    fields = mask_transfer.advantages(found, ["lnp"], ["mc", "lorenz_nrmse"], 0.1)
    spread = np.std([0, 1, 2, 1, 2, 3])
    # Errors count the other way, and what is unpruned does not.
    np.testing.assert_allclose(fields, [[1 / spread, 2 / 1.0]])
    assert mask_transfer.is_shown(found)
    assert len(mask_transfer.draw(found).axes) == 3  # two densities and a bar of colours


def test_random_masks_alone_are_compared_with_nothing():
    found = collection((("unpruned", 9.0), ("random", 0.0)))
    assert not mask_transfer.is_shown(found)
    with pytest.raises(NothingToDrawError):
        mask_transfer.draw(found)


def test_scores_stand_at_their_operations():
    first, second = pareto.draw(collection()).axes
    assert (first.get_ylabel(), second.get_ylabel()) == ("mc", "lorenz_nrmse (less is better)")
    assert first.get_xscale() == "log"
    lines = {each.get_label(): each.lines[0].get_xydata() for each in first.containers}
    assert lines["lnp"].tolist() == [[5e3, 2.0], [1e3, 2.0]]


def test_kinds_of_network_stand_side_by_side_and_of_many_methods_a_few_stand_out():
    kinds = [{"experiment.homogeneous": each} for each in (False, True)]
    many = [(name, float(k)) for k, name in enumerate(METHODS)]
    figure = pareto.draw(collection(many, kinds))
    axes = figure.axes
    assert [each.get_title() for each in axes[:2]] == ["homogeneous = false", "homogeneous = true"]
    assert [each.get_ylabel() for each in axes[:2]] == ["mc", "mc"]
    known = {"unpruned", "random", "noise", "lnp", "lnp_lyapunov", "magnitude"}
    for number, axis in enumerate(axes[:2]):
        heights = [each.lines[0].get_ydata()[0] for each in axis.containers]
        assert heights == [gain + 1 + 10 * number for _, gain in many]
        named = {name: each for (name, _), each in zip(many, axis.containers, strict=True)}
        assert {name for name, each in named.items() if each.has_yerr} == known
        assert {name for name, each in named.items() if each.get_label() == name} == known
        rest = [each for name, each in named.items() if name not in known]
        assert {each.get_label() for each in rest} == {"other methods"}
        assert {each.lines[0].get_color() for each in rest} == {"0.82"}
    assert {each.get_text() for each in figure.legends[0].get_texts()} == {*known, "other methods"}
    few = pareto.draw(collection(kinds=kinds)).axes
    assert all(each.has_yerr for each in few[0].containers)


def test_of_many_methods_without_the_usual_ones_some_stand_out():
    many = [(name, 0.0) for name in METHODS if name not in pareto.FOCUS]
    named = [each.has_yerr for each in pareto.draw(collection(many)).axes[0].containers]
    assert sum(named) == len(pareto.FOCUS) < len(named)


@pytest.mark.parametrize(
    "wrong",
    [{"density": 0.0}, {"receiving": 0.0}, {"tasks": ("rows", "rows")}, {"delays": 101},
     {"starts": 0}, {"exponents": -1}],
    ids=str,
)  # fmt: skip
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(SpecError):
        LnpTransfer(**wrong)


def test_missing_population_is_told_at_its_place(engram, tmp_path):
    config = tmp_path / "one.yaml"
    config.write_text(CONFIG.replace("inh:", "others:").replace("inh", "others"))
    answer = engram("validate", config)
    assert answer.code == 2
    assert "needs population 'inh'" in answer.err
