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
def numba_device() -> Iterator[None]:
    """Select the device for one test; what is not lowered uses numpy."""
    before = prefs["codegen.target"]
    prefs["codegen.target"] = "numpy"
    brian2.set_device("numba")
    brian2.start_scope()
    try:
        yield
    finally:
        # A device refused for its options stays on Brian2's list of earlier ones.
        previous_devices.clear()
        reset_device("runtime")
        prefs["codegen.target"] = before
        brian2.defaultclock.dt = 0.1 * brian2.ms
