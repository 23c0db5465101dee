"""Simulations that were stopped and go on: every bit is that of one which never stopped."""

import json
import os
import random
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import resumable
from resumable import CONFIG, DURATION, Stopper, differences, rows_on_disk, run, watched

from experiments.checkpointing import Keeper
from experiments.resumption import resume
from neuro.errors import DamagedFileError, Interrupted
from neuro.recording import (
    Recording,
    Status,
    checkpoint_path,
    packed,
    read,
    read_checkpoint,
    unpacked,
    write_checkpoint,
)

STRICT = ("simulation.engine=numba",)
FAST = ("simulation.engine=numba", "simulation.mode=fast")
BRIAN2 = ("simulation.engine=brian2",)
# Without samples of the weights events of plastic synapses may wait.
LAZY = (
    "recordings={exc: {population: exc, variable: spikes}, "
    "w: {projection: in_exc, variable: weight}}",
)
#: Words of a configuration, and what Brian2 compiles to.
WAYS = {
    "numba-strict": (STRICT, None),
    "numba-threads": ((*STRICT, "simulation.threads=2"), None),
    "numba-fast": ((*FAST, *LAZY), None),
    "numba-fast-watched": (FAST, None),
    "brian2-numpy": (BRIAN2, "numpy"),
    "brian2-cython": (BRIAN2, "cython"),
}
QUICK = ["numba-strict", "numba-fast", "brian2-numpy"]


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    """Return the file of a run that never stopped, made once for each way."""
    folder, made = tmp_path_factory.mktemp("calm"), {}

    def file(way):
        if way not in made:
            words, target = WAYS[way]
            made[way] = run(folder / f"{way}.h5", words, target)
        return made[way]

    return file


def stopped_at(times, file, way, monkeypatch):
    """Stop a run at each time in turn, each in what the one before left; then let it end."""
    words, target = WAYS[way]
    for number, at in enumerate(times):
        with monkeypatch.context() as patch:
            watched(patch, Stopper(at))
            go = partial(resume, file) if number else partial(run, file, words, target)
            with pytest.raises(Interrupted, match="engram resume"):
                go()
        assert checkpoint_path(file).exists()
        with read(file) as recording:
            assert recording.status is Status.INTERRUPTED
            assert at * 1e3 <= recording.progress[0] < DURATION * 1e3
    return resume(file)


@pytest.mark.parametrize("way", QUICK)
def test_a_simulation_goes_on_bit_for_bit_three_times(calm, tmp_path, monkeypatch, way):
    file = tmp_path / "stopped.h5"
    stopped_at([0.0, 0.0612, 0.1803], file, way, monkeypatch)
    assert differences(calm(way), file) == []
    assert not checkpoint_path(file).exists()
    with read(file) as recording:
        assert recording.status is Status.OK
        assert len(recording.spikes("exc")[0]) > 100
        learnt = recording.weights("in_exc").data
    assert (learnt[0] != learnt[-1]).mean() > 0.2


@pytest.mark.slow(reason="ten times on every engine, three of them compiled")
@pytest.mark.parametrize("way", WAYS)
def test_a_simulation_goes_on_from_ten_random_times(calm, tmp_path, monkeypatch, way):
    drawn = random.Random(way)
    for number in range(10):
        # Every third run is stopped three times.
        times = sorted(drawn.uniform(0, DURATION * 0.96) for _ in range(1 + 2 * (number % 3 == 2)))
        file = tmp_path / f"stopped-{number}.h5"
        stopped_at(times, file, way, monkeypatch)
        assert differences(calm(way), file) == [], times


@pytest.mark.parametrize("way", QUICK)
def test_looking_at_the_state_changes_nothing(tmp_path, monkeypatch, way):
    words, target = WAYS[way]
    plain = run(tmp_path / "plain.h5", (*words, *LAZY), target)
    monkeypatch.setattr(resumable.engine, "TICK", 1e-3)
    kept = []
    call = Keeper.__call__

    def count(self, place, is_last):
        call(self, place, is_last)
        kept.append(checkpoint_path(self.recorder.path).exists())

    monkeypatch.setattr(Keeper, "__call__", count)
    often = run(tmp_path / "often.h5", (*words, *LAZY, "output.checkpoint=50 ms"), target)
    assert sum(kept) > 0
    assert differences(plain, often) == []


def killed(at, file, words, *, begins):
    """Let a process run, or go on, and die by SIGKILL when the model time is `at`."""
    if begins:
        command = ["run", str(CONFIG), *words, f"output.path={file}"]
    else:
        command = ["resume", str(file)]
    program = [sys.executable, resumable.__file__, str(at), *command, "-q"]
    root = Path(__file__).resolve().parents[3]
    died = subprocess.run(program, env=os.environ | {"PYTHONPATH": str(root)}, check=False)
    assert died.returncode == -signal.SIGKILL


# Everything is flushed at once, and the state is kept at every eighth look (`resumable.rarely`).
TIGHT = ("output.flush=1 us", "output.checkpoint=1 us")


def killed_thrice(times, file, way):
    """Kill a run at each time in turn; return how many spikes were on disk beyond a checkpoint."""
    beyond = 0
    for number, at in enumerate(times):
        killed(at, file, (*WAYS[way][0], *TIGHT), begins=number == 0)
        begun = read_checkpoint(file)
        if begun is not None:
            rows = unpacked(begun)["rows"]
            known = sum(n for name, n in rows.items() if name.startswith("/spikes/"))
            beyond += rows_on_disk(file.with_name(f"{file.name}.parts")) - known
    resume(file)
    return beyond


