"""Runs that go on and on: memory does not grow with what was recorded, nor do open files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import t as student

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent / "experiments" / "resume" / "noisy_network.yaml"
SECONDS = float(os.environ.get("ENGRAM_SOAK", "45"))
# Megabytes for 100 M events; the first quarter warms caches and the allocator up.
MOST, PER, WARM_UP = 1.0, 1e8, 0.25


def slope(events: np.ndarray, size: np.ndarray) -> tuple[float, float]:
    """Return the slope of a line in MB for 100 M events, and half of its 95 % interval."""
    x, y = events / PER, size / 1e6
    (rise, _), residual, *_ = np.polyfit(x, y, 1, full=True)
    freedom = len(x) - 2
    deviation = np.sqrt(float(residual[0]) / freedom / ((x - x.mean()) ** 2).sum())
    return float(rise), float(student.ppf(0.975, freedom) * deviation)


@pytest.mark.slow
@pytest.mark.torture
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_and_open_files_stay(tmp_path: Path, tally: Callable) -> None:
    """Twenty million events and a simulation to a file, again and again, in one process."""
    done = subprocess.run(
        [sys.executable, str(HERE / "soaking.py"), str(tmp_path), str(SECONDS), str(CONFIG)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    kept = rows[int(WARM_UP * len(rows)) :]
    events, size = (np.array([row[name] for row in kept], float) for name in ("events", "bytes"))
    rise, half = slope(events, size)
    tally(
        f"{events[-1]:.3g} events and {len(rows)} simulations in {SECONDS:g} s: {rise:+.3f} "
        f"(+- {half:.3f}) MB for 100 M events, {size[-1] / 1e6:.0f} MB, {kept[-1]['open']} files"
    )
    assert {row["open"] for row in kept} == {kept[0]["open"]}
    # What is certain not to be flat is a leak; a short run leaves more open than a long one.
    assert rise - half <= MOST
    assert size.max() - size.min() < 40e6


def test_a_leak_would_be_seen() -> None:
    """Two megabytes for 100 M events, among scatter of as many, are told from one."""
    rng = np.random.default_rng(1)
    events = np.arange(1, 60) * 2e7
    for leak, is_seen in ((0.0, False), (3.0, True)):
        size = 3e8 + leak * 1e6 * events / PER + rng.normal(0, 1e6, len(events))
        rise, half = slope(events, size)
        assert (rise - half > MOST) == is_seen
