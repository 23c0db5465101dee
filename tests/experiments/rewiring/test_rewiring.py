"""The study of rewiring: methods have the synapses that they say, and runs go on."""

from dataclasses import replace

import numpy as np
import pytest

from experiments import SETTINGS, runner
from experiments.progress import Silent
from experiments.resumption import resume
from experiments.rewiring.network import SparseNetwork, narrow
from experiments.rewiring.rewiring import images
from experiments.rewiring.settings import METHODS, Moves, RewiringStudy
from networks.config import load
from neuro.errors import Interrupted, SpecError
from neuro.recording import Status, checkpoint_path, read
from plasticity.rewiring import group_density

SMALL = RewiringStudy(
    data="digits", train=60, test=30, hidden=(24, 16), groups=4, between=0.2, steps=5, epochs=2,
    batch=10, moves=Moves(every=4, share=0.2),
)  # fmt: skip
DENSITY = group_density(4, 0.2)
CONFIG = """
schema_version: 1
name: small
seed: 5
experiment:
  kind: rewiring
  method: {method}
  data: digits
  train: 60
  test: 30
  hidden: [24, 16]
  groups: 4
  steps: 5
  epochs: 3
  batch: 10
  moves: {{every: 4, share: 0.2, window: 3, until: 0}}
"""


def written(tmp_path, method="index_hebb"):
    config = tmp_path / "small.yaml"
    config.write_text(CONFIG.format(method=method))
    return config


def configuration(tmp_path, name, *overrides, method="index_hebb"):
    output = f"output.path={tmp_path / name}"
    return load(written(tmp_path, method), (output, *overrides), experiments=SETTINGS)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_the_synapses_it_says_and_keeps_their_number(method):
    settings = replace(SMALL, method=method)
    task = images(settings, 1)
    network = SparseNetwork(settings, 64, 10, 12, 1)
    before = [mask.copy() for mask in network.masks]
    assert all(np.array_equal(w != 0, m) for w, m in zip(network.weights, before, strict=True))
    for first in range(0, 60, 10):
        network.learn(task.train[first : first + 10], task.train_labels[first : first + 10])
    for mask, old in zip(network.masks, before, strict=True):
        # Constant fan-in may not keep it to one: fewer than a synapse for each cell are missing.
        assert 0 <= old.sum() - mask.sum() < (mask.shape[1] if method == "srigl" else 1)
    assert before[-1].all()
    if method == "dense":
        assert all(mask.all() for mask in before)
    elif method == "narrow":
        assert sum(m.size for m in before) == pytest.approx(DENSITY * 1920 + 160, rel=0.1)
    else:
        for mask in before[:-1]:
            # Groups are drawn: four standard errors; false alarm 6e-5.
            error = np.sqrt(0.75 * mask.size * 0.2 * 0.8) / mask.size
            assert mask.mean() == pytest.approx(DENSITY, abs=max(4 * error, 0.5 / len(mask)))
    assert (network.wiring.n_moved > 0) == bool(METHODS[method][1])


def test_narrow_layers_have_as_many_synapses_and_keep_their_proportions():
    settings = RewiringStudy(method="narrow", hidden=(256, 128), groups=8, between=0.15)
    first, second = narrow(settings, 784, 10)
    assert first == pytest.approx(2 * second, abs=1)
    n_dense = 784 * first + first * second + second * 10
    n_sparse = group_density(8, 0.15) * (784 * 256 + 256 * 128) + 128 * 10
    assert n_dense == pytest.approx(n_sparse, rel=0.01)


