"""Compute exp(x) by a polynomial, without a call and without a branch, so that loops vectorise.

x = k ln 2 + r with |r| <= ln(2) / 2, exp(x) = 2**k exp(r). The polynomial is the Taylor series of
degree 13, whose remainder is below 1e-18 on that interval; the result is within 2 units in the
last place of the C library's.

References
----------
W. J. Cody, W. Waite, "Software Manual for the Elementary Functions" (1980), chapter 6.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from neuro.device.jit import fast_kernel

_LOG2_E = 1.0 / math.log(2.0)
#: ln 2 as a sum whose first part has 20 trailing zero bits, so that its multiples are exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
#: 1.5 * 2**52: adding it leaves the nearest integer in the low bits.
_ROUND = 6755399441055744.0
#: Below, the result is (nearly) subnormal and taken as 0; above, 2**k overflows: infinite.
_LOWEST = -708.0
_HIGHEST = 709.0

_C2, _C3, _C4, _C5 = 1 / 2, 1 / 6, 1 / 24, 1 / 120
_C6, _C7, _C8, _C9 = 1 / 720, 1 / 5040, 1 / 40320, 1 / 362880
_C10, _C11 = 1 / 3628800, 1 / 39916800
_C12, _C13 = 1 / 479001600, 1 / 6227020800


@intrinsic  # type: ignore[untyped-decorator]
def _scaled(typing_context: Any, value: Any, rounded: Any) -> Any:  # noqa: ARG001
    """Multiply `value` by two to the power of the integer in the low bits of `rounded`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        word = ir.IntType(64)
        bits = builder.bitcast(arguments[0], word)
        power = builder.shl(builder.bitcast(arguments[1], word), ir.Constant(word, 52))
        return builder.bitcast(builder.add(bits, power), ir.DoubleType())

    return types.float64(types.float64, types.float64), generate


@fast_kernel
def fast_exp(x: Any) -> Any:
    """Return exp(x) for a double.

    Parameters
    ----------
    x
        Any double; NaN gives NaN.
    """
    limited = _LOWEST if x < _LOWEST else x
    limited = _HIGHEST if limited > _HIGHEST else limited
    rounded = limited * _LOG2_E + _ROUND
    k = rounded - _ROUND
    r = (limited - k * _LN2_HIGH) - k * _LN2_LOW
    p = _C13
    p = p * r + _C12
    p = p * r + _C11
    p = p * r + _C10
    p = p * r + _C9
    p = p * r + _C8
    p = p * r + _C7
    p = p * r + _C6
    p = p * r + _C5
    p = p * r + _C4
    p = p * r + _C3
    p = p * r + _C2
    p = p * r + 1.0
    p = p * r + 1.0
    value = _scaled(p, rounded)
    value = 0.0 if x < _LOWEST else value
    return math.inf if x > _HIGHEST else value
