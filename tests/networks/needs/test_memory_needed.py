"""The memory that a network needs: estimated before it is built, measured in another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import brian2
import pytest

from networks.needs.memory import n_variables
from neuro.models import MODELS
from neuro.synapses import SYNAPSES
from plasticity import RULES

EQUATIONS = {
    each.equations or "" for each in (*MODELS.values(), *SYNAPSES.values(), *RULES.values())
}
FANS_IN = {"rule": "fixed_indegree", "indegree": 100, "allow_autapses": True}
DRAWN = {"uniform": {"low": "0 pA", "high": "1 pA"}}
LATE = {"uniform": {"low": "1 ms", "high": "5 ms"}}
STDP = {"rule": "stdp_pair", "w_max": "2 pA"}
SLOW = pytest.mark.slow
# Weight, delay, rule and connectivity of one projection.
NETWORKS: dict[str, tuple[Any, Any, Any, Any]] = {
    "static": ("1 pA", "1 ms", None, FANS_IN),
    "drawn": (DRAWN, "1 ms", None, FANS_IN),
    "delays": (DRAWN, LATE, None, FANS_IN),
    "plastic": (DRAWN, "1 ms", STDP, FANS_IN),
    "plastic, delays": (DRAWN, LATE, STDP, FANS_IN),
    "dense": ("1 pA", "1 ms", None, {"rule": "all_to_all"}),
}
# Baseline: a small network of the same kind has loaded and compiled everything. Neurons fire, so
# that what is allocated as zeros is touched.
STORY = """
import gc, sys
from networks.build import build
from networks.needs.memory import estimate
from networks.config import load
from neuro.engines.activation import activate
from neuro.engines.simulation import Stretch, simulate

def status(field):
    lines = open("/proc/self/status").read().splitlines()
    (line,) = [each for each in lines if each.startswith(field)]
    return 1024 * int(line.split()[1])

def run(path):
    spec = load(path).spec
    with activate(spec.simulation.engine):
        built = build(spec)
        simulate(built.network, [Stretch("run", 8e-3)])
        return built, estimate(spec)

built = run(sys.argv[1])
del built
gc.collect()
before = status("VmRSS")
open("/proc/self/clear_refs", "w").write("5")
built, needed = run(sys.argv[2])
print(needed, status("VmHWM") - before)
"""


def describe(
    path: Path, size: int, weight: Any, delay: Any, rule: Any, wiring: Any, engine: str = "numba"
) -> Path:
    """Write a network of leaky cells that fire."""
    projection = {
        "source": "cells", "target": "cells", "connectivity": wiring,
        "synapse": {"model": "exponential", "weight": weight, "delay": delay},
    }  # fmt: skip
    cells = {"model": "lif", "size": size, "parameters": {"I_e": "900 pA"}}
    document = {
        "schema_version": 1, "name": "large", "seed": 1,
        "simulation": {"dt": "0.1 ms", "engine": engine},
        "populations": {"cells": cells},
        "projections": {"all": {**projection, **({"plasticity": rule} if rule else {})}},
        "phases": [{"name": "run", "duration": "8 ms"}],
    }  # fmt: skip
    path.write_text(json.dumps(document))
    return path


@pytest.mark.skipif(
    not Path("/proc/self/clear_refs").exists(), reason="the largest resident memory is Linux's"
)
@pytest.mark.parametrize(
    ("engine", "name"),
    [
        ("numba", "static"),
        ("numba", "plastic, delays"),
        *(
            pytest.param(engine, name, marks=SLOW)
            for engine in ("numba", "brian2")
            for name in NETWORKS
            if (engine, name) not in {("numba", "static"), ("numba", "plastic, delays")}
        ),
    ],
)
def test_a_network_needs_what_was_estimated(engine: str, name: str, tmp_path: Path):
    """Four million synapses: within 25 %."""
    *given, wiring = NETWORKS[name]
    large = 2000 if name == "dense" else 40_000
    files = [
        describe(tmp_path / f"{size}.yaml", size, *given, wiring, engine) for size in (150, large)
    ]
    # Memory that is freed goes back at once, so that it is not taken for kept.
    done = subprocess.run(
        [sys.executable, "-c", STORY, *map(str, files)],
        env={**os.environ, "MALLOC_MMAP_THRESHOLD_": "65536"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    needed, used = map(float, done.stdout.split())
    assert used > 1.5e8
    assert needed == pytest.approx(used, rel=0.25)


@pytest.mark.parametrize("equations", sorted(EQUATIONS))
def test_variables_are_counted_as_brian2_keeps_them(equations: str):
    found = brian2.Equations(equations)
    kept = found.diff_eq_names | found.parameter_names
    assert n_variables(equations) == len(kept)


def test_what_no_machine_can_hold_is_refused_at_once(tmp_path: Path):
    """Exit code 2 with the estimate, before anything is allocated and Brian2 is loaded."""
    wiring = {"rule": "all_to_all"}
    path = describe(tmp_path / "huge.yaml", 1_000_000, "1 pA", "1 ms", None, wiring)
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "experiments.cli", "run", str(path),
         f"output.path={tmp_path}/x.h5"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "would need about 4.5e+04 GB" in done.stderr
    assert "projection 'all' of 1e+12 synapses" in done.stderr
    assert "Traceback" not in done.stderr
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines() if "|" in line}
    assert "networks.needs.memory" in imported
    assert not imported & {"brian2", "numba", "sympy"}
