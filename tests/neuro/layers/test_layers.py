"""Clocked layers: the two products agree, and cells spike as the same cells of Brian2."""

import numpy as np
import pytest

from neuro.engines.brian import brian2
from neuro.errors import SpecError
from neuro.layers.cells import RateCell, StepCell
from neuro.layers.events import events_of, product
from neuro.layers.rate_layer import from_constant, from_events
from neuro.layers.step_layer import advance, at_rest
from neuro.layers.surrogate import SURROGATES, smooth_spike

GRID = 2.0**-12  # weights on it add without rounding


def on_grid(rng, shape, largest=0.5):
    return (np.rint(rng.uniform(-largest, largest, shape) / GRID) * GRID).astype(np.float32)


def spikes(rng, n_rows, width, activity):
    return (rng.random((n_rows, width)) < activity).astype(np.float32)


@pytest.mark.parametrize("activity", [0.0, 0.02, 0.1, 0.3, 1.0])
def test_adding_rows_is_the_dense_product(activity):
    rng = np.random.default_rng(0)
    matrix, weight = spikes(rng, 40, 90, activity), on_grid(rng, (90, 33))
    events = events_of(matrix)
    assert events.is_sparse == (activity < 0.15)
    assert np.array_equal(events.dense(), matrix)
    assert np.array_equal(product(events, weight), matrix @ weight)


def test_real_weights_differ_by_rounding_only():
    rng = np.random.default_rng(1)
    matrix = spikes(rng, 64 * 20, 800, 0.05)
    weight = rng.normal(size=(800, 100)).astype(np.float32) / 800**0.5
    current = product(events_of(matrix), weight), matrix @ weight
    fired = [advance(c.reshape(20, 64, -1), StepCell(), at_rest(64, 100))[0] for c in current]
    assert fired[0].mean() > 1e-4
    assert np.mean(fired[0] != fired[1]) <= 1e-4


def test_spikes_are_listed_where_the_recursion_of_the_cell_fires():
    cell, n_steps = RateCell(threshold=0.25, dt=0.0625), 12
    current = on_grid(np.random.default_rng(6), (3, 7), 4.0)
    found = from_constant(current, cell, n_steps).events.dense().reshape(3, n_steps, 7)
    potential = np.zeros_like(current)
    for step in range(n_steps):
        potential = cell.beta * potential + (1 - cell.beta) * current
        fired = potential >= cell.firing * cell.threshold
        potential -= cell.threshold * fired
        assert np.array_equal(found[:, step], fired)
    assert 0 < found.mean() < 1


def test_both_products_drive_rate_cells_to_the_same_spikes(monkeypatch):
    rng = np.random.default_rng(2)
    cell, n_steps = RateCell(threshold=0.25, dt=0.0625), 12
    first = from_constant(on_grid(rng, (30, 80), 4.0), cell, n_steps).events
    weight = on_grid(rng, (80, 50))
    found = {}
    for sparse in (0.0, 1.1):
        monkeypatch.setattr("neuro.layers.events.SPARSE", sparse)
        found[sparse] = from_events(first, weight, cell, n_steps, cell.amplitude)
    assert found[0.0].events.n_spikes > 100
    assert np.array_equal(found[0.0].events.cells, found[1.1].events.cells)
    assert np.array_equal(found[0.0].drive, found[1.1].drive)


@pytest.mark.parametrize("reset", ["subtract", "hard"])
def test_step_cells_spike_as_those_of_brian2(reset):
    """A spike of Brian2 arrives after the thresholds of its step: it acts, decayed, on the next."""
    rng = np.random.default_rng(3)
    n_before, n_cells, n_steps = 60, 40, 50
    cell = StepCell(decay=0.5, reset=reset)
    inputs, weight = spikes(rng, n_steps, n_before, 0.1), on_grid(rng, (n_before, n_cells))
    ours, _ = advance((inputs @ weight)[:, None], cell, at_rest(1, n_cells))
    assert 0.02 < ours.mean() < 0.9

    brian2.start_scope()
    brian2.prefs.codegen.target = "numpy"
    second = brian2.second
    clock = {"dt": 1 * second}
    step, source = np.nonzero(inputs)
    generator = brian2.SpikeGeneratorGroup(n_before, source, step * second, **clock)
    group = brian2.NeuronGroup(
        n_cells, "v : 1", threshold="v >= 1",
        reset="v -= 1" if reset == "subtract" else "v = 0", **clock,
    )  # fmt: skip
    group.run_regularly("v *= 0.5", when="start")
    synapses = brian2.Synapses(generator, group, "w : 1", on_pre="v_post += 2*w", **clock)
    synapses.connect()
    synapses.w = weight[synapses.i[:], synapses.j[:]]
    monitor = brian2.SpikeMonitor(group)
    network = brian2.Network(generator, group, synapses, monitor)
    # What comes in with a spike is not lost in the reset.
    network.schedule = ["start", "groups", "thresholds", "resets", "synapses", "end"]
    network.run((n_steps + 1) * second)
    theirs = np.zeros_like(ours[:, 0])
    number = np.rint(monitor.t / second).astype(int) - 1
    theirs[number[number >= 0], monitor.i[number >= 0]] = 1
    assert np.array_equal(ours[:, 0], theirs)


@pytest.mark.parametrize("name", SURROGATES)
def test_surrogates_are_even_bumps(name):
    distance = np.linspace(-4, 4, 401)
    bump = SURROGATES[name](distance)
    np.testing.assert_allclose(bump, bump[::-1])
    assert bump.argmax() == 200
    assert bump.min() >= 0
    if name == "sigmoid":
        h = 1e-5
        slope = (smooth_spike(distance + h) - smooth_spike(distance - h)) / (2 * h)
        np.testing.assert_allclose(bump, slope, atol=1e-8)


@pytest.mark.parametrize("settings", [{"decay": 1.5}, {"threshold": 0.0}])
def test_cells_that_cannot_be_are_refused(settings):
    with pytest.raises(SpecError):
        StepCell(**settings)
    with pytest.raises(SpecError):
        RateCell(tau=-1)
