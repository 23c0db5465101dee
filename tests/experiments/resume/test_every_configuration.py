"""Every configuration goes on bit for bit after it was stopped, or is refused by its name."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from resumable import measured

from experiments import EXPERIMENTS, SETTINGS, parts, runner
from experiments.resumption import resume
from networks.config import load
from neuro.errors import Interrupted, SpecError
from neuro.recording import Recorder, Status, checkpoint_path, read
from neuro.recording import checkpoint as writing

ROOT = Path(__file__).resolve().parents[3]
CONFIGS = {
    str(path.relative_to(ROOT / "data/configs").with_suffix("")): path
    for path in sorted((ROOT / "data/configs").rglob("*.yaml"))
}


#: At the size of a test they have a single network, which is recorded and so is no part.
RECORDED = {"digit_memory", "spiking_temporal_memory", "sparsey_spiking"}


def kind_of(path):
    """Return the kind of experiment; none where a network is simulated as it is described."""
    lines = [x for x in path.read_text().splitlines() if x.strip().startswith("kind:")]
    return lines[0].split(":")[1].split("#")[0].strip() if lines else None


def first_of_each_kind():
    found = {}
    for name, path in CONFIGS.items():
        if "include:" not in path.read_text() and (kind := kind_of(path)) is not None:
            found.setdefault(kind, name)
    return found


def assert_same(calm, file):
    first, second = measured(calm), measured(file)
    assert first.keys() == second.keys()
    assert first
    for key, array in first.items():
        assert array.dtype == second[key].dtype, key
        assert np.array_equal(array, second[key], equal_nan=array.dtype.kind == "f"), key


def stop(patch):
    """Press Ctrl+C after the first checkpoint; every part writes one."""
    plain, is_stopped = writing.publish, []

    def publish(path, content):
        plain(path, content)
        if not is_stopped:
            is_stopped.append(True)
            raise KeyboardInterrupt

    patch.setattr(writing, "publish", publish)
    patch.setattr(parts, "SHARE", float("inf"))


def press(*_given, **_named):
    raise KeyboardInterrupt


def described(name, file):
    return load(CONFIGS[name], ("quick=true", f"output.path={file}"), experiments=SETTINGS)


def enlarge(patch, kind):
    """Give experiments whose only network is recorded a second one, which is a part."""
    settings = EXPERIMENTS[kind].settings
    plain = settings.quick
    patch.setattr(settings, "quick", lambda self: replace(plain(self), networks=2))


def test_every_kind_has_a_configuration_here():
    assert set(first_of_each_kind()) == set(EXPERIMENTS)


@pytest.mark.slow(reason="every experiment twice")
@pytest.mark.parametrize("kind", EXPERIMENTS)
def test_every_experiment_goes_on_bit_for_bit_or_is_refused(kind, tmp_path, monkeypatch):
    name = first_of_each_kind()[kind]
    calm, file = tmp_path / "calm.h5", tmp_path / "stopped.h5"
    if kind in RECORDED:
        enlarge(monkeypatch, kind)
    with monkeypatch.context() as patch:
        stop(patch)
        if not EXPERIMENTS[kind].resumes:
            patch.setattr(Recorder, "metric", press)
        with pytest.raises(Interrupted):
            runner.run(described(name, file))
    if not EXPERIMENTS[kind].resumes:
        with pytest.raises(SpecError, match=f"'{kind}' leaves no checkpoints"):
            resume(file)
        return
    assert checkpoint_path(file).exists()
    resume(file)
    assert not checkpoint_path(file).exists()
    assert_same(runner.run(described(name, calm)), file)


def engram(*words):
    return [sys.executable, "-m", "experiments.cli", *map(str, words)]


def killed(words, after):
    """Run a command, and end it and all its processes by SIGKILL; return whether that was it."""
    process = subprocess.Popen(
        engram(*words), cwd=ROOT, start_new_session=True, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        _, told = process.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return True
    assert process.returncode == 0, told
    return False


def is_begun(file):
    return file.exists() or file.with_name(f"{file.name}.parts").exists()


def go_on(file):
    answer = subprocess.run(engram("resume", file), cwd=ROOT, capture_output=True, text=True)
    done = "is complete: there is nothing to resume"
    assert answer.returncode == 0 or done in answer.stderr, answer.stderr


def survive(begin, file, seconds, drawn, parts):
    """Kill a run and what goes on with it at random times, each in a process of its own."""
    for part in range(parts):
        words = ("resume", file) if is_begun(file) else begin
        if not killed(words, drawn.uniform(0.3 if part else 0.6, 1.0) * seconds):
            return
        if file.exists() and not file.with_name(f"{file.name}.parts").exists():
            with read(file) as recording:
                if recording.status is Status.OK:
                    return
    if is_begun(file):
        go_on(file)
    else:
        assert subprocess.run(engram(*begin), cwd=ROOT).returncode == 0


def calm_run(words, file):
    began = time.monotonic()
    assert not killed((*words, f"output.path={file}"), None)
    return time.monotonic() - began


@pytest.mark.nightly(reason="every configuration, killed in a chain of three parts")
@pytest.mark.parametrize("name", CONFIGS)
def test_every_configuration_survives_being_killed_three_times(name, tmp_path):
    import random

    words, file = ("run", CONFIGS[name], "quick=true"), tmp_path / "stopped.h5"
    seconds = calm_run(words, tmp_path / "calm.h5")
    survive((*words, f"output.path={file}"), file, seconds, random.Random(name), 3)
    assert_same(tmp_path / "calm.h5", file)
    with read(file) as recording:
        assert json.loads(recording.resolved)["experiment"]["kind"] in EXPERIMENTS


@pytest.mark.slow(reason="a run of some seconds, killed twice, beside one that is not")
def test_a_killed_memory_run_goes_on_in_new_processes_bit_for_bit(tmp_path):
    kill_memory(tmp_path, seed=3, times=1)


@pytest.mark.nightly(reason="ten times, every third one in a chain of three parts")
def test_killed_memory_runs_go_on_from_ten_random_times(tmp_path):
    kill_memory(tmp_path, seed=4, times=10)


def kill_memory(folder, seed, times):
    import random

    # Some seconds of learning in many networks, after the start of the process.
    words = ("run", CONFIGS["memory/willshaw"], "experiment.networks=24",
             "experiment.loads=[200, 2000, 6000]", "experiment.probes=200")  # fmt: skip
    drawn = random.Random(seed)
    seconds = calm_run(words, folder / "calm.h5")
    for number in range(times):
        file = folder / f"stopped-{number}.h5"
        survive((*words, f"output.path={file}"), file, seconds, drawn, 3 if number % 3 == 0 else 1)
        assert_same(folder / "calm.h5", file)
