"""Fast mode in single precision: literals, integers and the time step stay single."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import brian2
import numpy as np
import pytest
from brian2 import Network, NeuronGroup, SpikeMonitor, ms
from brian2.core.preferences import prefs

from neuro.device import numba_device as device
from neuro.device.fast.exponential import fast_exp32
from neuro.device.fast.rendering import FastNodeRenderer
from neuro.device.functions import Rendering
from neuro.device.jit import uncached_kernel

#: Units in the last place of a float.
MAX_ULP = 2.0
FUNCTIONS = {
    "exp": Rendering("math.exp(np.float64({0}))", fast="fast_exp(np.float64({0}))"),
    "tanh": Rendering("math.tanh(np.float64({0}))"),
    "timestep": Rendering("timestep(np.float64({0}), np.float64({1}))"),
}
VARIABLES = {
    "x": SimpleNamespace(dtype=np.float32),
    "i": SimpleNamespace(dtype=np.int32),
    "dt": SimpleNamespace(dtype=np.float64),
    "t": SimpleNamespace(dtype=np.float64),
}


@pytest.mark.parametrize(
    ("expression", "single"),
    [
        ("x * 0.5", "(x * np.float32(0.5))"),
        ("x * 2", "(x * np.float32(2))"),
        ("x + i * 3", "(x + np.float32((i * 3)))"),
        ("i / 2", "(np.float32(i) / np.float32(2))"),
        ("x * dt", "(x * np.float32(dt))"),
        ("exp(x)", "fast_exp32(np.float32(x))"),
        ("tanh(x)", "np.float32((math.tanh(np.float64(x))))"),
        ("timestep(t - 0.1, dt)", "(timestep(np.float64(t - 0.1), np.float64(dt)))"),
        ("x ** 3", "((x) * (x) * (x))"),
        ("x ** 0.5", "np.float32(power(x, np.float32(0.5)))"),
    ],
)
def test_nothing_is_widened(expression: str, single: str) -> None:
    renderer = FastNodeRenderer(FUNCTIONS, VARIABLES, is_single=True)
    found = str(renderer.render_expr(expression)).strip()
    assert re.sub(r"[\s()]", "", found) == re.sub(r"[\s()]", "", single)


def test_double_precision_keeps_its_literals() -> None:
    renderer = FastNodeRenderer(FUNCTIONS, VARIABLES, is_single=False)
    assert "float32" not in str(renderer.render_expr("x * 0.5 + exp(2 * x) * dt"))


@uncached_kernel
def exponentials(x: Any, out: Any) -> None:
    for k in range(x.shape[0]):
        out[k] = fast_exp32(x[k])


def test_error_of_the_exponential_is_small() -> None:
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-86, 88, 100_000), rng.normal(size=100_000)])
    x, out = x.astype(np.float32), np.empty(200_000, dtype=np.float32)
    exponentials(x, out)
    expected = np.exp(x.astype(np.float64))
    spacing = np.spacing(expected.astype(np.float32)).astype(np.float64)
    assert np.max(np.abs(out - expected) / spacing) <= MAX_ULP
    (assembly,) = exponentials.inspect_asm().values()
    assert "vcvtps2pd" not in assembly


def test_limits_of_the_exponential() -> None:
    x = np.array([-1e30, -np.inf, 1e30, np.inf, np.nan, 0.0], dtype=np.float32)
    out = np.empty_like(x)
    exponentials(x, out)
    np.testing.assert_array_equal(out, [0, 0, np.inf, np.inf, np.nan, 1])


def test_state_updates_stay_single(numba_device: None) -> None:
    brian2.set_device("numba", mode="fast")
    before = prefs["core.default_float_dtype"]
    prefs["core.default_float_dtype"] = np.float32
    try:
        cells = NeuronGroup(
            64, "dv/dt = (1.5 - v + 0.1*exp(-3*v) + 0.01*v**2)/(10*ms) : 1", method="euler",
            threshold="v > 1", reset="v = 0", refractory=1 * ms,
        )  # fmt: skip
        cells.v = np.linspace(0, 0.9, 64)
        spikes = SpikeMonitor(cells)
        network = Network(cells, spikes)
        network.run(30 * ms)
        text = device_program(network)
    finally:
        prefs["core.default_float_dtype"] = before
    assert spikes.num_spikes > 64
    update = next(part for part in text.split("def ") if "_idx] = not_refractory" in part)
    body = update.split("for _idx")[1]
    assert "fast_exp32" in body
    # Every real literal is rounded where it is written.
    rounded = re.sub(r"np\.float32\(-?[\d.]+\)", "", body)
    assert not re.search(r"\d\.\d", rounded)
    assert "float64" not in body


def device_program(network: Network) -> str:
    return str(device.prepared[network].loop.program.text)
