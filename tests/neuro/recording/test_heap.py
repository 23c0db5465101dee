"""Heaps of text: what HDF5 would go round in for ever is refused before HDF5 sees it."""

import os
import struct
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from neuro import recording
from neuro.errors import DamagedFileError
from neuro.recording import Header, Recorder, heap

# A refusal takes milliseconds, and the process that asks for it a second or two to start.
REFUSAL_TIMEOUT = 60


def texts(path: Path, n: int) -> None:
    """Leave a file with `n` texts of many lengths, in more heaps than one."""
    drawn = np.random.default_rng(0)
    with h5py.File(path, "w", libver=("v110", "v110")) as h5:
        for k in range(n):
            h5.attrs[f"text {k}"] = "x" * int(drawn.integers(0, 900))


def heap_places(content: bytes) -> list[int]:
    return [at for at in range(len(content)) if content.startswith(b"GCOL", at)]


@pytest.mark.parametrize("block", [9, 100, 4096, 1 << 22])
def test_sound_heaps_pass_wherever_blocks_end(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heap, "_BLOCK", block)
    path = tmp_path / "texts.h5"
    texts(path, 40)
    assert len(heap_places(path.read_bytes())) > 1
    assert heap.problem(path) == ""


@pytest.mark.parametrize("block", [9, 100, 1 << 22])
def test_every_heap_of_a_file_is_looked_at(
    tmp_path: Path, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(heap, "_BLOCK", block)
    path = tmp_path / "texts.h5"
    texts(path, 40)
    content = path.read_bytes()
    for at in heap_places(content):
        bad = bytearray(content)
        bad[at + 8 : at + 16] = struct.pack("<Q", 2**60)
        path.write_bytes(bad)
        assert heap.problem(path) == f"has a heap at byte {at} whose sizes do not fit"


def attacked(path: Path, index: int, size: int) -> None:
    """Change what the first object of the first heap of a recording says of itself."""
    with Recorder(path, Header("name: x\n", "{}", {}, {})) as rec:
        rec.metric("acc", 0.5, "half")
    content = bytearray(path.read_bytes())
    first = heap_places(content)[0] + 16
    content[first : first + 16] = struct.pack("<HHIQ", index, 1, 0, size)
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("index", "size"), [(0, 0), (0, 8), (0, 2**64 - 1), (1, 2**64 - 16), (1, 2**64 - 1), (1, 1_000)]
)
def test_no_size_leads_round_and_round(tmp_path: Path, index: int, size: int) -> None:
    path = tmp_path / "run.h5"
    attacked(path, index, size)
    with pytest.raises(DamagedFileError, match="has a heap at byte"):
        recording.read(path)


def test_the_command_line_refuses_instead_of_hanging(tmp_path: Path) -> None:
    path = tmp_path / "run.h5"
    attacked(path, 0, 0)
    words = [sys.executable, "-m", "experiments.cli", "inspect", str(path)]
    done = subprocess.run(
        words, capture_output=True, text=True, timeout=REFUSAL_TIMEOUT, env=dict(os.environ)
    )
    assert done.returncode == 5
    assert "heap" in done.stderr
    assert "Traceback" not in done.stderr
