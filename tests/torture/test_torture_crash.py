"""A run may die at any moment: what was flushed is read, and nothing is half done."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import consecutive
import pytest

from neuro import recording
from neuro.errors import EnvironmentFault
from neuro.recording import Header, Recorder, Status
from neuro.recording.parts import Parts

HEADER = Header("name: crash\n", "{}", {}, {})
HERE = Path(__file__).resolve().parent
# Records consecutive numbers as spikes and samples, and tells after each flush how many.
RECORD = f"""
import os, signal, sys, time
sys.path.insert(0, {str(HERE)!r})
import numpy as np
from consecutive import record
from neuro.recording.header import generator
"""
CHILD = RECORD + "record(sys.argv[1], int(sys.argv[2]))"

# Kills one recording process after the other, without the cost of starting Python each time.
KILLER = (
    RECORD
    + """
delays = np.random.default_rng(4).random(int(sys.argv[2])) * 0.3
for trial, delay in enumerate(delays):
    told, tell = os.pipe()
    if not (child := os.fork()):
        os.dup2(tell, 1)
        # Short runs, so that many of the kills hit the seal.
        record(f"{sys.argv[1]}{trial}.h5", 5 if trial % 2 else 50)
        os._exit(0)
    os.close(tell)
    said = os.read(told, 5)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(told, 4096):
        said += more
    print(max([int(word) for word in said.split() if word.isdigit()], default=0), flush=True)
"""
)


def start(path: Path, n_blocks: int, **options: object) -> subprocess.Popen[str]:
    """Start a recording process that tells what it flushed."""
    arguments = [sys.executable, "-c", CHILD, str(path), str(n_blocks)]
    return subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options
    )  # type: ignore[call-overload,no-any-return]


def told(child: subprocess.Popen[str]) -> int:
    """Return how many rows the child said were flushed before it ended."""
    return consecutive.told((child.communicate()[0] or "").split())


@pytest.mark.torture
def test_killed_at_any_moment_no_flushed_row_is_lost(
    tmp_path: Path, scale: Callable, tally: Callable
) -> None:
    n_kills = scale(15, 500)
    arguments = [sys.executable, "-c", KILLER, str(tmp_path / "run"), str(n_kills)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    lengths = []
    for trial, n_flushed in enumerate(int(line) for line in done.stdout.split()):
        path = tmp_path / f"run{trial}.h5"
        lengths.append(consecutive.check_rows(path, n_flushed))
        assert recording.repair(path) == path
        assert recording.verify(path) == []
        assert consecutive.check_rows(path, n_flushed) == lengths[-1]
        assert not path.with_name(f"{path.name}.parts").exists()
        with recording.read(path) as run:
            assert run.status in {Status.INTERRUPTED, Status.OK}
    assert len(lengths) == n_kills
    assert len(set(lengths)) > 2, "the kills came too early or too late to test anything"
    tally(f"{n_kills} kills at random times, 0 flushed rows lost, 0 files unreadable")


def test_a_kill_while_the_folder_is_made_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    for delay in (0.0, 0.01, 0.03):
        child = start(path, 1)
        time.sleep(0.25 + delay)
        child.kill()
        child.communicate()
        if path.with_name("run.h5.parts").exists() or path.exists():
            recording.repair(path)
            path.unlink()
    with Recorder(path, HEADER):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["run.h5"]


def test_sigint_seals_with_status_interrupted(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    child = start(path, 100_000)
    assert child.stdout is not None
    assert child.stdout.readline() == "open\n"
    time.sleep(0.3)
    child.send_signal(signal.SIGINT)
    n_flushed = told(child)
    assert child.returncode == -signal.SIGINT
    with recording.read(path) as run:
        assert run.is_sealed
        assert run.status == Status.INTERRUPTED
    # The interruption may come between the flush and the print.
    assert consecutive.check_rows(path, n_flushed) <= n_flushed + 500


@pytest.fixture
def default_sigint() -> Iterator[None]:
    """Receive Ctrl+C as Python does by itself, whatever was imported or ignored before."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("default_sigint")
