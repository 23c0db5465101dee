"""Memory stays bounded however much is recorded, and so do open files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# The design allows 1 MB per 100 million spikes; the rest is noise of the allocator and of the
# page-wise growth of the list of segments.
SLOPE_MB = 24.0

CHILD = """
import os, resource, sys
import numpy as np
from neuro.recording import Header, Recorder
n = 100_000
times, ids = np.sort(np.random.default_rng(0).random(n)), np.arange(n) % 1000
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
def record(path, n_blocks, early):
    with Recorder(path, Header("", "{}", {}, {})) as rec:
        for k in range(n_blocks):
            rec.spikes("exc", times + (0 if early else k), ids)
        opened = len(os.listdir("/proc/self/fd"))
    return opened
few = record(sys.argv[1] + "0", 20, False), record(sys.argv[1] + "1", 20, True)
before = peak()
many = record(sys.argv[1] + "2", 150, False), record(sys.argv[1] + "3", 60, True)
print(peak() - before, few == many)
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors in /proc")
def test_memory_and_open_files_do_not_grow_with_the_run(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tmp_path / "run")],
        capture_output=True,
        text=True,
        check=True,
    )
    grown, is_constant = done.stdout.split()
    # 15 million spikes are 240 MB.
    assert float(grown) < SLOPE_MB
    assert is_constant == "True"
