"""The exponential of the fast mode is nearly that of the C library, and vectorises."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neuro.device.fast.exponential import fast_exp
from neuro.device.jit import uncached_kernel

#: Units in the last place; the reduction and the polynomial round about a dozen times.
MAX_ULP = 2.0


@uncached_kernel
def exponentials(x: Any, out: Any) -> None:
    for k in range(x.shape[0]):
        out[k] = fast_exp(x[k])


def evaluate(x: np.ndarray) -> np.ndarray:
    out = np.empty_like(x)
    exponentials(x, out)
    return out


def test_error_is_small() -> None:
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-700, 700, 100_000), rng.normal(size=100_000), [0.0]])
    expected = np.exp(x)
    assert np.max(np.abs(evaluate(x) - expected) / np.spacing(expected)) <= MAX_ULP


def test_limits() -> None:
    x = np.array([-1e308, -math.inf, 1e308, math.inf, math.nan, 0.0])
    np.testing.assert_array_equal(evaluate(x), [0, 0, math.inf, math.inf, math.nan, 1])


def test_loop_has_no_call() -> None:
    evaluate(np.zeros(4))
    (assembly,) = exponentials.inspect_asm().values()
    assert "zmm" in assembly or "ymm" in assembly
