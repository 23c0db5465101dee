"""The device in strict mode equals Brian2, bit for bit.

The reference is Brian2's cython target without contraction of a*b+c, which the C compiler
otherwise fuses. Compiling it takes minutes, so those comparisons are slow tests; the fast ones
take Brian2's numpy target as the reference for networks without random numbers. It has numpy's
exponential and sums in its own way, so spikes are the same and states nearly so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Network, ms
from brian2.core.preferences import prefs
from brian2.core.variables import ArrayVariable
from brian2.devices.device import previous_devices, reset_device
from device_networks import NETWORKS

from neuro.device.fast import rowlazy

DURATION = 60 * ms
#: Networks without random numbers.
BY_NUMPY = (
    "cuba",
    "delays",
    *(
        pytest.param(name, marks=pytest.mark.nightly)  # each compiles a program of its own
        for name in ("generator", "subgroups", "two_clocks")
    ),
)
#: Volts; some 600 steps with a few roundings each of numbers below 0.1 V.
ROUNDING = 1e-12
#: Relative difference of mean rates between the modes: the networks are chaotic, so only
#: statistics agree; 5 % is three standard errors of the spike count of `cuba`.
RATE_TOLERANCE = 0.05


@pytest.fixture(autouse=True)
def preferences(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    # Post-synaptic events wait for the next presynaptic one in small networks, too.
    monkeypatch.setattr(rowlazy, "LEAST_SYNAPSES", 0)
    names = ("codegen.target", "codegen.cpp.extra_compile_args_gcc")
    before = {name: prefs[name] for name in names}
    # -O1 compiles faster than -O3 and rounds the same.
    prefs["codegen.cpp.extra_compile_args_gcc"] = ["-w", "-O1", "-ffp-contract=off"]
    place = Path(tmp_path_factory.getbasetemp()) / "without_contraction"
    before["codegen.runtime.cython.cache_dir"] = prefs["codegen.runtime.cython.cache_dir"]
    prefs["codegen.runtime.cython.cache_dir"] = str(place)
    yield
    for name, value in before.items():
        prefs[name] = value


def run(name: str, device: str, target: str, pieces: int = 1, **options: Any) -> dict[str, bytes]:
    """Run a network and return the bytes of all its arrays."""
    brian2.set_device(device, **options)
    brian2.start_scope()
    try:
        prefs["codegen.target"] = "numpy"
        brian2.seed(4321)
        parts = NETWORKS[name]()
        prefs["codegen.target"] = target
        network = Network(*parts.values())
        for _ in range(pieces):
            network.run(DURATION / pieces)
        state = {
            f"{part_name}.{variable_name}": np.asarray(variable.get_value()).tobytes()
            for part_name, part in parts.items()
            if hasattr(part, "variables")
            for variable_name, variable in part.variables.items()
            # Names with two underscores are scratch arrays of Brian2's code generation.
            if isinstance(variable, ArrayVariable) and not variable_name.startswith("__")
        }
        state["(random stream)"] = np.random.get_state()[1].tobytes()  # noqa: NPY002
        return state
    finally:
        previous_devices.clear()
        reset_device("runtime")


def differing(ours: dict[str, bytes], theirs: dict[str, bytes]) -> list[str]:
    return [name for name in theirs if ours.get(name) != theirs[name]]


@pytest.mark.nightly  # compiling Brian2's cython code takes minutes
@pytest.mark.compiler
@pytest.mark.parametrize("name", NETWORKS)
def test_strict_mode_is_brian2_cython(name: str) -> None:
    theirs = run(name, "runtime", "cython")
    assert differing(run(name, "numba", "numpy"), theirs) == []
    assert differing(run(name, "numba", "numpy", pieces=3), theirs) == []


@pytest.mark.parametrize("name", BY_NUMPY)
def test_strict_mode_spikes_as_brian2_numpy(name: str) -> None:
    ours, theirs = run(name, "numba", "numpy"), run(name, "runtime", "numpy")
    exact = [key for key in theirs if key.endswith((".i", ".t", ".count", ".N", ".rate"))]
    assert [key for key in differing(ours, theirs) if key in exact] == []
    for key in differing(ours, theirs):
        difference = np.frombuffer(ours[key]) - np.frombuffer(theirs[key])
        assert np.max(np.abs(difference)) < ROUNDING


def test_comparison_sees_one_bit() -> None:
    ours = run("generator", "numba", "numpy")
    changed = bytearray(ours["cells.v"])
    changed[0] ^= 1
    assert differing({**ours, "cells.v": bytes(changed)}, ours) == ["cells.v"]


def test_fast_mode_has_the_rates_of_strict_mode() -> None:
    counts = [
        np.frombuffer(run("coba", "numba", "numpy", mode=mode)["spikes.count"], dtype=np.int32)
        for mode in ("strict", "fast")
    ]
    strict, fast = (float(count.mean()) for count in counts)
    assert strict > 1
    assert abs(fast - strict) < RATE_TOLERANCE * strict
