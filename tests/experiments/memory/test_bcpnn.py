"""A spiking network whose synapses estimate log odds stores patterns and completes them."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.memory.bcpnn_ages import pair_weights
from experiments.memory.bcpnn_network import BcpnnNetwork, rate_memory
from experiments.memory.bcpnn_settings import SpacingSettings
from experiments.memory.bcpnn_spacing import followers, order_of
from networks.config import load
from networks.memories.protocol import Memory
from neuro.engines.activation import activate
from neuro.errors import SpecError
from neuro.units import parse

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/memory/bcpnn.yaml"
MODULES, UNITS = 12, 5
SMALLER = (
    *(f"populations.{name}.size={MODULES * UNITS}" for name in ("cells", "cue", "tired")),
    f"projections.rivals.connectivity.blocks={MODULES}",
    f"experiment.modules={MODULES}",
    "experiment.silenced=6",
    "experiment.spacing.silenced=8",
)


@pytest.fixture(scope="module")
def spec():
    return load(CONFIG, list(SMALLER), experiments=SETTINGS).spec


def rng(seed=3):
    return np.random.default_rng(seed)


def learnt(spec, *engine, **more):
    """Let a network see three patterns, and half of each."""
    made = rate_memory(spec)
    patterns = made.draw(3, rng())
    with activate(*engine, **more):
        memory = BcpnnNetwork(spec, rng(4))
        memory.store(patterns)
        before = memory._synapses.p_ij_[:].copy(), memory._synapses.z_i_[:].copy()
        states = memory.recall(made.silence(patterns, 6, rng(5)))
        after = memory._synapses.p_ij_[:].copy(), memory._synapses.z_i_[:].copy()
    return memory, patterns, states, before, after


@pytest.fixture(scope="module")
def numpy(spec):
    return learnt(spec, target="numpy")


def test_half_of_a_pattern_calls_up_the_whole(numpy):
    _, patterns, states, _, _ = numpy
    np.testing.assert_array_equal(states, patterns)


def test_what_is_asked_leaves_nothing(numpy):
    _, _, _, before, after = numpy
    for was, is_now in zip(before, after, strict=True):
        np.testing.assert_array_equal(was, is_now)


def test_weights_are_those_of_units_at_constant_rates(numpy, spec):
    memory, patterns, _, _, _ = numpy
    rates = rate_memory(spec).empty()
    rates.store(patterns)
    found, foretold = pair_weights(memory.weight, patterns), pair_weights(rates.weight, patterns)
    # 132 pairs of six spikes each, at phases that scatter: a few hundredths of 3 to 4.
    np.testing.assert_allclose(found, foretold, atol=0.15)


def test_cells_that_rest_learn_nothing_and_those_shown_fire_once_an_interval(numpy):
    memory, patterns, _, _, _ = numpy
    history = memory.history[0]
    fired = np.bincount(history.cells, minlength=MODULES * UNITS)
    np.testing.assert_array_equal(fired, 6 * patterns.sum(axis=0))
    idle = ~patterns.any(axis=0)
    assert (memory.weight[np.ix_(idle, idle)] == 0).all()


def test_it_is_a_memory_that_counts_events(numpy):
    memory, patterns, _, _, _ = numpy
    n = MODULES * UNITS
    assert isinstance(memory, Memory)
    assert memory.n_synapses == n * (n - 1)
    assert memory.operations.writes == 2 * (n - 1) * 6 * patterns.sum()
    # Weight, eight traces and a time; two indices.
    assert memory.bytes == memory.n_synapses * (10 * 8 + 2 * 4)


@pytest.mark.slow(reason="the device compiles the network")
def test_both_engines_fire_the_same_spikes(numpy, spec):
    plain, device = numpy, learnt(spec, "numba")
    for one, other in zip(plain[0].history, device[0].history, strict=True):
        np.testing.assert_array_equal(one.cells, other.cells)
        np.testing.assert_array_equal(one.times, other.times)
    # NumPy has an exponential and a logarithm of its own: some hundred roundings in a trace.
    np.testing.assert_allclose(plain[0].weight, device[0].weight, rtol=1e-11, atol=1e-12)
    np.testing.assert_allclose(plain[3][0], device[3][0], rtol=1e-11, atol=1e-15)
    np.testing.assert_array_equal(plain[2], device[2])


def test_a_list_shows_every_pattern_as_often_whatever_the_gap():
    asked = SpacingSettings(items=6, times=3, gaps=(0, 1, 2, 5), before=0, retention=40)
    for gap in asked.gaps:
        order = order_of(asked, gap)
        assert np.bincount(order).tolist() == [3] * 6
        for item in range(6):
            assert (np.diff(np.flatnonzero(order == item)) == gap + 1).all()
        last = [len(order) - 1 - np.flatnonzero(order == item)[-1] for item in range(6)]
        assert np.mean(last) + followers(asked, order) == pytest.approx(40, abs=0.5)


def test_what_the_network_lacks_is_told_at_its_line():
    for change, told in (
        ("experiment.cells=cell", "no population 'cell'; did you mean 'cells'"),
        ("experiment.modules=30", "30 modules of 200 cells"),
        ("populations.tired.size=20", "expected 200, as population 'cells', not 20"),
        ("projections.recurrent.plasticity.tau_zj=5 ms", "tau_zi and tau_zj that are equal"),
        ("experiment.recurrent=rivals", "needs plasticity by rule 'bcpnn'"),
        ("experiment.spacing.gaps=[4]", "a multiple of 5"),
        ("simulation.engine=brian2_standalone", "cannot run this experiment"),
    ):
        with pytest.raises(SpecError, match=told):
            load(CONFIG, [change], experiments=SETTINGS)


def test_a_network_of_one_load_runs_without_the_rest(spec):
    quiet = replace(spec.experiment, spacing=None)
    assert quiet.quick().spacing is None


@pytest.mark.slow(reason="seconds of model time on the NumPy target")
def test_a_sample_that_is_known_stays_and_what_was_not_shown_is_not_there(spec):
    made = rate_memory(spec)
    patterns = made.draw(3, rng())
    delays = [parse("40 ms"), parse("300 ms")]
    with activate(target="numpy"):
        memory = BcpnnNetwork(spec, rng(4))
        empty = memory.hold(patterns[:1], delays)
        memory.store(patterns)
        traces = memory._synapses.p_ij_[:].copy()
        states = memory.hold(patterns[:2], delays)
    # Without synapses nothing goes on; with them both go on as they were shown.
    assert empty.shape == (2, 1, made.size)
    assert not empty.any()
    np.testing.assert_array_equal(states, np.stack([patterns[:2]] * 2))
    np.testing.assert_array_equal(traces, memory._synapses.p_ij_[:])
