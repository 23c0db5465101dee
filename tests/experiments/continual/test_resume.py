"""Interrupted runs that go on: the file is that of a run which never stopped."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from experiments import SETTINGS, runner
from experiments.continual import continual_learning
from experiments.continual.evaluator import Evaluator
from experiments.resumption import resume
from experiments.sweep import plan
from experiments.sweep.workers import run_point
from networks.config import load
from neuro.errors import Interrupted
from neuro.recording import Status, checkpoint_path, read

CONFIG = """
schema_version: 1
name: small
seed: 5
experiment:
  kind: continual
  method: {method}
  trainer: dsr
  stream: {{data: digits, tasks: permuted, number: 4, train: 200, test: 50}}
  hidden: [40]
  steps: 8
  buffer: 100
  laterals: {{rows: [[10, 8], [5, 4]], rates: [0.001, 0.01]}}
"""


def written(tmp_path, method="hlop"):
    config = tmp_path / "small.yaml"
    config.write_text(CONFIG.format(method=method))
    return config


def content(path):
    with read(path) as recording:
        assert recording.status is Status.OK
        found = {name: recording.array(name) for name in recording.arrays}
        measured = {name: recording.metric(name) for name in recording.metrics()}
    # Processor time is nothing that could be repeated.
    measured.pop("seconds")
    return found | {f"metrics/{name}": value for name, value in measured.items()}


def assert_same(one, other):
    first, second = content(one), content(other)
    assert first.keys() == second.keys()
    assert "metrics/acc" in first
    for name, array in first.items():
        assert np.array_equal(array, second[name], equal_nan=array.dtype.kind == "f"), name


def stop_at(monkeypatch, number, when):
    """Press Ctrl+C while task `number` is learnt, or right after its checkpoint."""
    if when == "learning":
        plain = continual_learning._teach

        def teach(study, task):
            if task == number:
                next(study.evaluator.teach(study.learner, task))
                raise KeyboardInterrupt
            return plain(study, task)

        monkeypatch.setattr(continual_learning, "_teach", teach)
    else:
        plain = continual_learning._checkpoint

        def checkpoint(study):
            plain(study)
            if study.course.n_learnt == number + 1:
                raise KeyboardInterrupt

        monkeypatch.setattr(continual_learning, "_checkpoint", checkpoint)


def stop_after_pass(monkeypatch, number, passes):
    """Press Ctrl+C in task `number`, a batch after the checkpoint of a pass."""
    monkeypatch.setattr(continual_learning, "PATIENCE", 0.0)
    plain, kept = Evaluator.teach, [0]

    def teach(self, student, task, done=0):
        for step in plain(self, student, task, done):
            if task == number and kept[0] == passes:
                raise KeyboardInterrupt
            yield step
            kept[0] += task == number and step.ends_pass

    monkeypatch.setattr(Evaluator, "teach", teach)


def watch(monkeypatch):
    """Return where the number of images done is noted at each batch."""
    plain, shown = Evaluator.teach, []

    def teach(self, student, task, done=0):
        for step in plain(self, student, task, done):
            shown.append(step.done)
            yield step

    monkeypatch.setattr(Evaluator, "teach", teach)
    return shown


def run(config, file, more=()):
    overrides = (f"output.path={file}", "output.overwrite=true", *more)
    return runner.run(load(config, overrides, experiments=SETTINGS))


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """Return runs that were never interrupted, by method; each is made once."""
    made = {}

    def of(method="hlop"):
        if method not in made:
            folder = tmp_path_factory.mktemp(method)
            made[method] = run(written(folder, method), folder / "calm.h5")
        return made[method]

    return of


@pytest.mark.parametrize(
    ("method", "number", "when"),
    [("hlop", 0, "learning"), ("hlop", 2, "learning"), ("hlop", 3, "written"),
     ("joint", 2, "learning")],
)  # fmt: skip
def test_an_interrupted_run_goes_on_bit_for_bit(
    calm, numpy_target, tmp_path, monkeypatch, method, number, when
):
    config, file = written(tmp_path, method), tmp_path / "stopped.h5"
    with monkeypatch.context() as patch:
        stop_at(patch, number, when)
        with pytest.raises(Interrupted) as stopped:
            run(config, file)
    is_begun = number > 0 or when == "written"
    assert checkpoint_path(file).exists() == is_begun
    assert (f"engram resume {file}" in str(stopped.value)) == is_begun
    with read(file) as recording:
        assert recording.status is Status.INTERRUPTED
    assert resume(file) == file
    assert_same(calm(method), file)
    assert not checkpoint_path(file).exists()


def test_a_run_begun_anew_leaves_no_older_checkpoint_to_go_on_from(
    numpy_target, tmp_path, monkeypatch
):
    config, file = written(tmp_path), tmp_path / "stopped.h5"
    for number, is_left in ((2, True), (0, False)):
        with monkeypatch.context() as patch:
            stop_at(patch, number, "learning")
            with pytest.raises(Interrupted):
                run(config, file)
        assert checkpoint_path(file).exists() == is_left


def test_a_run_that_is_interrupted_twice_goes_on(calm, numpy_target, tmp_path, monkeypatch):
    file = tmp_path / "stopped.h5"
    for number, go in ((1, lambda: run(written(tmp_path), file)), (3, lambda: resume(file))):
        with monkeypatch.context() as patch:
            stop_at(patch, number, "learning")
            with pytest.raises(Interrupted):
                go()
    resume(file)
    assert_same(calm(), file)


def test_a_checkpoint_of_which_a_byte_changed_gives_way_to_the_older_one(
    calm, numpy_target, tmp_path, monkeypatch
):
    file = tmp_path / "stopped.h5"
    with monkeypatch.context() as patch:
        stop_at(patch, 3, "learning")
        with pytest.raises(Interrupted):
            run(written(tmp_path), file)
    newest = checkpoint_path(file)
    body = bytearray(newest.read_bytes())
    body[len(body) // 2] ^= 1
    newest.write_bytes(body)
    with pytest.warns(UserWarning, match="the older"):
        resume(file)
    assert_same(calm(), file)


def test_what_cannot_be_resumed_is_told(engram, calm, tmp_path):
    again = engram("resume", calm())
    assert again.code == 2
    assert "complete" in again.err
    missing = engram("resume", tmp_path / "missing.h5")
    assert missing.code == 4
    assert "does not exist" in missing.err


LONG = ("experiment.epochs=3", "experiment.stream.kind=task", "experiment.stream.number=2")


@pytest.mark.parametrize("task", [0, 1])
def test_a_long_task_goes_on_after_its_last_pass(numpy_target, tmp_path, monkeypatch, task):
    config = written(tmp_path)
    calm = run(config, tmp_path / "calm.h5", LONG)
    file = tmp_path / "stopped.h5"
    with monkeypatch.context() as patch:
        stop_after_pass(patch, task, 2)
        with pytest.raises(Interrupted, match="engram resume"):
            run(config, file, LONG)
    with monkeypatch.context() as patch:
        shown = watch(patch)
        resume(file)
    # Of three passes of 200 images two were over.
    assert shown[0] == 2 * 200 + 64
    assert_same(calm, file)


@pytest.mark.slow(reason="another process that imports all and is killed; figures")
def test_a_killed_run_goes_on_in_another_process(engram, calm, tmp_path):
    config, file = written(tmp_path), tmp_path / "killed.h5"
    program = (
        "import os, sys\n"
        "from experiments.continual import continual_learning as study\n"
        "plain = study._teach\n"
        "def teach(found, number):\n"
        "    if number == 2: os.kill(os.getpid(), 9)\n"
        "    return plain(found, number)\n"
        "study._teach = teach\n"
        "from experiments.cli import invoke\n"
        "invoke(sys.argv[1:])\n"
    )
    words = [sys.executable, "-c", program, "run", str(config), f"output.path={file}", "-q"]
    root = Path(__file__).resolve().parents[3]
    died = subprocess.run(words, env=os.environ | {"PYTHONPATH": str(root)}, check=False)
    assert died.returncode == -signal.SIGKILL
    assert not file.exists()
    resumed = engram("resume", file, "-q")
    assert (resumed.code, resumed.last_line) == (0, str(file)), resumed.err
    assert_same(calm(), file)


def test_a_point_of_a_sweep_goes_on_from_its_checkpoint(tmp_path, monkeypatch):
    config = written(tmp_path)
    point = plan(config, ["seed=5"]).points[0]
    with monkeypatch.context() as stopped:
        stop_at(stopped, 2, "learning")
        assert run_point(config, tmp_path, point)[0] == Interrupted.exit_code
    path = tmp_path / point.file
    assert checkpoint_path(path).exists()
    plain, taught = continual_learning._teach, []

    def teach(study, task):
        taught.append(task)
        return plain(study, task)

    monkeypatch.setattr(continual_learning, "_teach", teach)
    assert run_point(config, tmp_path, point) is None
    assert taught == [2, 3]
    whole = load(config, [f"output.path={tmp_path}/whole.h5"], experiments=SETTINGS)
    assert_same(runner.run(whole), path)


def test_a_point_without_a_sound_checkpoint_begins_anew(tmp_path, monkeypatch):
    config = written(tmp_path, "sequential")
    point = plan(config, ["seed=5"]).points[0]
    with monkeypatch.context() as stopped:
        stop_at(stopped, 2, "learning")
        assert run_point(config, tmp_path, point)[0] == Interrupted.exit_code
    path = tmp_path / point.file
    for kept in path.parent.glob(f"{path.stem}.ckpt.h5*"):
        kept.write_bytes(kept.read_bytes()[:500])
    assert run_point(config, tmp_path, point) is None
    with read(path) as recording:
        assert recording.status is Status.OK