def test_operations_are_those_of_synapses_that_there_are():
    settings = replace(SMALL, method="er")
    network = SparseNetwork(settings, 64, 10, 12, 2)
    shown = images(settings, 2).test
    found = network.answer(shown)
    answer = network.trainer.predict(network.weights, shown)
    fans = [np.count_nonzero(weight, axis=1) for weight in network.weights]
    crossed = np.count_nonzero(shown, axis=0) @ fans[0]
    crossed += sum(n @ fan for n, fan in zip(answer.fired, fans[1:], strict=True))
    assert found.operations == pytest.approx(crossed / len(shown))
    assert found.operations < 0.6 * answer.operations / len(shown)
    assert [r * n * 5 * 30 for r, n in zip(found.rates, (24, 16), strict=True)] == pytest.approx(
        answer.spikes
    )


def test_pixels_are_silent_where_nothing_is_drawn_and_the_weights_are_those_of_every_method():
    task = images(SMALL, 3)
    assert task.train.min() == task.test.min() == 0
    assert task.train.std() == pytest.approx(1, rel=1e-5)
    dense = SparseNetwork(replace(SMALL, method="dense"), 64, 10, 12, 3).weights[0]
    sparse = SparseNetwork(replace(SMALL, method="index"), 64, 10, 12, 3).weights[0]
    there = sparse != 0
    ratio = sparse / dense
    # Scaled by one factor for each cell.
    for cell in range(24):
        assert np.ptp(ratio[there[:, cell], cell]) < 1e-5


def content(path):
    with read(path) as recording:
        assert recording.status is Status.OK
        found = {name: recording.array(name) for name in recording.arrays}
        return found | {f"metrics/{n}": recording.metric(n) for n in recording.metrics()}


class Stopping(Silent):
    """Stop a run when so many images were shown, as Ctrl+C would."""

    def advance(self, done, more=""):
        if done == 150:
            raise KeyboardInterrupt


@pytest.mark.parametrize("method", ["index_hebb", "set"])
def test_an_interrupted_run_goes_on_as_if_it_had_never_stopped(tmp_path, method):
    whole = runner.run(configuration(tmp_path, "whole.h5", method=method))
    with pytest.raises(Interrupted, match="resume"):
        runner.run(configuration(tmp_path, "stopped.h5", method=method), Stopping())
    path = tmp_path / "stopped.h5"
    assert checkpoint_path(path).exists()
    resume(path)
    first, second = content(whole), content(path)
    assert first.keys() == second.keys()
    for name, array in first.items():
        assert np.array_equal(array, second[name]), name
    assert first["metrics/synapses_moved"] > 0
    assert len(first["metrics/accuracy_by_pass"]) == 3
    assert first["metrics/accuracy"] == first["metrics/accuracy_by_pass"][-1]


def test_the_run_shows_a_row_and_draws_itself(engram, tmp_path):
    done = engram("run", written(tmp_path), f"output.path={tmp_path / 'run.h5'}")
    assert done.code == 0, done.err
    assert "index_hebb" in done.out
    assert (tmp_path / "run-rewiring.png").is_file()
    other = engram("plot", "rewiring", done.last_line, "-o", tmp_path / "again.svg")
    assert other.code == 0


def test_groups_that_do_not_divide_cells_are_told_at_their_line(engram, tmp_path):
    config = tmp_path / "uneven.yaml"
    text = CONFIG.replace("groups: 4", "groups: 7")
    config.write_text(text.format(method="mixer"))
    answer = engram("validate", config)
    assert answer.code == 2
    assert (
        "uneven.yaml:11:11: experiment.hidden: 7 groups do not divide a layer of 24" in answer.err
    )
    assert "uneven.yaml:12:11: experiment.groups: 7 groups do not divide 64 pixels" in answer.err
    config.write_text(text.format(method="set"))
    assert engram("validate", config).code == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"hidden": ()}, {"rate": 0.0}, {"momentum": 1.0}, {"groups": 0}, {"between": 1.1},
        {"train": -1}, {"enlarge": 0}, {"epochs": 0},
    ],
    ids=str,
)  # fmt: skip
def test_settings_out_of_range_are_refused(wrong):
    with pytest.raises(SpecError):
        replace(SMALL, **wrong)
    with pytest.raises(SpecError, match="every 0"):
        Moves(every=0)
