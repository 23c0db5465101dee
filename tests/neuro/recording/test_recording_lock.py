"""One output, one run: a second one is refused, a dead one is repaired."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from neuro import recording
from neuro.errors import EnvironmentFault
from neuro.recording import Header, Recorder, Status

HEADER = Header("", "{}", {}, {})
DIE = """
import os, sys
from neuro.recording import Header, Recorder
with Recorder(sys.argv[1], Header("", "{}", {}, {}), overwrite=len(sys.argv) > 2) as rec:
    rec.spikes("exc", [5.0], [1])
    rec.flush()
    os._exit(9)
"""


def die(path: Path, *options: str) -> None:
    """Run a recording that dies after one flush."""
    assert (
        subprocess.run([sys.executable, "-c", DIE, str(path), *options], check=False).returncode
        == 9
    )


def test_a_second_run_on_the_same_output_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER):
        used = f"in use by process {os.getpid()}"
        with pytest.raises(EnvironmentFault, match=used), Recorder(path, HEADER):
            pass
        with pytest.raises(EnvironmentFault, match=used):
            recording.repair(path)
    assert recording.verify(path) == []


def test_what_a_dead_run_left_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    die(path)
    with pytest.raises(EnvironmentFault, match=r"engram repair .*run\.h5"), Recorder(path, HEADER):
        pass
    with recording.read(path) as run:
        assert not run.is_sealed
        assert run.status == Status.RUNNING
        assert run.spikes("exc")[0].tolist() == [5.0]
    recording.repair(path)
    with recording.read(path) as run:
        assert run.is_sealed
        assert run.status == Status.INTERRUPTED
        assert run.spikes("exc")[0].tolist() == [5.0]


def test_a_finished_file_is_replaced_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER) as rec:
        rec.spikes("old", [], [])
    with pytest.raises(EnvironmentFault, match="exists"), Recorder(path, HEADER):
        pass
    with Recorder(path, HEADER, overwrite=True) as rec:
        rec.spikes("new", [], [])
        with recording.read(path) as before:
            assert before.spiking == ["old"]
    with recording.read(path) as after:
        assert after.spiking == ["new"]


def test_a_dead_run_that_was_to_replace_a_file_replaces_it_when_repaired(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER):
        pass
    die(path, "overwrite")
    recording.repair(path)
    with recording.read(path) as run:
        assert run.spiking == ["exc"]


def test_a_file_of_another_run_is_not_repaired_over(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    die(path)
    with Recorder(tmp_path / "other.h5", HEADER):
        pass
    (tmp_path / "other.h5").rename(path)
    with pytest.raises(EnvironmentFault, match="another run"):
        recording.repair(path)
    assert recording.verify(path) == []
    assert (tmp_path / "run.h5.parts").exists()


def test_a_finished_file_needs_no_repair(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    with Recorder(path, HEADER):
        pass
    before = path.read_bytes()
    assert recording.repair(path) == path
    assert path.read_bytes() == before
    with pytest.raises(EnvironmentFault, match="nothing to repair"):
        recording.repair(tmp_path / "nothing.h5")


def test_the_folder_names_the_file_too(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    die(path)
    assert recording.repair(tmp_path / "run.h5.parts") == path
