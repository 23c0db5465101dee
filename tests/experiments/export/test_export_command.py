"""The command `engram export`: what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

from neuro.recording import Header, Recorder


def test_the_last_line_is_the_path(engram, recorded: Path, tmp_path: Path) -> None:
    done = engram("export", "sonata", recorded, "-o", tmp_path / "deep/er/out")
    assert (done.code, done.last_line) == (0, str(tmp_path / "deep/er/out"))
    assert [p.name for p in (tmp_path / "deep/er").iterdir()] == ["out"]


def test_a_wrong_format_names_the_nearest(engram, recorded: Path) -> None:
    answer = engram("export", "sonatta", recorded)
    assert answer.code == 2
    assert "did you mean 'sonata'" in answer.err


def test_formats_are_listed_with_what_they_hold(engram) -> None:
    from experiments.export import FORMATS

    listed = json.loads(engram("list", "formats", "--json").out)["formats"]
    assert set(listed) == set(FORMATS)
    assert "LIF" in listed["nir"]


def test_nothing_is_written_over(engram, recorded: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").write_text("mine")
    answer = engram("export", "sonata", recorded, "-o", tmp_path / "mine")
    assert answer.code == 2
    assert "exists already" in answer.err
    assert (tmp_path / "mine").read_text() == "mine"


def test_a_recording_without_a_network_is_refused(engram, tmp_path: Path) -> None:
    with Recorder(tmp_path / "numbers.h5", Header("", "{}", {}, {})) as rec:
        rec.metric("acc", 0.5, "half")
    answer = engram("export", "sonata", tmp_path / "numbers.h5")
    assert answer.code == 2
    assert "holds no network" in answer.err
    assert [p.name for p in tmp_path.iterdir()] == ["numbers.h5"]


def test_a_damaged_file_is_refused(engram, recorded: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.h5"
    bad.write_bytes(recorded.read_bytes()[:3000])
    assert engram("export", "sonata", bad).code == 5