@pytest.mark.slow(reason="processes of their own that import all and are killed")
@pytest.mark.parametrize("way", ["numba-strict", "numba-fast", "brian2-cython"])
def test_a_killed_simulation_goes_on_without_what_it_wrote_too_much(calm, tmp_path, way):
    drawn, beyond = random.Random(way), 0
    for number in range(2):
        times = sorted(drawn.uniform(0, DURATION) for _ in range(1 + 2 * (number % 2)))
        file = tmp_path / f"killed-{number}.h5"
        beyond += killed_thrice(times, file, way)
        assert differences(calm(way), file) == [], times
    assert beyond > 0


def test_rows_after_the_checkpoint_appear_once(calm, tmp_path, monkeypatch):
    """What a dead run flushed after its checkpoint is computed again, and not added."""
    file = tmp_path / "late.h5"

    with monkeypatch.context() as patch:
        watched(patch, Stopper(0.05))
        with pytest.raises(Interrupted):
            run(file, STRICT)
    kept = checkpoint_path(file).read_bytes()
    with read(file) as recording:
        early = len(recording.spikes("exc")[0])
    with monkeypatch.context() as patch:
        watched(patch, Stopper(0.19))
        with pytest.raises(Interrupted):
            resume(file)
    # The file is of 190 ms, and the only checkpoint left of 50 ms.
    for path in (checkpoint_path(file), Path(f"{checkpoint_path(file)}.old")):
        path.write_bytes(kept)
    with read(file) as recording:
        assert len(recording.spikes("exc")[0]) > early
    assert differences(calm("numba-strict"), resume(file)) == []


def interrupted(tmp_path, monkeypatch, at=0.1, words=STRICT):
    file = tmp_path / "stopped.h5"
    file.parent.mkdir(exist_ok=True)
    with monkeypatch.context() as patch:
        watched(patch, Stopper(at))
        with pytest.raises(Interrupted):
            run(file, words)
    return file


def test_a_run_that_dies_while_it_takes_over_loses_nothing(calm, tmp_path, monkeypatch):
    file = interrupted(tmp_path, monkeypatch)
    before = file.read_bytes()

    def die(*_words):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setitem(sys.modules["neuro.recording.carry"]._CARRIERS, "weights", die)
        with pytest.raises(Interrupted, match="engram resume"):
            resume(file)
    assert file.read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["stopped.ckpt.h5", "stopped.h5"]
    assert differences(calm("numba-strict"), resume(file)) == []


def test_a_recording_that_lost_rows_does_not_go_on(tmp_path, monkeypatch):
    file = interrupted(tmp_path, monkeypatch)
    other = interrupted(tmp_path / "short", monkeypatch, at=0.02)
    file.write_bytes(other.read_bytes())
    with pytest.raises(DamagedFileError, match="rows, the checkpoint knows"):
        resume(file)


def test_a_checkpoint_of_another_network_is_refused(tmp_path, monkeypatch):
    file = interrupted(tmp_path, monkeypatch)
    other = interrupted(tmp_path / "other", monkeypatch, words=(*STRICT, "seed=8"))
    checkpoint_path(file).write_bytes(checkpoint_path(other).read_bytes())
    with pytest.raises(DamagedFileError, match="other connections"):
        resume(file)


def test_standalone_code_cannot_be_resumed(engram, tmp_path, monkeypatch):
    file = interrupted(tmp_path, monkeypatch, at=0.01)
    with read(file) as recording:
        resolved = recording.resolved
    assert '"engine": "numba"' in resolved
    text = resolved.replace('"numba"', '"brian2_standalone"')
    assert text != resolved
    monkeypatch.setattr(Recording, "resolved", property(lambda _self: text))
    monkeypatch.setattr(Recording, "configuration", property(lambda _self: json.loads(text)))
    answer = engram("resume", file)
    assert answer.code == 2
    assert "brian2_standalone" in answer.err


@pytest.mark.parametrize("way", ["numba-strict", "brian2-numpy"])
@pytest.mark.parametrize("forged", ["queue", "events", "place of a source", "draws"])
def test_a_forged_state_is_refused_before_compiled_code_sees_it(tmp_path, monkeypatch, way, forged):
    words, target = WAYS[way]
    file = tmp_path / "stopped.h5"
    with monkeypatch.context() as patch:
        watched(patch, Stopper(0.1))
        with pytest.raises(Interrupted):
            run(file, words, target)
    state = unpacked(read_checkpoint(file))
    objects, drawn = state["network"]["objects"], state["network"]["random"]
    if forged == "queue":
        queue = objects["rec_pre"]["_spikequeue"]
        slots = queue["events"] if isinstance(queue, dict) else queue[1]
        slots[0] = np.array([10**6], dtype=np.int32) if isinstance(queue, dict) else [10**6]
    elif forged == "events":
        objects["exc"]["_spikespace"][0][-1] = 10**6
    elif forged == "place of a source":
        objects["given"]["_lastindex"][0][:] = 10**6
    else:
        drawn["_rand_index"][:] = 10**6
    write_checkpoint(file, packed(state))
    with pytest.raises(DamagedFileError, match="another network's state"):
        resume(file)


def test_a_pruned_network_without_an_experiment_goes_on_from_the_command_line(
    engram, tmp_path, monkeypatch
):
    pruned = [
        f"projections.{name}.pruning={{rule: random, density: 0.5}}"
        for name in ("given_exc", "rec")
    ]
    words = (*STRICT, *pruned)
    calm = run(tmp_path / "calm.h5", words)
    file = interrupted(tmp_path, monkeypatch, words=words)
    answer = engram("resume", file)
    assert answer.code == 0, answer.err
    assert differences(calm, file) == []
    with read(file) as recording:
        # Marked once, whether its weights are recorded or not.
        assert recording.weights("given_exc").alive.shape[0] == 1
