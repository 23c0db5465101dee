"""Sequences in spiking cells: how runs are read, known answers, and learning itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from experiments import SETTINGS
from experiments.memory.sequences.score import (
    Blocks,
    context_overlap,
    ordered,
    plateaus,
    prediction_error,
    replayed_word,
)
from experiments.memory.sequences.settings import SpikingTemporalMemory
from experiments.memory.sequences.spiking import layout, measure
from experiments.memory.sequences.spiking_temporal_memory import first_episode
from experiments.memory.sequences.timetable import plan
from experiments.memory.sequences.transitions import follow
from networks.config import load
from networks.connectivity import FixedIndegree
from networks.graphs import connect
from networks.objections import refuse
from neuro.engines.activation import activate
from neuro.errors import SpecError
from neuro.units import parse

CONFIG = "data/configs/memory/spiking-temporal-memory.yaml"
LARGE = "data/configs/memory/spiking-temporal-memory-large.yaml"
MS = 1e-3


def train(*events):
    times, cells = zip(*events, strict=True) if events else ((), ())
    return ordered(np.array(times, dtype=float) * MS, np.array(cells, dtype=np.int64))


def test_elements_are_shown_on_the_grid_and_sequences_apart():
    table = plan(SpikingTemporalMemory(episodes=2), 0.1 * MS)
    np.testing.assert_allclose(table.shown[0, 0] * 1e3, [1, 41, 81, 121])
    np.testing.assert_allclose(table.shown[0, 1, 0] * 1e3, 221)
    np.testing.assert_allclose(table.shown[1, 0, 0] * 1e3, 441)
    assert table.learning == pytest.approx(0.881)
    np.testing.assert_allclose(table.replayed * 1e3, [882, 1082])
    assert table.replaying == pytest.approx(0.401)
    assert table.elements.tolist() == [0, 3, 1, 4, 5, 3, 1, 2] * 2 + [0, 5]
    with pytest.raises(SpecError, match=r"experiment\.replay_interval: shorter"):
        plan(SpikingTemporalMemory(replay_interval=parse("0.01 ms")), 0.1 * MS)


def test_a_plateau_lasts_until_its_end_or_a_spike():
    onsets = train((10, 0), (10, 1), (10, 2), (75, 3), (10, 4), (30, 4))
    spikes = train((20, 1), (5, 2), (15, 4))

    def found(time):
        return np.flatnonzero(plateaus(spikes, onsets, time * MS, 60 * MS, 6)).tolist()

    assert found(40) == [0, 2, 4]
    assert found(69) == [0, 2, 4]
    assert found(71) == [4]
    assert found(100) == [3]


def test_errors_count_wrong_and_missing_blocks():
    assert prediction_error(np.array([False, True, False]), 1) == (0.0, 0, 0)
    assert prediction_error(np.array([False, False, False]), 1) == (1.0, 0, 1)
    assert prediction_error(np.array([True, True, False]), 1) == (1.0, 1, 0)
    assert prediction_error(np.array([True, False, True]), 1) == (pytest.approx(3**0.5), 2, 1)


def test_a_replayed_word_is_read_by_the_first_spikes():
    blocks = Blocks(3, 4, 2)
    # Block C first, then A twice, B by a single cell.
    spikes = train((1, 8), (1, 9), (15, 0), (16, 1), (30, 0), (31, 1), (40, 4))
    word, pace = replayed_word(spikes, blocks)
    assert word == "CA"
    assert pace == pytest.approx(14.5 * MS)
    assert replayed_word(train(), blocks)[0] == ""


def test_overlap_is_of_one_element_at_one_place_of_two_sequences():
    active = [
        [np.array([1]), np.array([10, 11, 12]), np.array([20])],
        [np.array([2]), np.array([12, 13]), np.array([30])],
    ]
    assert context_overlap(["ABC", "DBE"], active) == 1 / 2
    assert np.isnan(context_overlap(["ABC", "DEF"], active))


def test_every_transition_of_every_episode_is_read():
    settings = SpikingTemporalMemory(sequences=("AB", "CB"), episodes=2)
    table = plan(settings, 0.1 * MS)
    blocks = Blocks(3, 4, 2)
    # A at 1 ms, B 40 ms later; the second sequence 140 ms after the first, an episode 280 ms.
    second, later = 140, 280
    onsets = train(
        (10, 4), (10, 5),  # B is predicted in its first context
        (second + 10, 4), (second + 10, 0), (second + 10, 1),  # here by one cell, and A is
        (later + 10, 6), (later + 10, 7), (later + 10, 8), (later + 10, 9),
        (later + second + 10, 4), (later + second + 10, 5),
    )  # fmt: skip
    spikes = train(
        (3, 0), (43, 4), (43, 5), (80.9, 6),
        *((second + 43, cell) for cell in (4, 5, 6, 7)),
        (later + 43, 6), (later + 43, 7), (later + 43, 0),
        *((later + second + 43, cell) for cell in (4, 5)),
    )  # fmt: skip
    found = follow(settings, blocks, 60 * MS, table, spikes, onsets)
    np.testing.assert_array_equal(found.predicted[:, :, 1], [[2, 1], [2, 2]])
    np.testing.assert_array_equal(found.false_positive[:, :, 1], [[0, 1], [1, 0]])
    np.testing.assert_array_equal(found.false_negative[:, :, 1], [[0, 1], [0, 0]])
    np.testing.assert_array_equal(found.active, [[[1, 3], [0, 4]], [[0, 2], [0, 2]]])
    np.testing.assert_array_equal(found.overlap, [1, 0])
    np.testing.assert_array_equal(found.right, [[0.5], [0.5]])
    np.testing.assert_allclose(found.last("error"), [2**0.5 / 2, 0.5])


def test_the_first_episode_is_the_one_after_the_last_error():
    assert first_episode(np.array([1.0, 0, 0.5, 0, 0])) == 4
    assert first_episode(np.zeros(3)) == 1
    assert first_episode(np.ones(3)) == 4


@pytest.fixture(scope="module")
def spec():
    return load(CONFIG, experiments=SETTINGS).spec


def test_the_currents_of_the_configuration_are_those_of_the_wanted_potentials(spec):
    """KAT STM-1: the peak of a post-synaptic potential, solved for the current."""

    def current(peak, resistance, tau_s, tau_m):
        ratio = tau_m / tau_s
        rise = ratio ** (-tau_m / (tau_m - tau_s)) - ratio ** (-tau_s / (tau_m - tau_s))
        return peak / (resistance * tau_s / (tau_s - tau_m) * rise)

    known = {
        "cue_exc": current(1.1 * 20e-3, 40e6, 2, 10),
        "inh_exc": current(-2 * 20e-3, 40e6, 1, 10),
        "exc_inh": current(1.2 * 15e-3 / 20, 20e6, 0.5, 5),
    }
    for name, weight in known.items():
        # The file gives four decimals of a pA.
        assert spec.projections[name].synapse.weight.value == pytest.approx(weight, abs=5e-17)


def test_seventeen_spikes_fire_the_inhibitory_cell(simulate, spec):
    """KAT STM-5: 0.9 mV each, 15 mV to threshold."""
    drive = spec.projections["exc_inh"].synapse
    weights = [f"{n * drive.weight.value} A" for n in (16, 17)]
    values = {name: f"{value.text}" for name, value in spec.populations["inh"].parameters.items()}
    run = simulate(
        {
            "source": {"model": "spike_generator"},
            "inh": {"model": "lif", "size": 2, "parameters": values},
        },
        {
            "p": {
                "source": "source",
                "target": "inh",
                "synapse": {"model": "exponential", "tau": "0.5 ms", "weight": weights},
            }
        },
        duration="8 ms",
        spikes={"source": ([1e-3], [0])},
        record=["inh.spikes"],
    )
    assert [run.spikes("inh", node).size for node in (0, 1)] == [0, 1]


def test_an_assembly_can_predict_enough_cells_of_a_block():
    """KAT STM-6: 55.6 of 150 cells have five or more potential synapses from 20 cells."""
    known = 150 * stats.binom.sf(4, 20, 0.2)
    assert known == pytest.approx(55.6, abs=0.05)
    rule = FixedIndegree(180, allow_autapses=False, allow_multapses=False)
    edges = connect(rule, 900, 900, True, np.random.default_rng(1))
    counts = np.zeros((6, 900), dtype=int)
    for block, found in enumerate(counts):
        from_assembly = (edges.source >= 150 * block) & (edges.source < 150 * block + 20)
        found += np.bincount(edges.target[from_assembly], minlength=900)
    n_reached = (counts >= 5).sum()
    # 6 * 900 nearly independent cells: five standard deviations, a false alarm in 2e6.
    share = known / 150
    assert abs(n_reached / 5400 - share) < 5 * np.sqrt(share * (1 - share) / 5400)


def test_a_network_that_cannot_be_played_on_is_refused(spec):
    settings = spec.experiment
    beyond = replace(spec, experiment=replace(settings, sequences=("AG", "BC")))
    roles = replace(settings.roles, plateau="burst")
    cases = {
        "'AG' shows G, element 7": beyond,
        "no event 'burst'": replace(spec, experiment=replace(settings, roles=roles)),
        "no population 'exx'": replace(
            spec, experiment=replace(settings, roles=replace(roles, cells="exx"))
        ),
        "exc_inh: needs plasticity": replace(
            spec, experiment=replace(settings, roles=replace(roles, recurrent="exc_inh"))
        ),
    }
    for message, wrong in cases.items():
        with pytest.raises(SpecError, match=message):
            refuse(wrong.experiment.objections(wrong))
    assert layout(spec) == (Blocks(6, 150, 10.0), pytest.approx(60 * MS))


def taught(*overrides, engine="numba", network=0, target=None, config=CONFIG):
    spec = load(config, overrides, experiments=SETTINGS).spec
    with activate(engine, target=target):
        return measure(replace(spec, recordings={}), network)


@pytest.mark.slow(reason="60 episodes, a quarter of a million time steps of 900 cells")
def test_set_one_is_learnt_and_replayed():
    """KAT STM-7 in one network: no error in the last 20 of 60 episodes, 12 to 25 cells."""
    found = taught("seed=5")
    course = found.transitions
    assert course.last("error")[0] == course.last("false_negative")[0] == 1
    assert course.last("active")[0] == 150
    assert course.last("error")[-20:].max() == 0
    assert 12 <= course.last("active")[-1] <= 25
    # What is predicted fires, and nothing else of its block does.
    np.testing.assert_array_equal(course.active[-1, :, 1:], course.predicted[-1, :, 1:])
    assert found.words == ["ADBE", "FDBC"]
    # Chance is 20/150: the cells of D and B differ between the two contexts.
    assert course.overlap[0] == 1
    assert course.overlap[-1] < 0.5
    assert 0.01 < found.mature < 0.05


@pytest.mark.slow(reason="five networks and three ablations of 60 episodes")
def test_set_one_is_learnt_by_four_of_five_seeds_and_not_without_its_parts():
    """KAT STM-7 and its ablations."""
    found = [taught(f"seed={seed}") for seed in range(1, 6)]
    courses = [each.transitions for each in found]
    active = [each.last("active")[-1] for each in courses]
    learnt = [
        each.last("error")[-20:].max() == 0 and 12 <= number <= 25
        for each, number in zip(courses, active, strict=True)
    ]
    assert sum(learnt) >= 4
    rule = "projections.recurrent.plasticity.parameters"
    assert taught(f"{rule}.lambda_h=0").transitions.last("error")[-20:].min() > 0
    slow = taught("experiment.interval=70 ms", "experiment.gap=175 ms", f"{rule}.dt_max=140 ms")
    assert slow.transitions.last("error").min() == 1
    fast = taught("experiment.interval=15 ms", f"{rule}.dt_max=30 ms")
    assert fast.transitions.last("error")[-20:].max() == 0


@pytest.mark.slow(reason="a million time steps of 2100 cells")
def test_set_two_is_learnt_and_replayed():
    found = taught("seed=101", "experiment.episodes=60", config=LARGE)
    course = found.transitions
    assert course.last("error")[:10].min() > 0.5
    assert course.last("error")[-20:].max() == 0
    assert course.right[-20:].min() == 1
    # rho is 20 cells; 17 fire the inhibitory cell, and more than twice rho is no assembly.
    active = course.active[-1, :, 1:]
    assert active.min() >= 17
    assert active.mean() < 40
    assert course.overlap[-1] < 0.1
    assert found.words == ["ENDIJ", "LNDIK", "GJMCN", "FJMCI", "BCKHI", "ACKHF"]


@pytest.mark.slow(reason="two thousand steps of Brian2's NumPy target")
def test_engines_agree_spike_for_spike():
    short = ("experiment.sequences=[AB]", "experiment.episodes=2", "experiment.gap=40 ms",
             "experiment.replay_interval=20 ms")  # fmt: skip
    ours = taught(*short)
    theirs = taught(*short, engine="brian2", target="numpy")
    assert len(ours.spikes.times) > 500
    np.testing.assert_array_equal(ours.spikes.times, theirs.spikes.times)
    np.testing.assert_array_equal(ours.spikes.cells, theirs.spikes.cells)
