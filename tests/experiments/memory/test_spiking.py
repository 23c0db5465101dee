"""A small network learns by its own synapses what its clocked oracle stores, and recalls it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.figures.digit_memory import capacity
from experiments.memory.codes import draw_items
from experiments.memory.comparison import MEASURED
from experiments.memory.curves import table_rows, theory, write_curve
from experiments.memory.settings import Condition
from experiments.memory.spiking import measure, only_needed, plan
from networks.config import load
from neuro.engines.activation import activate
from neuro.recording import Header, Recorder, read

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/digit-memory.yaml"
SIZE = 400
LOADS = (2, 4)


@pytest.fixture(scope="module")
def spec():
    smaller = [f"populations.{name}.size={SIZE}" for name in ("exc", "cue")]
    found = load(CONFIG, smaller, experiments=SETTINGS).spec
    conditions = (Condition("homeostatic", LOADS),)
    experiment = replace(
        found.experiment, conditions=conditions, networks=2, probes=2, fitted=400, drawn_load=2
    )
    return replace(found, experiment=experiment)


def items_of(spec, network):
    return draw_items(spec.experiment, spec.experiment.conditions[0], SIZE, spec.seed, network)


@pytest.fixture(scope="module")
def run(spec, tmp_path_factory):
    path = tmp_path_factory.mktemp("run") / "run.h5"
    items = items_of(spec, 0)
    condition = spec.experiment.conditions[0]
    with activate("numba"), Recorder(path, Header("", "{}", {}, {"root": 1})) as recorder:
        for population in spec.populations.values():
            recorder.nodes(population.name, population.size, population.model.name)
        outcome = measure(spec, condition, items, 0, recorder)
        write_curve(recorder, "", spec.experiment, condition, SIZE, [outcome, outcome])
    return outcome, items, path


def test_learnt_synapses_are_those_of_the_oracle(run):
    assert run[0].curve["wrong_synapses"].tolist() == [0, 0]


def test_damaged_cues_are_completed_as_by_the_oracle(run):
    outcome, items, _ = run
    assert outcome.curve["oracle"].tolist() == [1, 1]
    for probe, states in zip(items.probes, outcome.recalled, strict=True):
        assert (states == items.patterns[probe]).all()
    assert outcome.curve["overlap"] == pytest.approx(1)


def test_the_network_settles_in_as_many_volleys_as_the_oracle_has_steps(run, spec):
    curve = run[0].curve
    assert curve["steps"].tolist() == [spec.experiment.iterations] * len(LOADS)
    assert curve["settled"].tolist() == curve["oracle_settled"].tolist() == [1, 1]


def test_spikes_are_counted_as_operations(run, spec):
    # Each of 50 cells fires once an item, and each spike is seen before and behind N - 1 synapses.
    assert run[0].curve["operations_store"] == pytest.approx(2 * 50 * (SIZE - 1))


def test_the_readout_counts_presentations(run):
    outcome, items, _ = run
    ink = (items.images[:2] > 127).reshape(2, -1)
    expected = items.patterns[:2].T.astype(float) @ ink
    assert outcome.readout == pytest.approx(expected)


def test_spikes_and_phases_are_recorded_once(run):
    with read(run[2]) as recording:
        times, ids = recording.spikes("exc")
        phases = recording.phases()
        first = times < phases[0].t_stop_ms
        assert len(set(zip(times, ids, strict=True))) == len(times)
        assert first.sum() == 50 * LOADS[0]
        assert [phase.plasticity for phase in phases] == [True, False, True, False]
        assert recording.metric("recall").shape == (2, len(LOADS))
        derived = {"load", "theory", "chance", "recall_deviation", "oracle_deviation"}
        derived |= {f"chance_{name}" for name in ("overlap", "spurious", "missing")}
        derived |= {f"{name}_ci" for name in MEASURED}
        derived |= {"alpha_50", "alpha_50_ci", "alpha_50_bracketed", "alpha_50_theory"}
        derived |= {"load_fine", "theory_fine"}
        assert set(recording.metrics()) == {*MEASURED, *derived}


def test_a_network_without_images_and_recorder_does_the_same(run, spec):
    with activate("numba"):
        bare = measure(spec, spec.experiment.conditions[0], items_of(spec, 0), 0)
    for one, other in zip(bare.recalled, run[0].recalled, strict=True):
        assert (one == other).all()
    assert bare.readout is None


def test_the_table_has_a_row_for_each_load(run, spec):
    rows = table_rows(spec.experiment, spec.experiment.conditions[0], SIZE, [run[0], run[0]])
    assert [row[0] for row in rows] == [str(load) for load in LOADS]
    assert {row[1] for row in rows} == {"1.000"}


def test_the_theory_is_drawn_dashed_through_all_loads_at_which_it_is_known(run, spec, tmp_path):
    """Not straight from load to load: where it falls to one half it is known to a pattern."""
    condition = Condition("random", (2, 200))
    with Recorder(tmp_path / "run.h5", Header("", "{}", {}, {"root": 1})) as recorder:
        outcomes = [run[0], run[0]]
        write_curve(recorder, "conditions/random/", spec.experiment, condition, SIZE, outcomes)
    with read(tmp_path / "run.h5") as recording:
        load, foretold, half = (
            recording.metric(f"conditions/random/{name}")
            for name in ("load_fine", "theory_fine", "alpha_50_theory")
        )
        (axis,) = capacity(recording).axes
    assert foretold == pytest.approx(theory(spec.experiment, SIZE, load.tolist()))
    above = int(np.flatnonzero(foretold >= 0.5)[-1])
    assert load[above] <= half * SIZE <= load[above + 1] == load[above] + 1
    (dashed,) = (line for line in axis.lines if line.get_linestyle() == "--")
    assert dashed.get_xdata().tolist() == load.tolist()
    assert dashed.get_ydata().tolist() == foretold.tolist()


def test_trials_leave_nothing_to_the_next(spec):
    """The same cues in another order end in the same sets."""
    items = items_of(spec, 1)
    turned = replace(
        items,
        probes=tuple(p[::-1] for p in items.probes),
        cues=tuple(c[::-1] for c in items.cues),
    )
    condition = spec.experiment.conditions[0]
    with activate("numba"):
        one = measure(spec, condition, items, 1).recalled
        other = measure(spec, condition, turned, 1).recalled
    for states, reversed_states in zip(one, other, strict=True):
        assert (states == reversed_states[::-1]).all()


@pytest.mark.parametrize(("pulses", "carried"), [(20, 0), (0, 3 / 4)])
def test_the_reset_silences_a_network_in_which_all_cells_fire(spec, pulses, carried):
    """Far beyond saturation; without a reset it fires into every later trial."""
    condition = Condition("random", (200,))
    timing = replace(spec.experiment.timing, pulses=pulses)
    experiment = replace(
        spec.experiment, conditions=(condition,), probes=4, drawn_load=200, timing=timing
    )
    spec = replace(spec, experiment=experiment)
    with activate("numba"):
        curve = measure(spec, condition, items_of(spec, 1), 1).curve
    assert curve["spurious"][0] > 100
    assert curve["carried"][0] == carried


def test_the_image_layer_is_left_out_where_nobody_looks(spec):
    bare = only_needed(spec, with_images=False)
    assert not {"pixels", "image"} & set(bare.populations)
    assert not {"readout", "image_pixels"} & set(bare.projections)
    with_images = plan(spec, spec.experiment.conditions[0], items_of(spec, 0), 0, with_images=True)
    assert "image" in with_images.spikes


def test_chance_is_practically_nothing(run):
    with read(run[2]) as recording:
        assert np.all(recording.metric("chance") < 1e-50)
        assert recording.metric("theory") == pytest.approx(1, abs=1e-3)
