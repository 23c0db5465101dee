"""Measure what this machine allows at most: additions at random places, and a stream from memory.

No engine that adds a weight to the state of a target for each synaptic event can take less time an
event than `scatter` does, and none that reads the state of its neurons or synapses once can exceed
the `stream`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from experiments.bench.process import ROOT, WorkerFault
from neuro.errors import EnvironmentFault

#: Numbers of targets: the networks', and one beyond the caches of a core.
N_TARGETS = (4_000, 12_500, 40_000, 1_000_000)
N_EVENTS = 4_000_000
ROW = 80
#: Bytes that fit into the second cache of a core, and that fit into none.
NEAR, FAR = 2**18, 2**28
PATIENCE = 120.0


@numba.njit(cache=False)  # type: ignore[untyped-decorator]
def scatter(target: Any, index: Any, row: int, weight: Any) -> None:
    """Add a weight to the targets of one row of synapses after the other."""
    for begin in range(0, index.shape[0], row):
        for k in range(begin, begin + row):
            target[index[k]] += weight


@numba.njit(cache=False, fastmath=True)  # type: ignore[untyped-decorator]
def stream(values: Any, n_rounds: int) -> float:
    """Sum an array so many times."""
    total = 0.0
    for _ in range(n_rounds):
        for k in range(values.shape[0]):
            total += values[k]
    return total


def fastest(call: Callable[[], Any], repeats: int) -> float:
    """Return the least processor time of a call, in seconds: a limit is what no noise disturbs."""
    times = []
    for _ in range(repeats + 1):
        begin = time.process_time()
        call()
        times.append(time.process_time() - begin)
    return min(times[1:])


def scatter_ns(n_targets: int, precision: Any, repeats: int) -> float:
    """Return nanoseconds an addition to random targets, in rows ascending as synapses are."""
    rng = np.random.default_rng(0)
    narrow = np.uint16 if n_targets <= 2**16 else np.uint32
    drawn = rng.integers(0, n_targets, (N_EVENTS // ROW, ROW))
    index: NDArray[Any] = np.sort(drawn, axis=1).astype(narrow).ravel()
    target, weight = np.zeros(n_targets, dtype=precision), precision(0.1)
    return 1e9 * fastest(lambda: scatter(target, index, ROW, weight), repeats) / N_EVENTS


def stream_gb(n_bytes: int, repeats: int) -> float:
    """Return the gigabytes that one core reads in a second from an array of so many bytes."""
    values = np.ones(n_bytes // 8)
    n_rounds = max(1, 2 * FAR // n_bytes)
    seconds = fastest(lambda: stream(values, n_rounds), repeats)
    return n_rounds * n_bytes / seconds / 1e9


def limits(repeats: int = 5) -> dict[str, float]:
    """Measure all limits.

    Parameters
    ----------
    repeats : int
        Repetitions; the least time counts.

    Returns
    -------
    dict of str to float
        "scatter float32 4000" ...: ns an addition; "stream near", "stream far": GB/s.
    """
    found = {
        f"scatter {np.dtype(precision).name} {n}": scatter_ns(n, precision, repeats)
        for precision in (np.float64, np.float32)
        for n in N_TARGETS
    }
    return found | {"stream near": stream_gb(NEAR, repeats), "stream far": stream_gb(FAR, repeats)}


def measure_limits(repeats: int) -> dict[str, float]:
    """Measure all limits in a process of its own.

    Raises
    ------
    EnvironmentFault
        If the process fails or takes too long.
    """
    command = [sys.executable, "-m", "experiments.bench.limits", str(repeats)]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, check=False
        )
    except subprocess.TimeoutExpired:
        raise WorkerFault(f"the machine's limits were not measured within {PATIENCE:g} s") from None
    if done.returncode:
        raise EnvironmentFault(f"the machine's limits cannot be measured: {done.stderr[-300:]}")
    found: dict[str, float] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(limits(int(sys.argv[1]))))
