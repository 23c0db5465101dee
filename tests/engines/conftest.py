from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import brian2
import pytest
from brian2.core.preferences import prefs
from brian2.devices.device import previous_devices, reset_device

import neuro.device  # noqa: F401  registers the device

# The tests share `device_networks`, which pytest's importlib mode does not put on the path.
sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def runtime_afterwards() -> Iterator[None]:
    """Let a test select devices; what is not lowered uses numpy."""
    before = prefs["codegen.target"]
    prefs["codegen.target"] = "numpy"
    brian2.start_scope()
    yield
    # A device refused for its options stays on Brian2's list of earlier ones.
    previous_devices.clear()
    reset_device("runtime")
    prefs["codegen.target"] = before
    brian2.defaultclock.dt = 0.1 * brian2.ms


@pytest.fixture
def numba_device(runtime_afterwards: None) -> None:
    """Select the device for one test."""
    brian2.set_device("numba")


@pytest.fixture
def without_contraction(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let Brian2's C code round every operation, with a cache of its own (its key has no flags)."""
    names = ("codegen.cpp.extra_compile_args_gcc", "codegen.runtime.cython.cache_dir")
    before = {name: prefs[name] for name in names}
    # -O1 compiles faster than -O3 and rounds the same.
    prefs[names[0]] = ["-w", "-O1", "-ffp-contract=off"]
    prefs[names[1]] = str(Path(tmp_path_factory.getbasetemp()) / "without_contraction")
    yield
    for name, value in before.items():
        prefs[name] = value
