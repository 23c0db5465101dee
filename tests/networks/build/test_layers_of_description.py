"""A chain of clocked cells: layers and Brian2, from one description, spike alike."""

import numpy as np
import pytest

from networks.build import layers_of, run_layers
from neuro.errors import SpecError

GRID = 2.0**-12  # volt; weights on it add without rounding
N_STEPS, SIZES = 60, (50, 40, 30)


def populations(keep):
    cell = {"model": "clocked", "parameters": {"V_th": "1 V", "keep": str(keep)}}
    return {
        "source": {"model": "spike_generator", "size": SIZES[0]},
        "first": {**cell, "size": SIZES[1]},
        "second": {**cell, "size": SIZES[2]},
    }


def projections(weights, **more):
    def between(source, target, weight):
        synapse = {"model": "delta", "target": "J", "weight": weight, "delay": "0 ms", **more}
        return {"source": source, "target": target, "synapse": synapse}

    return {
        "enter": between("source", "first", weights[0]),
        "onward": between("first", "second", weights[1]),
    }


def on_grid(rng, shape):
    return np.rint(rng.uniform(-0.55, 0.6, shape) / GRID) * GRID


def listed(weight):
    return [f"{value!r} V" for value in weight.ravel().tolist()]


def input_spikes(rng, activity=0.1):
    return (rng.random((N_STEPS, 1, SIZES[0])) < activity).astype(np.float64)


def trains(run, name, size, lag, dt):
    """Return what a population of Brian2 fired as zeros and ones, without the lag of its layer."""
    found = np.zeros((N_STEPS, size))
    times, nodes = run.trains[name]
    step = np.rint(times / dt).astype(int) - lag
    inside = step < N_STEPS
    found[step[inside], nodes[inside]] = 1
    return found


@pytest.mark.parametrize("sparse", [0.0, 1.1], ids=["dense", "events"])
@pytest.mark.parametrize("keep", [1, 0], ids=["subtract", "hard"])
def test_layers_spike_as_brian2_does(simulate, specify, monkeypatch, keep, sparse):
    rng = np.random.default_rng(4)
    weights = [on_grid(rng, pair) for pair in (SIZES[:2], SIZES[1:])]
    spikes = input_spikes(rng)
    blocks = populations(keep), projections([listed(weight) for weight in weights])
    step, _, node = np.nonzero(spikes)
    run = simulate(
        *blocks, duration=f"{(N_STEPS + 3) * 0.1:g} ms", record=["first.spikes", "second.spikes"],
        spikes={"source": (step * 1e-4, node)},
    )  # fmt: skip

    monkeypatch.setattr("neuro.layers.events.SPARSE", sparse)
    layers = layers_of(specify(*blocks), dtype=np.float64)
    assert [layer.population for layer in layers] == ["first", "second"]
    for layer, weight in zip(layers, weights, strict=True):
        np.testing.assert_array_equal(layer.weight, weight)
    found = run_layers(layers, spikes)
    for number, layer in enumerate(layers, start=1):
        size = layer.weight.shape[1]
        assert 0.02 < found[number - 1].mean() < 0.9
        theirs = trains(run, layer.population, size, number, 1e-4)
        np.testing.assert_array_equal(found[number - 1][:, 0], theirs)


def test_drawn_weights_in_single_precision_differ_in_few_spikes(simulate, specify):
    """Real weights: the same draws, rounded to float32 on one side; 1e-4 of all spikes at most."""
    spread = {"normal": {"mean": "0.03 V", "sd": "0.25 V"}}
    blocks = populations(1), projections([spread, spread])
    spikes = input_spikes(np.random.default_rng(5))
    step, _, node = np.nonzero(spikes)
    run = simulate(
        *blocks, duration=f"{(N_STEPS + 3) * 0.1:g} ms", record=["first.spikes", "second.spikes"],
        spikes={"source": (step * 1e-4, node)},
    )  # fmt: skip
    layers = layers_of(specify(*blocks))
    assert layers[0].weight.dtype == np.float32
    found = run_layers(layers, spikes.astype(np.float32))
    differing, total = 0, 0
    for number, layer in enumerate(layers, start=1):
        theirs = trains(run, layer.population, layer.weight.shape[1], number, 1e-4)
        differing += np.count_nonzero(found[number - 1][:, 0] != theirs)
        total += theirs.size
        assert theirs.mean() > 0.02
    assert differing <= 1e-4 * total


def test_sparse_projections_leave_zeros(specify):
    blocks = projections(["0.5 V", "0.5 V"])
    blocks["enter"]["connectivity"] = {"rule": "fixed_indegree", "indegree": 5}
    first, second = layers_of(specify(populations(1), blocks))
    np.testing.assert_allclose(first.weight.sum(axis=0), 2.5)
    assert np.all(second.weight == 0.5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"delay": "1 ms"}, "delay: layers need '0 ms'"),
        ({"target": "v"}, "target 'J'"),
    ],
)
def test_what_is_no_chain_of_layers_is_refused(specify, change, words):
    with pytest.raises(SpecError, match=words):
        layers_of(specify(populations(1), projections(["0.5 V", "0.5 V"], **change)))


def test_a_population_beside_the_chain_is_named(specify):
    blocks = projections(["0.5 V", "0.5 V"])
    del blocks["onward"]
    with pytest.raises(SpecError, match="second"):
        layers_of(specify(populations(1), blocks))


def test_cells_that_layers_do_not_have_are_refused(specify):
    cells = populations(0.5)
    with pytest.raises(SpecError, match="keep 1 or 0"):
        layers_of(specify(cells, projections(["0.5 V", "0.5 V"])))
