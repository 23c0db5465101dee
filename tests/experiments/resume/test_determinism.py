"""One configuration, one result: whole or in parts, in any folder, locale and order of hashes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from resumable import CONFIG, differences, run
from test_simulation import FAST, LAZY, QUICK, WAYS

from neuro.recording import read

PARTS = 10
WAYS_NOT_LAZY = [way for way in WAYS if WAYS[way][0] != (*FAST, *LAZY)]
# Inputs begin anew in every phase: none are played.
PHASE = "{{name: {}, duration: {} ms, plasticity: {}, inputs: []}}"
WHOLE = [PHASE.format("learn", 150, "true"), PHASE.format("rest", 100, "false")]
DIVIDED = [PHASE.format(f"learn{k}", 15, "true") for k in range(PARTS)]
DIVIDED += [PHASE.format(f"rest{k}", 10, "false") for k in range(PARTS)]


@pytest.mark.parametrize(
    "way",
    [way if way in QUICK else pytest.param(way, marks=pytest.mark.slow) for way in WAYS_NOT_LAZY],
)
def test_ten_tenths_are_one_whole(way, tmp_path):
    """Noise, plastic synapses, delays of every kind: 150 and 100 ms, and twenty parts of them."""
    words, target = WAYS[way]
    files = [
        run(tmp_path / f"{number}.h5", (*words, f"phases=[{', '.join(phases)}]"), target)
        for number, phases in enumerate((WHOLE, DIVIDED))
    ]
    with read(files[0]) as whole, read(files[1]) as parts:
        for name in ("exc", "input"):
            for one, other in zip(whole.spikes(name), parts.spikes(name), strict=True):
                assert len(one) > 20
                assert np.array_equal(one, other)
        potential = [recording.report("v").data for recording in (whole, parts)]
        assert np.array_equal(*potential)
        learnt = [recording.weights("in_exc").data[-1] for recording in (whole, parts)]
        assert np.array_equal(*learnt)
        assert np.ptp(learnt[0]) > 0


@pytest.mark.slow
def test_another_folder_locale_and_order_of_hashes_change_no_bit(tmp_path):
    """Four processes; the folder of one has spaces and letters of another script in its name."""
    conditions = [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "4242", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "7", "LC_ALL": "C.UTF-8", "TZ": "Asia/Kathmandu"},
        {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2", "NUMBA_NUM_THREADS": "2"},
    ]
    files = []
    for number, changed in enumerate(conditions):
        folder = tmp_path / ("here", "there", "über all", "elsewhere")[number]
        folder.mkdir()
        word = "output.path=run.h5"
        subprocess.run(
            [sys.executable, "-m", "experiments.cli", "run", str(CONFIG), word],
            cwd=folder, env={**os.environ, **changed}, check=True, capture_output=True,
        )  # fmt: skip
        files.append(folder / "run.h5")
    for other in files[1:]:
        assert differences(files[0], other) == []


def test_another_seed_is_another_result(tmp_path: Path):
    """What says that files are equal sees the smallest of differences between them."""
    first, second = (run(tmp_path / f"{seed}.h5", (f"seed={seed}",)) for seed in (7, 8))
    told = differences(first, second)
    assert any("timestamps" in each or "spikes" in each for each in told)
