"""Record consecutive numbers and read them back: any first part of them can be told from damage."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from neuro import recording
from neuro.recording import Header, Recorder

ROWS = 500  # spikes and samples of a block
POPULATIONS = ("exc", "inh")


def record(path: str | Path, n_blocks: int) -> None:
    """Record consecutive numbers, and tell after each flush how many are on disk.

    Whatever is recorded is flushed at once, as far as the recorder may.
    """
    header = Header("name: torture", "{}", {}, {})
    with Recorder(path, header, flush_seconds=1e-9) as recorder:
        os.write(1, b"open\n")
        for block in range(n_blocks):
            rows = np.arange(float(ROWS)) + ROWS * block
            with recorder.together():
                for population in POPULATIONS:
                    recorder.spikes(population, rows, np.arange(ROWS))
                recorder.report("v", "exc", "v", "mV", [0], rows, rows[:, None])
                recorder.progress(ROWS * (block + 1), 0.0)
            os.write(1, b"%d\n" % (ROWS * (block + 1)))
    os.write(1, b"sealed\n")


def check_rows(path: Path, at_least: int) -> int:
    """Check that all streams are one prefix of what was recorded, and return its length."""
    with recording.read(path) as run:
        if not run.spiking:
            assert at_least == 0
            return 0
        found = [run.spikes(population)[0] for population in POPULATIONS]
        found.append(run.report("v").data[:, 0])
        n = int(run.progress[0])
    for rows in found:
        assert np.array_equal(rows, np.arange(n))
    assert n >= at_least
    return n


def told(words: list[str]) -> int:
    """Return how many rows were said to be on disk."""
    return max((int(word) for word in words if word.isdigit()), default=0)
