"""Runs whose parts draw from streams of their own: stopped after some parts, they go on."""

from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS, runner
from experiments.continual import circuit, key_value
from experiments.resumption import resume
from networks.config import load
from networks.inputs.images import load_images
from neuro.errors import Interrupted
from neuro.recording import Status, checkpoint_path, read

KEY_VALUE = """
schema_version: 1
name: small
seed: 5
experiment:
  kind: key_value
  networks: 2
  train: 300
  test: 100
  recipes:
    - {name: counts, code: &race {kind: race, cells: 60, active: 5}}
    - {name: keys, code: {kind: keys, cells: 20, active: 2}}
    - {name: delta, code: *race, readout: delta}
    - {name: means, code: {kind: pixels}, readout: means}
"""
CIRCUIT = Path(__file__).resolve().parents[2] / "data/configs/continual/hlop-circuit.yaml"
SHORT = ("experiment.networks=2", "experiment.duration=50 ms", "experiment.every=25 ms",
         "simulation.engine=brian2")  # fmt: skip


def content(path):
    with read(path) as recording:
        assert recording.status is Status.OK
        found = {name: recording.array(name) for name in recording.arrays}
        metrics = {f"metrics/{name}": recording.metric(name) for name in recording.metrics()}
    # Processor time is nothing that could be repeated.
    return found | {n: x for n, x in metrics.items() if not n.endswith("seconds_learn")}


def assert_same(one, other, measured):
    first, second = content(one), content(other)
    assert first.keys() == second.keys()
    assert measured in first
    for name, array in first.items():
        assert array.dtype == second[name].dtype, name
        assert np.array_equal(array, second[name], equal_nan=array.dtype.kind == "f"), name


def counted(patch, module, name, last=None):
    """Count the calls of a function that learns a part; the one after `last` presses Ctrl+C."""
    plain, calls = getattr(module, name), []

    def learn(*given):
        if len(calls) == last:
            raise KeyboardInterrupt
        calls.append(given)
        return plain(*given)

    patch.setattr(module, name, learn)
    return calls


def interrupted(monkeypatch, config, file, overrides, module, name, last):
    """Stop a run, go on with it, and return how many parts were learnt then."""
    with monkeypatch.context() as patch:
        counted(patch, module, name, last)
        with pytest.raises(Interrupted, match="engram resume"):
            runner.run(load(config, (*overrides, f"output.path={file}"), experiments=SETTINGS))
    assert checkpoint_path(file).exists()
    with monkeypatch.context() as patch:
        calls = counted(patch, module, name)
        assert resume(file) == file
    assert not checkpoint_path(file).exists()
    return len(calls)


def test_read_outs_go_on_after_the_last_code_bit_for_bit(tmp_path, monkeypatch):
    images = load_images("mnist")
    monkeypatch.setattr(key_value, "load_images", lambda _: images)
    config, file = tmp_path / "small.yaml", tmp_path / "stopped.h5"
    config.write_text(KEY_VALUE)
    calm = runner.run(load(config, [f"output.path={tmp_path}/calm.h5"], experiments=SETTINGS))
    left = interrupted(monkeypatch, config, file, (), key_value, "_learn_code", 4)
    # Of three codes in each of two networks.
    assert left == 2
    assert_same(calm, file, "metrics/recipes/delta/accuracy")


def test_circuits_go_on_after_the_last_network_bit_for_bit(numpy_target, tmp_path, monkeypatch):
    file = tmp_path / "stopped.h5"
    calm = runner.run(
        load(CIRCUIT, (*SHORT, f"output.path={tmp_path}/calm.h5"), experiments=SETTINGS)
    )
    assert interrupted(monkeypatch, CIRCUIT, file, SHORT, circuit, "learn", 1) == 1
    assert_same(calm, file, "metrics/identity")
