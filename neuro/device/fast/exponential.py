"""Compute exp(x) by a polynomial, without a call and without a branch, so that loops vectorise.

x = k ln 2 + r with |r| <= ln(2) / 2, exp(x) = 2**k exp(r). The polynomial is the Taylor series,
whose remainder on that interval is below 1e-18 in double precision and 6e-9 in single precision;
the result is within 2 units in the last place of the C library's.

References
----------
W. J. Cody, W. Waite, "Software Manual for the Elementary Functions" (1980), chapter 6.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from neuro.device.fast.contraction import fused, multiply_add
from neuro.device.jit import fast_kernel


@dataclass(frozen=True, slots=True)
class Precision:
    """Hold what depends on the format of the numbers.

    Parameters
    ----------
    kind, number, real, word
        The type in Numba, in NumPy, in LLVM, and the LLVM integer of the same size.
    n_fraction
        The bits of the fraction.
    ln2_high, ln2_low
        ln 2 as a sum whose first part has many trailing zero bits, so that its multiples are exact.
    lowest, highest
        Below the one the result is (nearly) subnormal and taken as 0; above the other 2**k
        overflows and the result is infinite.
    degree
        The degree of the Taylor series.
    """

    kind: Any
    number: Any
    real: Any
    word: Any
    n_fraction: int
    ln2_high: float
    ln2_low: float
    lowest: float
    highest: float
    degree: int


DOUBLE = Precision(
    types.float64, np.float64, ir.DoubleType(), ir.IntType(64), 52,
    6.93147180369123816490e-01, 1.90821492927058770002e-10, -708.0, 709.0, degree=13,
)  # fmt: skip
SINGLE = Precision(
    types.float32, np.float32, ir.FloatType(), ir.IntType(32), 23,
    0.693359375, -2.12194440e-4, -87.0, 88.0, degree=7,
)  # fmt: skip


def _series(precision: Precision) -> Any:
    """Return what evaluates the Taylor series of exp at r in (-1, 1)."""
    coefficients = [1 / math.factorial(n) for n in reversed(range(precision.degree + 1))]

    @intrinsic  # type: ignore[untyped-decorator]
    def series(typing_context: Any, r: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            first, *others = (ir.Constant(precision.real, float(precision.number(c)))
                              for c in coefficients)  # fmt: skip
            value = first
            for coefficient in others:
                value = fused(builder, value, arguments[0], coefficient)
            return value

        return precision.kind(precision.kind), generate

    return series


def _scaling(precision: Precision) -> Any:
    """Return what multiplies a value by two to the power of the integer in another's low bits."""

    @intrinsic  # type: ignore[untyped-decorator]
    def scaled(typing_context: Any, value: Any, rounded: Any) -> Any:  # noqa: ARG001
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
            word = precision.word
            bits = builder.bitcast(arguments[0], word)
            places = ir.Constant(word, precision.n_fraction)
            power = builder.shl(builder.bitcast(arguments[1], word), places)
            return builder.bitcast(builder.add(bits, power), precision.real)

        return precision.kind(precision.kind, precision.kind), generate

    return scaled


def exponential(precision: Precision) -> Any:
    """Return a kernel that computes exp(x) of one number; NaN gives NaN.

    Parameters
    ----------
    precision
        The format of the number and of the result.
    """
    number = precision.number
    series, scaled = _series(precision), _scaling(precision)
    log2_e = number(1.0 / math.log(2.0))
    ln2_high, ln2_low = number(precision.ln2_high), number(precision.ln2_low)
    lowest, highest = number(precision.lowest), number(precision.highest)
    zero, infinite = number(0.0), number(math.inf)
    # Adding it leaves the nearest integer in the low bits.
    rounder = number(1.5 * 2.0**precision.n_fraction)

    @fast_kernel
    def exp(x: Any) -> Any:
        limited = lowest if x < lowest else x
        limited = highest if limited > highest else limited
        rounded = multiply_add(limited, log2_e, rounder)
        k = rounded - rounder
        r = multiply_add(-k, ln2_low, multiply_add(-k, ln2_high, limited))
        value = scaled(series(r), rounded)
        value = zero if x < lowest else value
        return infinite if x > highest else value

    return exp


fast_exp = exponential(DOUBLE)
fast_exp32 = exponential(SINGLE)
