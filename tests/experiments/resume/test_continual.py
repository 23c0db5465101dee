"""Runs of continual learning that are stopped at random batches and go on."""

import random

import numpy as np
import pytest
from resumable import measured

from experiments import SETTINGS, runner
from experiments.continual.evaluator import Evaluator
from experiments.resumption import resume
from networks.config import load
from neuro.errors import Interrupted
from neuro.recording import checkpoint_path

CONFIG = """
schema_version: 1
name: small
seed: 5
experiment:
  kind: continual
  method: hlop
  trainer: ottt
  stream: {data: digits, tasks: permuted, number: 3, train: 200, test: 50}
  hidden: [40]
  steps: 8
  buffer: 100
  laterals: {rows: [[10, 8], [5, 4]], rates: [0.001, 0.01]}
"""
N_BATCHES = 3 * 4  # of 64 images at most, in three tasks of 200


def stop(patch, batch):
    """Press Ctrl+C after a batch, counted from the first of this process."""
    plain, seen = Evaluator.teach, [0]

    def teach(self, student, task, done=0):
        for step in plain(self, student, task, done):
            if seen[0] == batch:
                raise KeyboardInterrupt
            seen[0] += 1
            yield step

    patch.setattr(Evaluator, "teach", teach)


@pytest.mark.slow(reason="eleven runs, some of them in four parts")
def test_continual_learning_goes_on_from_ten_random_batches(tmp_path, monkeypatch):
    config = tmp_path / "small.yaml"
    config.write_text(CONFIG)

    def described(path):
        return load(config, [f"output.path={path}"], experiments=SETTINGS)

    calm = measured(runner.run(described(tmp_path / "calm.h5")))
    assert calm["metrics/accuracy_matrix"].shape == (3, 3)
    drawn = random.Random(11)
    for number in range(10):
        file = tmp_path / f"stopped-{number}.h5"
        # Every third run is stopped three times, early enough that it always comes to it.
        parts = 3 if number % 3 == 2 else 1
        for part in range(parts):
            with monkeypatch.context() as patch:
                stop(patch, drawn.randrange(N_BATCHES if parts == 1 else 4))
                with pytest.raises(Interrupted):
                    runner.run(described(file)) if part == 0 else resume(file)
        resume(file)
        assert not checkpoint_path(file).exists()
        found = measured(file)
        assert found.keys() == calm.keys()
        for name, array in calm.items():
            assert np.array_equal(array, found[name], equal_nan=array.dtype.kind == "f"), name
