"""A disk that fails at any operation costs nothing that was flushed, and the message says what."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import power
import pytest
from consecutive import ROWS, check_rows, told

from neuro import recording
from neuro.errors import EnvironmentFault
from neuro.recording import Header, Recorder, Status

pytestmark = pytest.mark.torture

HERE = Path(__file__).resolve().parent
SOUND, ONCE, FROM, HALF_FROM, KILLED, HALF_KILLED = range(6)
BLOCKS = 3


@pytest.fixture
def attempt(failing_disk: Path, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """Record once for each ``[how, at, errno, blocks]``; what is left lies in tmp_path/0000..."""

    def run(trials: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
        command = [sys.executable, str(HERE / "trials.py"), str(tmp_path), json.dumps(trials)]
        path = os.pathsep.join([str(HERE), str(HERE.parents[1]), os.environ.get("PYTHONPATH", "")])
        environment = os.environ | {"LD_PRELOAD": str(failing_disk), "PYTHONPATH": path}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return run


def chosen(n: int, n_of: int) -> list[int]:
    """Choose evenly among the operations of a run, the first and the last with them."""
    return sorted({round(each) for each in np.linspace(0, n_of - 1, n)})


def check_kept(folder: Path, flushed: int, words: Sequence[str]) -> bool:
    """Read, repair and read what a run left; return whether it left anything."""
    path = folder / "run.h5"
    if not path.exists() and not path.with_name("run.h5.parts").exists():
        assert flushed == 0
        # Whatever lies hidden there is not in the way of the next run.
        with Recorder(path, Header("", "{}", {}, {})):
            pass
        return False
    check_rows(path, flushed)
    assert recording.repair(path) == path
    assert recording.verify(path) == []
    check_rows(path, flushed)
    with recording.read(path) as run:
        assert run.status is Status.OK or "sealed" not in words
    return True


@pytest.mark.parametrize(
    ("how", "error"),
    [(ONCE, errno.EIO), (FROM, errno.ENOSPC), (HALF_FROM, errno.ENOSPC), (ONCE, errno.EACCES)],
    ids=["one-io-error", "full", "full-after-half-a-write", "one-refusal"],
)
def test_every_operation_may_fail(
    attempt: Callable, scale: Callable, tally: Callable, tmp_path: Path, how: int, error: int
) -> None:
    [sound] = attempt([[SOUND, -1, 0, BLOCKS]])
    assert sound["said"][-1] == "sealed"
    (tmp_path / "0000").rename(tmp_path / "sound")
    n_operations = sound["n_operations"]
    places = chosen(scale(24, n_operations), n_operations)
    outcomes = attempt([[how, at, error, BLOCKS] for at in places])
    ended = Counter[str]()
    for number, outcome in enumerate(outcomes):
        assert outcome["signal"] == 0, outcome
        n = check_kept(tmp_path / f"{number:04d}", told(outcome["said"]), outcome["said"])
        ended["left nothing" if not n else "kept"] += 1
        if outcome["said"][-1:] == ["sealed"]:
            # The last operations remove an empty folder; nobody has to know.
            ended["did not matter"] += 1
            continue
        assert outcome["kind"] == "EnvironmentFault", outcome
        assert str(tmp_path / f"{number:04d}") in outcome["words"]
        assert os.strerror(error) in outcome["words"]
    assert len(outcomes) == len(places)
    assert ended["did not matter"] < 0.1 * len(places)
    tally(f"{len(places)} of {n_operations} operations failed: {dict(ended)}, 0 rows lost")


def test_killed_at_any_operation(
    attempt: Callable, scale: Callable, tally: Callable, tmp_path: Path
) -> None:
    [sound] = attempt([[SOUND, -1, 0, BLOCKS]])
    (tmp_path / "0000").rename(tmp_path / "sound")
    places = chosen(scale(20, sound["n_operations"]), sound["n_operations"])
    trials = [[how, at, 0, BLOCKS] for at in places for how in (KILLED, HALF_KILLED)]
    outcomes = attempt(trials)
    assert {outcome["signal"] for outcome in outcomes} == {signal.SIGKILL}
    left = [
        check_kept(tmp_path / f"{number:04d}", told(outcome["said"]), outcome["said"])
        for number, outcome in enumerate(outcomes)
    ]
    assert 0 < sum(left) <= len(trials)
    tally(f"{len(trials)} kills, {sum(left)} left something, 0 rows lost, 0 files unreadable")


def test_power_may_be_lost_at_any_moment(
    attempt: Callable, scale: Callable, tally: Callable, tmp_path: Path
) -> None:
    attempt([[SOUND, -1, 0, BLOCKS]])
    log = (tmp_path / "0000.log").read_bytes()
    root = (tmp_path / "0000").stat().st_ino
    done = list(power.operations(log))
    moments = chosen(scale(30, len(done)), len(done))
    rng = np.random.default_rng(20)
    n_kept, n_trials, choices = 0, 0, scale(2, 5)
    disk, flushed, words = power.Disk(), 0, []
    for number, operation in enumerate(done):
        disk.do(operation)
        if operation.kind == power.MARK:
            words.append(operation.data.decode().strip())
            flushed = told(words)
        for choice in range(choices if number in moments else 0):
            folder = tmp_path / f"after-{number}-{choice}"
            power.restore(*disk.lose_power(rng), root, folder)
            n_kept += check_kept(folder, flushed, words)
            n_trials += 1
    assert flushed == ROWS * BLOCKS
    assert 0 < n_kept < n_trials
    tally(f"{n_trials} losses of power at {len(moments)} moments, {n_kept} left something")


def test_what_a_disk_gives_back_is_what_was_synced(attempt: Callable, tmp_path: Path) -> None:
    # The log replayed whole is the folder itself: else the model above would test nothing.
    attempt([[SOUND, -1, 0, BLOCKS]])
    disk = power.Disk()
    for operation in power.operations((tmp_path / "0000.log").read_bytes()):
        disk.do(operation)
    disk.sync()
    power.restore(
        *disk.lose_power(np.random.default_rng(0)),
        (tmp_path / "0000").stat().st_ino,
        tmp_path / "again",
    )
    for path in (tmp_path / "0000", tmp_path / "again"):
        assert [each.name for each in path.iterdir()] == ["run.h5"]
    first, again = (tmp_path / name / "run.h5" for name in ("0000", "again"))
    assert first.read_bytes() == again.read_bytes()


def test_the_next_run_is_not_blocked(attempt: Callable, tmp_path: Path) -> None:
    [sound] = attempt([[SOUND, -1, 0, 1]])
    (tmp_path / "0000").rename(tmp_path / "sound")
    for number, _ in enumerate(attempt([[KILLED, at, 0, 1] for at in range(12)])):
        path = tmp_path / f"{number:04d}" / "run.h5"
        if path.with_name("run.h5.parts").exists():
            with (
                pytest.raises(EnvironmentFault, match="engram repair"),
                Recorder(path, Header("", "{}", {}, {})),
            ):
                pass
            recording.repair(path)
            path.unlink()
        for hidden in path.parent.glob(".*"):
            os.utime(hidden, (0, 0))  # long ago
        with Recorder(path, Header("", "{}", {}, {})):
            pass
        assert [each.name for each in path.parent.iterdir()] == ["run.h5"]
    assert sound["n_operations"] > 12
