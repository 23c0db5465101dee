"""Compute log(x) by a polynomial, without a call and without a branch, so that loops vectorise.

x = 2**k m with sqrt(1/2) <= m < sqrt(2), and log m = 2 artanh(s) with s = (m - 1) / (m + 1),
|s| < 0.1716. The series of artanh ends with s**21 / 21, so its remainder is below 1e-17 relative
to s.

References
----------
W. J. Cody, W. Waite, "Software Manual for the Elementary Functions" (1980), chapter 5.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from neuro.device.fast.contraction import multiply_add
from neuro.device.jit import fast_kernel

#: ln 2 as a sum whose first part has 20 trailing zero bits, so that its multiples are exact.
_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
#: The bits of sqrt(1/2).
_ROOT = np.int64(0x3FE6A09E667F3BCD)
_SMALLEST_NORMAL = 2.2250738585072014e-308
_MANTISSA = np.int64(52)


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


@fast_kernel
def fast_log(x: Any) -> Any:
    """Return the natural logarithm of a double.

    Parameters
    ----------
    x
        Any double; a negative one gives NaN, 0 minus infinity.
    """
    is_small = x < _SMALLEST_NORMAL
    scaled = x * 18014398509481984.0 if is_small else x
    bits = _bits(scaled)
    k = (bits - _ROOT) >> _MANTISSA
    m = _double(bits - (k << _MANTISSA))
    exponent = np.float64(k) - (54.0 if is_small else 0.0)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 1.0 / 21.0
    p = multiply_add(p, z, 1.0 / 19.0)
    p = multiply_add(p, z, 1.0 / 17.0)
    p = multiply_add(p, z, 1.0 / 15.0)
    p = multiply_add(p, z, 1.0 / 13.0)
    p = multiply_add(p, z, 1.0 / 11.0)
    p = multiply_add(p, z, 1.0 / 9.0)
    p = multiply_add(p, z, 1.0 / 7.0)
    p = multiply_add(p, z, 1.0 / 5.0)
    p = multiply_add(p, z, 1.0 / 3.0)
    low = multiply_add(2.0 * s * z, p, exponent * _LN2_LOW)
    value = multiply_add(exponent, _LN2_HIGH, 2.0 * s + low)
    value = -math.inf if x == 0.0 else value
    value = math.nan if x < 0.0 else value
    return value if x < math.inf else x
