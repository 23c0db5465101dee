"""The exponential of the strict mode has the bits of the C library's, and vectorises."""

from __future__ import annotations

import itertools
import math
import platform
from typing import Any

import numpy as np
import pytest

from neuro.device import libm
from neuro.device.functions import TEXTS
from neuro.device.jit import uncached_kernel
from neuro.device.wide import widen

KERNELS = {"fused": libm.exp_fused, "separate": libm.exp_separate}
#: Where results overflow, become subnormal, vanish; where the algorithm changes; no numbers.
EDGES = [
    0.0, -0.0, 1e-300, -1e-20, math.inf, -math.inf, math.nan, -math.nan, 1e308, -1e308,
    709.782712893384, 709.7827128933841, -745.1332191019411, -745.1332191019412,
    -708.3964185322641, 5e-324, 512.0, -512.0, np.nextafter(512, 0), np.nextafter(-512, 0),
]  # fmt: skip


def evaluator(exp: Any) -> Any:
    @uncached_kernel
    def evaluate(x: Any, out: Any) -> None:
        widen()
        for k in range(x.shape[0]):
            out[k] = exp(x[k])

    return evaluate


def bits(values: np.ndarray) -> list[int]:
    return list(values.view(np.int64))


@pytest.mark.skipif(libm.form() == "unknown", reason="the C library has another exponential")
def test_bits_are_those_of_the_library() -> None:
    rng = np.random.default_rng(1)
    spans = [(-2, 2), (-40, 40), (-512, 512), (-760, 760), (-746, -707), (-1e-8, 1e-8)]
    x = np.concatenate([*(rng.uniform(*span, 40_000) for span in spans), EDGES])
    ours = np.empty_like(x)
    evaluate = evaluator(KERNELS[libm.form()])
    evaluate(x, ours)
    assert bits(ours) == bits(np.array([_library(value) for value in x.tolist()]))
    (assembly,) = evaluate.inspect_asm().values()
    assert "zmm" in assembly or "ymm" in assembly


def _library(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


@pytest.mark.skipif(platform.machine() != "x86_64", reason="elsewhere the library is called")
def test_form_is_recognised() -> None:
    assert libm.form(libm.interpreted(libm.fused)) == "fused"
    assert libm.form(libm.interpreted(libm.separate)) == "separate"
    assert libm.form(lambda x: float(np.nextafter(math.exp(x), 0))) == "unknown"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="elsewhere the library is called")
@pytest.mark.parametrize("odd", [4, 7])
def test_one_operation_that_is_not_fused_is_noticed(odd: int) -> None:
    """Of the eight the two whose fusion changes one result in a thousand."""
    count = itertools.count()

    def multiply_add(a: float, b: float, c: float) -> float:
        return (libm.separate if next(count) % 8 == odd else libm.fused)(a, b, c)

    assert libm.form(libm.interpreted(multiply_add)) == "unknown"


def test_strict_mode_uses_what_was_recognised() -> None:
    expected = {"fused": "exp_fused(", "separate": "exp_separate(", "unknown": "math.exp("}
    assert TEXTS["exp"].startswith(expected[libm.form()])
