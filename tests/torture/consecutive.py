"""Record consecutive numbers and read them back: any first part of them can be told from damage."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from neuro import recording
from neuro.recording import Header, Recorder

ROWS = 500  # spikes and samples of a block, one flush each


def record(path: str | Path, n_blocks: int) -> None:
    """Record consecutive numbers, and tell after each flush how many are on disk."""
    header = Header("name: torture", "{}", {}, {})
    with Recorder(path, header, flush_seconds=3600) as recorder:
        os.write(1, b"open\n")
        for block in range(n_blocks):
            rows = np.arange(float(ROWS)) + ROWS * block
            recorder.spikes("exc", rows, np.arange(ROWS))
            recorder.report("v", "exc", "v", "mV", [0], rows, rows[:, None])
            recorder.flush()
            os.write(1, b"%d\n" % (ROWS * (block + 1)))
    os.write(1, b"sealed\n")


def check_rows(path: Path, at_least: int, between: int = 0) -> int:
    """Check that spikes and samples are a prefix of what was recorded, and return its length.

    `between` is how many samples may be missing whose spikes were recorded before them.
    """
    with recording.read(path) as run:
        if not run.spiking:
            assert at_least == 0
            return 0
        times, _ = run.spikes("exc")
        samples = run.report("v").data[:, 0]
    assert np.array_equal(times, np.arange(times.size))
    assert np.array_equal(samples, np.arange(samples.size))
    assert samples.size in {times.size, times.size - between}
    assert samples.size >= at_least
    return int(times.size)


def told(words: list[str]) -> int:
    """Return how many rows were said to be on disk."""
    return max((int(word) for word in words if word.isdigit()), default=0)
