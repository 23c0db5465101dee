"""A run is followed from another process: before it begins, while it lives, when it is killed."""

import json
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from experiments.broadcast import INTERVAL, Broadcast
from experiments.commands.watch import told
from experiments.progress import Silent
from neuro.recording import Beacon, Follower, Header, Recorder
from neuro.recording.parts import parts_path

ROOT = str(Path(__file__).parents[2])
PATIENCE = 60.0
# Ten spikes of four neurons in every 100 ms, until a file appears; then the end is regular.
PROGRAM = """
import sys, time
from pathlib import Path
import numpy as np
from experiments.broadcast import Broadcast
from experiments.progress import Silent
from neuro.recording import Header, Recorder
path = Path(sys.argv[1])
stop = path.with_name("stop")
with Recorder(path, Header("x: 1", "{}", {}, {"root": 1}), flush_seconds=0.05) as recorder:
    shown = Broadcast(Silent(), recorder)
    shown.stage("drum\\x1b[2Jming", 1e6, "ms")
    recorder.nodes("cells", 4, "lif")
    step = 0
    while not stop.exists():
        recorder.spikes("cells", step * 100.0 + np.arange(10.0), np.arange(10) % 4)
        step += 1
        recorder.progress(step * 100.0, step * 0.01)
        recorder.metric("steps", step, "beats so far")
        shown.advance(step * 100.0, f"beat {step}")
        time.sleep(0.02)
"""


def until(holds):
    limit = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < limit
        time.sleep(0.02)


def program(path, *words):
    environment = os.environ | {"PYTHONPATH": ROOT}
    return subprocess.Popen([sys.executable, "-c", PROGRAM, str(path), *words], env=environment)


@pytest.fixture
def running(tmp_path):
    path = tmp_path / "run.h5"
    run = program(path)
    until(lambda: run.poll() is not None or len(list(parts_path(path).glob("*.h5"))) > 3)
    assert run.poll() is None
    yield run, path
    run.kill()
    run.wait()


def test_a_living_run_tells_its_stage_rate_memory_and_metrics(engram, running):
    _, path = running
    time.sleep(2 * INTERVAL)
    now = json.loads(engram("watch", path, "--json").out)
    assert (now["status"], now["is_sealed"], now["stage"]["total"]) == ("running", False, 1e6)
    cells, seconds = now["populations"]["cells"], now["model_ms"] / 1000
    # Ten spikes in 0.1 s over four neurons; the last ten may be on disk before their 100 ms are.
    assert cells["spikes"] - 100 * seconds == pytest.approx(5, abs=5.001)
    assert cells["rate_hz"] == pytest.approx(cells["spikes"] / 4 / seconds)
    assert now["metrics"]["steps"] > 1
    assert 0 < now["stage"]["done"] < 1e6
    assert now["stage"]["more"].startswith("beat ")
    assert now["stage"]["seconds_left"] > 0
    resident = Path(f"/proc/{running[0].pid}/statm").read_text().split()[1]
    assert now["memory_bytes"] == pytest.approx(int(resident) * os.sysconf("SC_PAGESIZE"), rel=0.2)


def test_a_run_is_followed_to_its_end_by_its_folder(engram, running):
    run, path = running
    threading.Timer(0.5, (path.parent / "stop").touch).start()
    answer = engram("watch", path.parent, "--every", "0.1")
    assert run.wait(PATIENCE) == 0
    assert answer.code == 0
    assert f"{path}: ok" in answer.out
    assert answer.out.count("segments on disk") == 1
    assert "\x1b" not in answer.out


def test_a_run_is_waited_for(engram, tmp_path):
    path = tmp_path / "later" / "run.h5"
    started = []

    def begin():
        path.parent.mkdir()
        (path.parent / "stop").touch()
        started.append(program(path))

    threading.Timer(0.5, begin).start()
    answer = engram("watch", path, "--every", "0.1")
    assert started[0].wait(PATIENCE) == 0
    assert (answer.code, f"{path}: ok" in answer.out) == (0, True)
    assert "no run yet" in answer.err
    assert engram("watch", path, "--once").out == answer.out[answer.out.index(f"{path}: ok") :]


def test_a_killed_run_is_said_to_be_dead_and_how_to_mend_it(engram, running):
    run, path = running
    run.send_signal(signal.SIGKILL)
    run.wait()
    answer = engram("watch", path)
    assert answer.code == 4
    assert ": died" in answer.out
    assert f"engram repair {path}" in answer.err
    assert engram("repair", path).code == 0
    answer = engram("watch", path, "--once")
    assert (answer.code, answer.out.splitlines()[0]) == (0, f"{path}: interrupted")


