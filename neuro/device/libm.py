"""Compute exp(x) with the bits of the C library's, without a call, so that loops vectorise.

glibc (since 2.28) writes x = k ln 2 / 128 + r and returns 2**(k/128) (1 + tail + r + r**2 (...)):
a table of 128 powers of two with what their rounding lost, and a polynomial of degree 5. Its
variant for processors with fused multiply-add (FMA) fuses every product with the sum that follows
it, the other one none. Both are computed here by the same operations in the same order; `form`
finds which of them the C library of this process runs. Where it runs neither, it is called.

References
----------
P. T. P. Tang, "Table-driven implementation of the exponential function in IEEE floating-point
arithmetic", ACM Trans. Math. Softw. 15 (1989). The coefficients are those of Arm's optimized
routines, from which glibc has its own.
"""

from __future__ import annotations

import math
import platform
import re
import struct
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from mpmath import mp, mpf  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from neuro.device.jit import kernel

Form = Literal["fused", "separate", "unknown"]
_IN_LINE = re.compile(r"\bexp_(fused|separate)\(")

_N = 128
_SCALE = float.fromhex("0x1.71547652b82fep0") * _N
#: -ln 2 / 128 as a sum whose first part has 16 trailing zero bits.
_LN2_HIGH = -float.fromhex("0x1.62e42fefa0000p-8")
_LN2_LOW = -float.fromhex("0x1.cf79abc9e3b39p-47")
#: Adding it leaves the nearest integer in the low bits.
_ROUND = float.fromhex("0x1.8p52")
_C2, _C3 = float.fromhex("0x1.ffffffffffdbdp-2"), float.fromhex("0x1.555555555543cp-3")
_C4, _C5 = float.fromhex("0x1.55555cf172b91p-5"), float.fromhex("0x1.1111167a4d017p-7")
#: From here on the power of two is kept within the exponents and put right in the end.
_FAR = 512.0
_LOWEST, _HIGHEST = -746.0, 710.0
_DOWN, _UP, _NO = np.int64(-(1009 << 52)), np.int64(1022 << 52), np.int64(0)
_2_1009, _2_1022 = 2.0**1009, 2.0**-1022
_TO_EXPONENT, _LAST = np.int64(45), np.uint64(_N - 1)

#: Arguments at which a bit changes with the fusion of one operation, in either variant; two whose
#: result is subnormal, and a few others.
PROBES = tuple(
    float.fromhex(text)
    for text in (
        "0x1.241706p+3", "-0x1.ee601p+1", "0x1.aac9p+2", "0x1.3863c2p+3", "0x1.1b13c4p+1",
        "-0x1.77145cp+0", "0x1.35c5dp+3", "-0x1.bd474cp+1", "-0x1.31904p+1", "0x1.a4fc84p+2",
        "0x1.f12ad8p+2", "-0x1.629p+9", "-0x1.7428p+9", "-0x1.551ddd9d70b04p+9",
        "0x1.548912a8aca89p+9", "0x1p-60", "0x1.1p-9",
    )
)  # fmt: skip


def _powers() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return the bits of 2**(k/128), less k/128 in the exponent, and what rounding lost of each."""
    with mp.workprec(200):
        exact = [mpf(2) ** (mpf(k) / _N) for k in range(_N)]
        rounded = [float(power) for power in exact]
        lost = [float(power / near - 1) for power, near in zip(exact, rounded, strict=True)]
    bits = np.array(rounded).view(np.int64) - (np.arange(_N) << 52) // _N
    return bits, np.array(lost)


_POWERS, _LOST = _powers()


@intrinsic  # type: ignore[untyped-decorator]
def _bits(typing_context: Any, value: Any) -> Any:  # noqa: ARG001
    """Return the bits of a double as an integer."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _double(typing_context: Any, bits: Any) -> Any:  # noqa: ARG001
    """Return the double that has the given bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@intrinsic  # type: ignore[untyped-decorator]
def _fused(typing_context: Any, a: Any, b: Any, c: Any) -> Any:  # noqa: ARG001
    """Return a b + c, rounded once."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


@kernel
def _separate(a: Any, b: Any, c: Any) -> Any:
    """Return a b + c, rounded twice."""
    return a * b + c


def exponential(multiply_add: Any, bits: Any, double: Any) -> Callable[[Any], Any]:
    """Return the Python function that computes exp(x) of a double.

    Parameters
    ----------
    multiply_add
        Computes a b + c.
    bits, double
        Return the bits of a double as np.int64, and the double of such bits.
    """

    def exp(x: Any) -> Any:
        limited = _HIGHEST if x > _HIGHEST else x
        limited = _LOWEST if limited < _LOWEST else limited
        shifted = multiply_add(limited, _SCALE, _ROUND)
        place = np.uint64(bits(shifted)) & _LAST
        k = shifted - _ROUND
        r = multiply_add(k, _LN2_LOW, multiply_add(k, _LN2_HIGH, limited))
        r2 = r * r
        low = multiply_add(r2, multiply_add(r, _C3, _C2), _LOST[place] + r)
        t = multiply_add(r2 * r2, multiply_add(r, _C5, _C4), low)
        is_large, is_small = x >= _FAR, x <= -_FAR
        away = _DOWN if is_large else _NO
        away = _UP if is_small else away
        scale = double(_POWERS[place] + (bits(shifted) << _TO_EXPONENT) + away)
        value = multiply_add(scale, t, scale)
        # Far below, the library fuses nothing, and a subnormal result is rounded once.
        change = scale * t
        y = scale + change
        high = 1.0 + y
        rest = ((1.0 - high) + y) + ((scale - y) + change)
        y = (high + rest) - 1.0 if y < 1.0 else y
        value = y if is_small else value
        factor = _2_1009 if is_large else 1.0
        factor = _2_1022 if is_small else factor
        return x + 1.0 if x != x else factor * value

    return exp


exp_fused = kernel(exponential(_fused, _bits, _double))
exp_separate = kernel(exponential(_separate, _bits, _double))


def called(lines: Iterable[str]) -> list[str]:
    """Write calls of the library into lines that are computed once, which compiles faster."""
    return [_IN_LINE.sub("math.exp(", line) for line in lines]


def fused(a: float, b: float, c: float) -> float:
    """Return a b + c of finite numbers, rounded once."""
    return float(Fraction(a) * Fraction(b) + Fraction(c))


def separate(a: float, b: float, c: float) -> float:
    """Return a b + c, rounded twice."""
    return a * b + c


def interpreted(multiply_add: Callable[[float, float, float], float]) -> Callable[[float], float]:
    """Return `exponential` for Python."""

    def bits(value: float) -> np.int64:
        return np.int64(struct.unpack("<q", struct.pack("<d", value))[0])

    def double(number: np.int64) -> float:
        return float(struct.unpack("<d", struct.pack("<q", int(number)))[0])

    return exponential(multiply_add, bits, double)


def form(library: Callable[[float], float] = math.exp) -> Form:
    """Return which of the variants the C library runs.

    Parameters
    ----------
    library
        The exponential of the C library.
    """
    if platform.machine() not in ("x86_64", "AMD64"):
        return "unknown"
    expected = [library(x) for x in PROBES]
    variants: tuple[tuple[Form, Any], ...] = (("fused", fused), ("separate", separate))
    for name, multiply_add in variants:
        exp = interpreted(multiply_add)
        if [float(exp(x)) for x in PROBES] == expected:
            return name
    return "unknown"
