"""The bytes that a recording will take: estimated before, against the files of runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from experiments.runner import run
from networks.build import build
from networks.config import load
from networks.needs.disk import check_disk, disk_need
from neuro.engines.activation import activate
from neuro.errors import SpecError

# Headers, indices of chunks, hashes; of counted spikes some standard deviations besides.
FACTOR = 1.05
RECORDED: dict[str, dict[str, Any]] = {
    "traces": {"v": {"population": "cells", "variable": "v"}},
    "sparse traces": {"v": {"population": "cells", "variable": "v", "every": "0.2 ms"}},
    "spikes": {"spikes": {"population": "noise", "variable": "spikes"}},
    "weights": {"w": {"projection": "all", "variable": "weight", "every": "10 ms"}},
    "weights of phases": {"w": {"projection": "all", "variable": "weight"}},
}


def describe(folder: Path, recordings: Any, n_synapses: int = 60_000, **phase: Any) -> Path:
    cells = {"model": "lif", "size": 500}
    noise = {"model": "poisson", "size": 1000, "parameters": {"rate": "300 Hz"}}
    wiring = {
        "connectivity": {"rule": "fixed_total_number", "number": n_synapses},
        "synapse": {"model": "exponential", "weight": "1 pA", "delay": "1 ms"},
    }
    document = {
        "schema_version": 1, "name": "size", "seed": 1, "simulation": {"dt": "0.1 ms"},
        "populations": {"cells": cells, "noise": noise},
        "projections": {
            "all": {"source": "noise", "target": "cells", **wiring}
        },
        "phases": [{"name": "run", "duration": "200 ms", **phase}],
        "recordings": recordings,
        "output": {"path": str(folder / "size.h5")},
    }  # fmt: skip
    path = folder / "size.yaml"
    path.write_text(json.dumps(document))
    return path


@pytest.mark.parametrize("name", RECORDED)
def test_a_file_has_the_size_that_was_estimated(name: str, tmp_path: Path) -> None:
    n_synapses = 200_000 if name == "weights of phases" else 60_000
    configuration = load(describe(tmp_path, RECORDED[name], n_synapses))
    need = disk_need(configuration.spec)
    size = run(configuration, target="numpy").stat().st_size
    # Large enough that what a file has beside its arrays does not decide.
    assert size > 2e6
    assert size / FACTOR < need.fixed + need.spikes < size * FACTOR


def test_a_recording_that_no_disk_can_hold_is_refused_before_the_network_is_built(
    tmp_path: Path,
) -> None:
    path = describe(tmp_path, RECORDED["traces"], duration="1e9 s")
    done = subprocess.run(
        [sys.executable, "-m", "experiments.cli", "run", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 4, done.stderr
    assert "would need about 4.02e+07 GB" in done.stderr.replace("\n", " ")
    assert "GB are free" in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("size.h5*"))


def test_spikes_that_may_be_too_many_are_warned_of(tmp_path: Path) -> None:
    """Nobody knows how often neurons will fire, so that is no reason to refuse."""
    path = describe(tmp_path, {"s": {"population": "cells"}}, duration="1e9 s")
    told = check_disk(load(path).spec, tmp_path)
    assert told.startswith("at 10 spikes per second of each neuron")
    assert "1.6e+05 GB" in told
    assert check_disk(load(describe(tmp_path, {})).spec, tmp_path) == ""


@pytest.mark.parametrize("way", ["from_file", "graph", "generator"])
def test_synapses_of_files_and_graphs_are_counted_before_they_are_built(
    way: str, tmp_path: Path
) -> None:
    matrix = sparse.random(1000, 500, 0.2, format="csr", rng=np.random.default_rng(0))
    sparse.save_npz(tmp_path / "w.npz", matrix)
    document = json.loads(describe(tmp_path, {}).read_text())
    projection = document["projections"]["all"]
    match way:
        case "from_file":
            projection["connectivity"] = {"rule": "from_file", "path": str(tmp_path / "w.npz")}
        case "graph":
            graph = {"file": str(tmp_path / "w.npz")}
            projection["connectivity"] = {"rule": "from_graph", "graph": graph}
        case _:
            graph = {"generator": "complete_graph"}
            projection["connectivity"] = {"rule": "from_graph", "graph": graph}
            projection["source"] = "cells"
    path = tmp_path / "files.yaml"
    path.write_text(json.dumps(document))
    spec = load(path).spec
    with activate("brian2", target="numpy"):
        with pytest.raises(SpecError, match=r"projection 'all' of (1|2.5|2.49)e\+05 synapses"):
            build(spec, memory_budget=2e6)
        assert len(build(spec, memory_budget=2e7).edges["all"].source) > 90_000
