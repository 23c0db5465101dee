"""Memory stays bounded however much is recorded, and so do open files."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

# The second runs are 68 MB longer than the first; the allocator alone moves the peak by a few.
GROWTH_MB = 16.0

CHILD = """
import os, resource, sys
import numpy as np
from neuro.recording import Header, Recorder
n = 50_000
times, ids = np.sort(np.random.default_rng(0).random(n)), np.arange(n) % 1000
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
def record(path, n_blocks, early):
    with Recorder(path, Header("", "{}", {}, {}), flush_events=n) as rec:
        for k in range(n_blocks):
            rec.spikes("exc", times + (0 if early else k), ids)
        opened = len(os.listdir("/proc/self/fd"))
    return opened
few = record(sys.argv[1] + "0", 20, False), record(sys.argv[1] + "1", 45, True)
before = peak()
many = record(sys.argv[1] + "2", 60, False), record(sys.argv[1] + "3", 90, True)
print(peak() - before, few == many)
"""


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="counts descriptors in /proc")
def test_memory_and_open_files_do_not_grow_with_the_run(tmp_path: Path) -> None:
    # Where there is a file system in memory, the test does not wait for a disk.
    shared = Path("/dev/shm")
    with TemporaryDirectory(dir=shared if shared.is_dir() else tmp_path) as folder:
        arguments = [sys.executable, "-c", CHILD, f"{folder}/run"]
        done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    grown, is_constant = done.stdout.split()
    assert float(grown) < GROWTH_MB
    assert is_constant == "True"
