"""The lateral circuit: its rules spike by spike, its factors, and that it finds the subspace."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS
from experiments.continual.circuit import factor_spikes, learn, mirror, traces_of, weight
from experiments.continual.circuit_settings import HlopCircuit
from networks.build import build, listen
from networks.config import load
from neuro.engines.activation import activate
from neuro.engines.simulation import Stretch, simulate
from neuro.errors import SpecError
from neuro.units import parse

CONFIG = Path(__file__).resolve().parents[3] / "data/configs/continual/hlop-circuit.yaml"
DT, TAU, REST, ETA = 5e-4, 40e-3, 500.0, 1e-3


@pytest.fixture
def spec():
    return load(CONFIG, experiments=SETTINGS).spec


def replayed(onto, back, heard, answered, n_steps):
    """Return H after learning, from its beginning and the spikes of both populations alone."""
    weights, feedback = onto.copy(), back.copy()
    u, last = np.zeros(onto.shape[1]), np.zeros(len(onto))
    for step in range(n_steps):
        u *= np.exp(-DT / TAU)
        fired = answered[1][answered[0] == step]
        value = 1 - REST * (step * DT - last[fired])
        u += feedback[:, fired] @ value
        change = ETA * np.outer(value, u)
        weights[fired] += change
        feedback[:, fired] -= change.T
        last[fired] = step * DT
        u[heard[1][heard[0] == step]] += 1
    return weights


def test_synapses_change_by_the_rule_and_both_ways_alike(spec):
    short = {name: parse("150 ms") for name in ("duration", "every")}
    settings = replace(spec.experiment, **short, hold=parse("10 ms"))
    steps, cells = factor_spikes(settings, 40, DT, np.random.default_rng(0))
    with activate("brian2", target="numpy"):
        built = build(replace(spec, recordings={}), spikes={"input": (steps * DT, cells)})
        before = weight(built, "onto"), weight(built, "back"), mirror(built)
        monitors = [listen(built, name) for name in ("population", "subspace")]
        simulate(built.network, [Stretch("all", 0.15)])
        trains = [(np.rint(np.array(m.t_) / DT).astype(int), np.array(m.i)) for m in monitors]
        after = weight(built, "onto"), mirror(built)
    assert min(len(train[0]) for train in trains) > 30
    expected = replayed(*before[:2], *trains, n_steps=300)
    assert np.abs(expected - before[0]).max() > 1e-4
    np.testing.assert_allclose(after[0], expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(after[1], before[2], rtol=0, atol=1e-14)


@pytest.mark.slow(reason="compiles the circuit and learns for five minutes of model time")
def test_spiking_neurons_find_the_principal_subspace(spec):
    with activate("numba"):
        found = learn(replace(spec, recordings={}), 0)
    assert found.angles[0].max() > 0.5
    assert found.angles[-3:].max() < 0.3
    assert found.explained[-1] > 0.95
    assert found.mirror < 1e-12


def test_cells_fire_as_their_factors_are_on():
    settings = HlopCircuit(factors=2, on=0.5, duration=parse("400 s"), every=parse("1 s"))
    steps, cells = factor_spikes(settings, 5, 1e-3, np.random.default_rng(1))
    strength = 60 * np.random.default_rng(1).random((2, 5)) ** 4
    rate = np.bincount(cells, minlength=5) / 400
    # Two factors in 4000 intervals: the share of those that are on varies by 0.8 %.
    np.testing.assert_allclose(rate, 0.5 * strength.sum(axis=0), rtol=0.05, atol=0.3)
    assert np.all(np.diff(steps) >= 0)


def test_traces_gain_one_and_decay():
    settings = HlopCircuit(duration=parse("10 ms"), every=parse("10 ms"))
    traces = traces_of(np.array([0, 4]), np.array([1, 1]), 2, settings, 1e-3)
    left = np.exp(-1 / 40)
    assert traces.shape == (2, 2)
    np.testing.assert_allclose(traces[:, 1], [1 + left**4, left**5 + left**9])
    assert not traces[:, 0].any()


def test_a_population_without_the_trace_cannot_learn_so(specify):
    cells = {"a": {"model": "lif"}, "b": {"model": "lif"}}
    synapse = {"model": "delta", "weight": "1 mV"}
    learns = {"source": "a", "target": "b", "synapse": synapse, "plasticity": {"rule": "subspace"}}
    with pytest.raises(SpecError, match="needs a variable 'u' of the source"):
        specify(cells, {"p": learns})


def test_what_the_circuit_lacks_is_named(engram, tmp_path):
    text = CONFIG.read_text(encoding="utf-8").replace("subspace: {model", "others: {model")
    file = tmp_path / "lacking.yaml"
    file.write_text(text.replace("target: subspace", "target: others").replace(
        "source: subspace", "source: others"
    ))  # fmt: skip
    answer = engram("validate", file)
    assert answer.code == 2
    assert "needs population 'subspace'" in answer.err + answer.out
