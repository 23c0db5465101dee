"""Damage is found: no flipped byte reads as other data in silence."""

import faulthandler
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuro import recording
from neuro.errors import DamagedFileError
from neuro.recording import Header, Recorder, Recording, Status

# One file takes some milliseconds; HDF5 that goes round for ever holds a lock, and no signal helps.
HANG_SECONDS = 120

HEADER = Header("name: rot\n", "{}", {"python": "3.11"}, {"root": 1})


def record(path: Path) -> None:
    with Recorder(path, HEADER) as rec:
        fill(rec)


def fill(rec: Recorder) -> None:
    rec.nodes("exc", 9, "lif")
    for k in range(3):
        rec.spikes("exc", np.arange(40.0) + 40 * k, np.arange(40) % 9)
        rec.flush()
    rec.report(
        "v", "exc", "v", "mV", [0, 1], np.arange(20.0), np.random.default_rng(0).random((20, 2))
    )
    rec.weights("ee", 0.0, np.arange(30.0))
    rec.phase("learn", 0, 120, "digits")
    rec.metric("acc", 0.25, "correct over all")
    rec.array("labels", ["a", "b"])
    rec.progress(120, 1)


def everything(run: Recording) -> list:
    history = run.weights("ee")
    told = {name: (m.definition, m.unit, m.value.tolist()) for name, m in run.metrics().items()}
    return [
        [run.config_source, run.resolved, run.provenance, run.seeds, run.status, run.progress],
        [column.tolist() for column in run.spikes("exc")],
        [run.report("v").data.tolist(), run.report("v").unit, run.report("v").times_ms.tolist()],
        [history.data.tolist(), history.times_ms.tolist(), history.alive.tolist(), history.unit],
        [run.nodes, run.phases(), told, run.array("labels").tolist()],
    ]


def read_all(path: Path) -> list:
    with recording.read(path) as run:
        return everything(run)


@pytest.mark.torture
def test_no_flipped_byte_reads_as_other_data_in_silence(
    tmp_path: Path, scale: Callable, tally: Callable
) -> None:
    n_flips = scale(60, 20_000)
    path = tmp_path / "run.h5"
    record(path)
    truth, good = read_all(path), path.read_bytes()
    rng = np.random.default_rng(3)
    n_found = 0
    for at in rng.integers(0, len(good), n_flips):
        bad = bytearray(good)
        bad[at] ^= 1 << int(rng.integers(8))
        path.write_bytes(bad)
        faulthandler.dump_traceback_later(HANG_SECONDS, exit=True)
        try:
            problems = recording.verify(path)
            is_same = problems or read_all(path) == truth
        except DamagedFileError:
            problems, is_same = ["refused"], True
        assert is_same, f"the flip at byte {at} changed what is read, and nobody said so"
        n_found += bool(problems)
    faulthandler.cancel_dump_traceback_later()
    # The rest lies in gaps of the file that hold nothing.
    assert n_found > n_flips // 4
    tally(f"{n_flips} flipped bits, {n_found} found, the others changed nothing that is read")


@pytest.mark.parametrize("value", [b"name: rot\n", b"correct over all", b"learn"])
def test_text_and_attributes_are_covered(tmp_path: Path, value: bytes) -> None:
    path = tmp_path / "run.h5"
    record(path)
    content = path.read_bytes()
    assert value in content
    path.write_bytes(content.replace(value, value[:-1] + b"!"))
    assert any("was changed" in problem for problem in recording.verify(path))
    assert any("was changed" in problem for problem in recording.describe(path).problems)


def test_the_status_is_covered(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    record(path)
    with h5py.File(path, "r+") as h5:
        h5["run/status"][()] = 2
    assert recording.verify(path) == ["/run/status was changed after the file was sealed"]


def test_spikes_that_rotted_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    record(path)
    content = path.read_bytes()
    spike = np.float64(77.0).tobytes()
    path.write_bytes(content.replace(spike, np.float64(78.0).tobytes()))
    assert any("/spikes/exc/timestamps is damaged" in p for p in recording.verify(path))
    with recording.read(path) as run, pytest.raises(DamagedFileError, match="damaged"):
        run.spikes("exc")


def test_what_was_added_or_removed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    record(path)
    with h5py.File(path, "r+") as h5:
        h5["metrics/forged"] = 1.0
        del h5["data/labels"]
    problems = recording.verify(path)
    assert "/data/labels is missing" in problems
    assert "/metrics/forged was not there when the file was sealed" in problems


def dead_run(path: Path, tmp_path: Path) -> Path:
    """Leave the segments that a run killed in its last moment would leave."""
    with Recorder(tmp_path / "alive.h5", HEADER) as rec:
        fill(rec)
        rec.flush()
        source = tmp_path / "alive.h5.parts"
        folder = path.with_name(f"{path.name}.parts")
        folder.mkdir()
        for segment in source.glob("*.h5"):
            (folder / segment.name).write_bytes(segment.read_bytes())
    return folder


@pytest.mark.parametrize("at", [0, 100, -1, -30, None])
def test_every_changed_byte_of_a_segment_is_found(tmp_path: Path, at: int | None) -> None:
    folder = dead_run(tmp_path / "run.h5", tmp_path)
    segment = folder / "000002.h5"
    content = bytearray(segment.read_bytes())
    if at is None:
        content = content[:-1]
    else:
        content[at] ^= 1
    segment.write_bytes(content)
    assert "000002.h5 is damaged" in "".join(recording.verify(folder))
    with pytest.raises(DamagedFileError, match=r"000002\.h5"):
        recording.read(folder)


def test_repair_leaves_a_rotten_segment_out_and_says_so(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    folder = dead_run(path, tmp_path)
    rotten = folder / "000002.h5"
    rotten.write_bytes(rotten.read_bytes()[:-50])
    assert recording.repair(path) == path
    with recording.read(path) as run:
        assert run.spikes("exc")[0].tolist() == [*range(40), *range(80, 120)]
        assert run.status == Status.INTERRUPTED
    assert "segment 000002.h5 was damaged" in "".join(recording.describe(path).problems)
    assert (tmp_path / "run.h5.damaged" / "000002.h5").exists()
    assert not folder.exists()


def test_a_missing_segment_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    folder = dead_run(path, tmp_path)
    (folder / "000001.h5").unlink()
    assert recording.verify(folder) == ["segments 1 to 1 are missing"]
    recording.repair(path)
    assert recording.describe(path).problems == ("lost: segments 1 to 1 are missing",)


def test_without_the_first_segment_nothing_says_what_ran(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    folder = dead_run(path, tmp_path)
    (folder / "000000.h5").unlink()
    with pytest.raises(DamagedFileError, match="segment 0 is missing"):
        recording.repair(path)
    assert not path.exists()
    assert folder.exists()


def test_the_first_segment_alone_makes_a_readable_file(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    folder = dead_run(path, tmp_path)
    for segment in sorted(folder.glob("*.h5"))[1:]:
        segment.unlink()
    recording.repair(path)
    with recording.read(path) as run:
        assert run.config_source == HEADER.source
        assert run.status == Status.INTERRUPTED
    assert recording.verify(path) == []
