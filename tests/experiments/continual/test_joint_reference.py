"""The network that learns all tasks at once, beside the one that learns them in turn."""

import numpy as np
import pytest

from experiments import SETTINGS, runner
from experiments.continual import continual_learning
from experiments.resumption import resume
from networks.config import load
from neuro.errors import Interrupted
from neuro.recording import read

# Its steps are cut off at 1e-9: a guard so strong that nothing is learnt.
CONFIG = """
schema_version: 1
name: small
seed: 5
experiment:
  kind: continual
  method: kwta
  kwta: {largest: 1.0e-9}
  trainer: dsr
  stream: {data: digits, tasks: permuted, number: 2, train: 400, test: 100}
  hidden: [40]
  steps: 8
  epochs: 4
  joint_reference: true
"""
MEASURED = ("joint_accuracy", "accuracy_matrix", "intransigence")


def run(tmp_path, name):
    config = tmp_path / "small.yaml"
    config.write_text(CONFIG)
    overrides = (f"output.path={tmp_path / name}",)
    return runner.run(load(config, overrides, experiments=SETTINGS))


def measured(file):
    with read(file) as recording:
        return {name: recording.metric(name) for name in MEASURED}


def test_it_learns_all_tasks_without_guard_and_is_learnt_again_if_stopped(
    numpy_target, tmp_path, monkeypatch, capsys
):
    found = measured(run(tmp_path, "calm.h5"))
    joint, matrix = found["joint_accuracy"], found["accuracy_matrix"]
    # A tenth is chance: of both tasks the one knows most, the other nothing.
    assert joint.min() > 0.6
    assert matrix.max() < 0.3
    assert found["intransigence"] == pytest.approx(np.mean(joint - np.diag(matrix)))
    assert "intransigence" in capsys.readouterr().out

    def stop(study):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(continual_learning, "_joint", stop)
        with pytest.raises(Interrupted, match="engram resume"):
            run(tmp_path, "stopped.h5")
    again = measured(resume(tmp_path / "stopped.h5"))
    for name, value in found.items():
        assert np.array_equal(again[name], value), name