def test_sigint_during_a_flush_comes_after_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.h5"
    original = Parts.publish

    def interrupted(parts: Parts, image: tuple[bytes, ...]) -> None:
        original(parts, image)
        os.kill(os.getpid(), signal.SIGINT)

    def flush(rec: Recorder) -> None:
        rec.spikes("exc", [1.0], [1])
        with monkeypatch.context() as patch:
            patch.setattr(Parts, "publish", interrupted)
            rec.flush()

    with pytest.raises(KeyboardInterrupt), Recorder(path, HEADER) as rec:
        flush(rec)
    with recording.read(path) as run:
        assert run.status == Status.INTERRUPTED
        assert run.spikes("exc")[0].tolist() == [1.0]


def limited(n_bytes: int) -> None:
    """Let no file of this process grow beyond a size, as a full disk would."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, n_bytes))


@pytest.mark.parametrize("n_bytes", [0, 4_000, 30_000, 100_000])
def test_a_full_disk_is_an_error_that_names_path_and_cause(tmp_path: Path, n_bytes: int) -> None:
    path = tmp_path / "run.h5"
    # A flush takes about 30 kB, the sealed file grows beyond 100 kB.
    child = start(path, 12, preexec_fn=lambda: limited(n_bytes))
    output, error = child.communicate()
    assert child.returncode == 1, f"the process crashed: {child.returncode}"
    last = error.strip().splitlines()[-1]
    assert last.startswith("neuro.errors.EnvironmentFault: cannot "), error
    assert "File too large" in last
    assert str(path) in last
    assert not path.exists()
    assert not list(tmp_path.glob("**/*.tmp"))
    numbers = [int(line) for line in output.split() if line.isdigit()]
    if "open" in output:
        consecutive.check_rows(path, max(numbers, default=0))
        recording.repair(path)
        consecutive.check_rows(path, max(numbers, default=0))
    else:
        assert list(tmp_path.iterdir()) == []
    if n_bytes == 100_000:
        assert "sealed" not in output
        assert numbers[-1] == 6000
        assert "engram repair" in last


@pytest.mark.parametrize("folder", ["/proc/engram", "/dev/null/engram"])
def test_a_folder_where_nothing_can_be_written(folder: str) -> None:
    with (
        pytest.raises(EnvironmentFault, match=f"cannot write {folder}"),
        Recorder(Path(folder) / "run.h5", HEADER),
    ):
        pass


# The superuser may write anywhere, so the child becomes nobody once all is imported.
NOBODY = (
    RECORD
    + """
from neuro.recording import read, repair
generator(); os.geteuid() or os.seteuid(65534)
{"record": lambda path: record(path, 1), "read": read, "repair": repair}[sys.argv[1]](sys.argv[2])
"""
)


@pytest.mark.parametrize(
    ("mode", "action", "words"),
    [
        (0o555, "record", "cannot write"),
        (0o000, "record", "cannot write"),
        (0o000, "read", "cannot read"),
        (0o000, "repair", "cannot repair"),
    ],
)
def test_a_folder_without_permission(mode: int, action: str, words: str) -> None:
    # Not in tmp_path, whose parents are closed to all but their owner.
    with TemporaryDirectory() as parent:
        os.chmod(parent, 0o755)
        folder = Path(parent) / "locked"
        folder.mkdir()
        folder.chmod(mode)
        arguments = [sys.executable, "-c", NOBODY, action, str(folder / "run.h5")]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        folder.chmod(0o755)
    last = done.stderr.strip().splitlines()[-1]
    assert f"EnvironmentFault: {words} {folder}" in last
    assert "Permission denied" in last


def test_an_error_of_the_run_is_not_hidden_by_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"

    def fail(rec: Recorder) -> None:
        rec.spikes("exc", [1.0], [1])
        # Where the sealed file is to be written first, there is a folder.
        (tmp_path / "run.h5.tmp").mkdir()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError) as caught, Recorder(path, HEADER) as rec:
        fail(rec)
    assert "cannot seal" in caught.value.__notes__[0]
    assert rec.status == Status.FAILED
    (tmp_path / "run.h5.tmp").rmdir()
    recording.repair(path)
    with recording.read(path) as run:
        assert run.status == Status.FAILED
