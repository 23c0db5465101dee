"""Record and simulate for so many seconds, file after file; print events, memory and open files.

``python soaking.py FOLDER SECONDS CONFIG``: a line of JSON after every file.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np

from experiments import SETTINGS, runner
from networks.config import load
from neuro.recording import Header, Recorder

N_BLOCK, N_BLOCKS = 200_000, 100  # events of a block, and blocks of a file
FEWEST = 12  # files, however slow the machine is
PAGE = os.sysconf("SC_PAGE_SIZE")


def record(path: Path, times: np.ndarray, ids: np.ndarray) -> int:
    """Record one file of spikes, as fast as they can be taken; return how many there were."""
    with Recorder(path, Header("", "{}", {}, {})) as recorder:
        for block in range(N_BLOCKS):
            recorder.spikes("exc", times + block, ids)
    path.unlink()
    return N_BLOCK * N_BLOCKS


def simulate(path: Path, config: str) -> None:
    """Run a network from its description to the sealed file."""
    runner.run(load(config, (f"output.path={path}",), experiments=SETTINGS))
    path.unlink()


def main(folder: Path, seconds: float, config: str) -> None:
    """Go on until the time is over, and there are enough files."""
    rng = np.random.default_rng(0)
    times, ids = np.sort(rng.random(N_BLOCK)), rng.integers(0, 1000, N_BLOCK)
    end, n_events, number = time.monotonic() + seconds, 0, 0
    while time.monotonic() < end or number < FEWEST:
        n_events += record(folder / f"{number}.h5", times, ids)
        simulate(folder / f"run{number}.h5", config)
        number += 1
        resident = int(Path("/proc/self/statm").read_text().split()[1]) * PAGE
        found = {"events": n_events, "bytes": resident, "open": len(os.listdir("/proc/self/fd"))}
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3])