def test_ctrl_c_leaves_the_watcher_and_not_the_run(running):
    run, path = running
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "experiments.cli", "watch", str(path), "--every", "0.1"]
    watcher = subprocess.Popen(
        command,
        stdout=theirs,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": ROOT},
        # A test run in the background is deaf to Ctrl+C, and so would be its children.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    os.close(theirs)
    seen = b""
    while b"steps: " not in seen:
        seen += os.read(ours, 4096)
    # Not what the name of the stage holds: it would wipe the screen.
    assert b"drum?[2Jming" in seen
    watcher.send_signal(signal.SIGINT)
    assert watcher.wait(PATIENCE) == 130
    with watcher.stderr as words:
        assert b"Traceback" not in words.read()
    os.close(ours)
    assert run.poll() is None


@pytest.mark.parametrize("word", ["--once", "--json"])
def test_where_no_run_is_a_single_look_says_so(engram, tmp_path, word):
    answer = engram("watch", tmp_path, word)
    assert (answer.code, str(tmp_path) in answer.err) == (4, True)
    assert engram("watch", tmp_path / "run.h5", word).code == 4


def test_what_cannot_be_a_run_is_refused(engram, tmp_path):
    answer = engram("watch", tmp_path / "nowhere")
    assert (answer.code, "FILE.h5" in answer.err) == (2, True)


@pytest.mark.parametrize(
    ("beacon", "words"),
    [
        (Beacon("build"), "build"),
        (Beacon("search", 12.0, more="loss 0.5"), "search: 12, loss 0.5"),
        # A quarter took 30 s, so three quarters take 90.
        (
            Beacon("learn", 1.0, 4.0, "tasks", stage_s=30.0),
            "learn: 1 of 4 tasks (25 %), about 1 min 30 s left",
        ),
    ],
)
def test_a_stage_is_told_as_far_as_it_is_known(tmp_path, beacon, words):
    assert told(Follower(tmp_path / "run.h5", now=beacon)).splitlines()[1] == words


def test_an_experiment_tells_what_it_does(engram, tmp_path, monkeypatch):
    """Every experiment is watched, not only those that simulate a network."""
    from neuro.recording import Recorder

    words = []
    monkeypatch.setattr(Recorder, "tell", lambda _, beacon: words.append(beacon))
    config = Path(ROOT) / "data" / "configs" / "memory" / "willshaw.yaml"
    answer = engram("run", config, "quick=true", f"output.path={tmp_path}/run.h5")
    assert answer.code == 0
    assert words[0].stage
    assert all(word.wall_s >= word.stage_s >= 0 for word in words)


# Of a core, as a share: of the run, for the words it leaves; of the watcher, for its looks.
MOST_OF_RUN, MOST_OF_WATCHER = 0.01, 0.01
N_WORDS = 400
# Of `--every`, unless said otherwise.
LOOK_SECONDS = 1.0


def test_a_run_spends_less_than_a_hundredth_on_who_watches(tmp_path, tally):
    """A run does nothing else on account of being watched, so this is all the slowing there is."""
    path = tmp_path / "run.h5"
    with Recorder(path, Header("x: 1", "{}", {}, {"root": 1})) as recorder:
        recorder.spikes("cells", np.arange(1e5), np.zeros(100_000, dtype=int))
        recorder.flush()
        shown = Broadcast(Silent(), recorder)
        began = time.process_time()
        for number in range(N_WORDS):
            # A stage is told at once, an advance twice a second.
            shown.stage(f"stage {number}", 1.0, "s")
        word = (time.process_time() - began) / N_WORDS
        follower = Follower(path)
        began = time.process_time()
        for _ in range(N_WORDS):
            follower.look()
        look = (time.process_time() - began) / N_WORDS
    tally(
        f"a word {1e3 * word:.3f} ms, {word / INTERVAL:.3%} of the run; a look {1e3 * look:.3f} ms"
    )
    assert word / INTERVAL < MOST_OF_RUN
    assert look / LOOK_SECONDS < MOST_OF_WATCHER


def test_words_come_no_faster_than_promised(tmp_path):
    with Recorder(tmp_path / "run.h5", Header("x: 1", "{}", {}, {"root": 1})) as recorder:
        told = []
        recorder.tell = lambda beacon: told.append(time.monotonic())
        shown = Broadcast(Silent(), recorder)
        shown.stage("run", 1.0)
        began = time.monotonic()
        while time.monotonic() < began + 3 * INTERVAL:
            shown.advance(0.5)
    gaps = np.diff(told)
    assert len(gaps) >= 2
    assert gaps.min() >= INTERVAL * 0.99
