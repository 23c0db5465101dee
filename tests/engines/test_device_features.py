"""What Brian2 can do, the device can do: each story ends as on Brian2's own device."""

from __future__ import annotations

import inspect
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import ms
from brian2.codegen.runtime.cython_rt import CythonCodeObject
from brian2.core.functions import DEFAULT_FUNCTIONS
from brian2.core.preferences import prefs
from brian2.devices.device import previous_devices, reset_device
from device_features import FEATURES, STATISTICS, chain
from device_networks import NETWORKS

from neuro.device.lower import TEMPLATES

#: The numpy target has numpy's functions and sums in pairs; states are below 100.
ROUNDING = {np.float64: 1e-12, np.float32: 2e-4}
#: Means of at least 20,000 draws whose coefficient of variation is below 1: seven standard errors.
STATISTICAL = 0.05
#: Stories whose programs compile in two seconds or less.
QUICK = ("timed_arrays", "smaller_dt_with_spikes_under_way")
#: Their functions are Python's, which Brian2's Cython target cannot call.
BEYOND_CYTHON = ("functions_of_the_user",)
#: Templates of what Brian2 does once, before a run, and the text that templates share.
ONCE = ("common_", "group_", "synapses_create_")
#: Wall time in which an interrupted run has to end, in seconds.
PROMPT = 1.0


@pytest.fixture(autouse=True)
def preferences() -> Iterator[None]:
    before = {name: prefs[name] for name in ("codegen.target", "core.default_float_dtype")}
    prefs["codegen.target"] = "numpy"
    yield
    for name, value in before.items():
        prefs[name] = value
    brian2.defaultclock.dt = 0.1 * ms


def tell(story: Callable[[], dict[str, Any]], device: str) -> dict[str, Any]:
    """Run a story on a device."""
    brian2.set_device(device)
    brian2.start_scope()
    try:
        return story()
    finally:
        previous_devices.clear()
        reset_device("runtime")


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in FEATURES]
)
# In single precision exponentials overflow, and so does 1e50, with which Brian2 compares states.
@pytest.mark.filterwarnings("ignore:overflow encountered:RuntimeWarning")
@pytest.mark.parametrize(
    "dtype", [np.float64, pytest.param(np.float32, marks=pytest.mark.nightly)], ids=["f64", "f32"]
)
def test_story_ends_as_on_brian2s_device(name: str, dtype: Any) -> None:
    if dtype is np.float32 and name == "cable_with_a_threshold_at_a_location":
        pytest.skip("in single precision its exponentials overflow and the cable never fires")
    prefs["core.default_float_dtype"] = dtype
    theirs, ours = (tell(FEATURES[name], device) for device in ("runtime", "numba"))
    assert theirs.keys() == ours.keys()
    for key, expected in theirs.items():
        assert expected.dtype == ours[key].dtype, key
        assert expected.size > 0, key
        if expected.dtype.kind == "f":
            rounding = ROUNDING[dtype]
            np.testing.assert_allclose(ours[key], expected, rtol=rounding, atol=rounding)
        else:
            np.testing.assert_array_equal(ours[key], expected, err_msg=key)


@pytest.mark.nightly  # compiles some ten extensions a story
@pytest.mark.compiler
@pytest.mark.usefixtures("without_contraction")
@pytest.mark.parametrize("name", [name for name in FEATURES if name not in BEYOND_CYTHON])
def test_story_is_brian2_cython(name: str) -> None:
    prefs["codegen.target"] = "cython"
    theirs = tell(FEATURES[name], "runtime")
    prefs["codegen.target"] = "numpy"
    ours = tell(FEATURES[name], "numba")
    assert theirs.keys() == ours.keys()
    for key, expected in theirs.items():
        np.testing.assert_array_equal(ours[key], expected, err_msg=key)


def test_every_default_function_is_in_a_story() -> None:
    source = inspect.getsource(FEATURES["default_functions"])
    told = set(re.findall(r"\w+", source + inspect.getsource(NETWORKS["functions"])))
    assert set(DEFAULT_FUNCTIONS) - told == set()


def test_every_template_of_a_time_step_is_lowered() -> None:
    folder = Path(inspect.getfile(CythonCodeObject)).parent / "templates"
    names = {file.stem for file in folder.glob("*.pyx")}
    assert {name for name in names if not name.startswith(ONCE)} == set(TEMPLATES)


@pytest.mark.slow  # each compiles a program of its own
@pytest.mark.parametrize("name", STATISTICS)
def test_random_input_has_the_right_mean(name: str) -> None:
    for key, relative in tell(STATISTICS[name], "numba").items():
        assert abs(relative - 1) < STATISTICAL, key


def larger_dt() -> dict[str, Any]:
    network, _, states, _ = chain(1.2 * ms)
    network.run(1 * ms)
    brian2.defaultclock.dt = 0.2 * ms
    network.run(3 * ms)
    return {"x": states.x[:], "t": states.t_[:]}


def test_no_spike_under_way_is_lost_to_a_larger_dt() -> None:
    # Brian2's queue keeps one of two steps that fall together, so it is no reference here. Spikes
    # at 0.1, 0.3, 0.8, 1.2 and (on the new grid) 2.0 ms arrive 1.2 ms later, rounded half up, and
    # are recorded a step later.
    found = tell(larger_dt, "numba")
    arrivals = [1.4, 1.6, 2.0, 2.4, 3.2] * ms
    weights = [1 + 8, 2 + 16, 4, 1 + 8, 2 + 16]
    total = found["x"].sum(axis=0)
    for arrival, expected in zip(arrivals, np.cumsum(weights), strict=True):
        after = np.searchsorted(found["t"], float(arrival) + 0.1e-3)
        assert total[after] == expected, arrival


INTERRUPTED = """
import brian2, time, neuro.device
from brian2 import NeuronGroup, Network, second, ms
brian2.set_device("numba")
cells = NeuronGroup(1000, "dv/dt = sin(v)*cos(v)/ms : 1", method="euler")
network = Network(cells)
network.run(1*ms)
print("running", flush=True)
network.run(100000*second)
print(time.time(), float(network.t), flush=True)
"""


@pytest.mark.slow  # a process that imports Brian2 and compiles
@pytest.mark.skipif(os.name == "nt", reason="sends a POSIX signal")
def test_real_interrupt_ends_the_run_within_a_second() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "running\n"
    time.sleep(0.5)
    sent = time.time()
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    ended, model_time = map(float, output.split())
    assert ended - sent < PROMPT
    assert model_time > 0.001
