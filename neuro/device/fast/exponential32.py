"""Compute exp(x) in single precision by a polynomial, so that loops vectorise at full width.

The reduction is that of `neuro.device.fast.exponential`; the Taylor series ends with r**7 / 5040,
whose remainder is below 6e-9.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from neuro.device.jit import fast_kernel

_LOG2_E = np.float32(1.4426950408889634)
#: ln 2 as a sum whose first part has 15 trailing zero bits, so that its multiples are exact.
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
#: 1.5 * 2**23: adding it leaves the nearest integer in the low bits.
_ROUND = np.float32(12582912.0)
#: Below, the result is (nearly) subnormal and taken as 0; above, it is infinite.
_LOWEST, _HIGHEST = np.float32(-87.0), np.float32(88.0)
_ZERO, _INFINITE, _1 = np.float32(0.0), np.float32(np.inf), np.float32(1.0)
_C2, _C3, _C4 = np.float32(1 / 2), np.float32(1 / 6), np.float32(1 / 24)
_C5, _C6, _C7 = np.float32(1 / 120), np.float32(1 / 720), np.float32(1 / 5040)


@intrinsic  # type: ignore[untyped-decorator]
def _scaled(typing_context: Any, value: Any, rounded: Any) -> Any:  # noqa: ARG001
    """Multiply `value` by two to the power of the integer in the low bits of `rounded`."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        word = ir.IntType(32)
        bits = builder.bitcast(arguments[0], word)
        power = builder.shl(builder.bitcast(arguments[1], word), ir.Constant(word, 23))
        return builder.bitcast(builder.add(bits, power), ir.FloatType())

    return types.float32(types.float32, types.float32), generate


@fast_kernel
def fast_exp32(x: Any) -> Any:
    """Return exp(x) for a float.

    Parameters
    ----------
    x
        Any float; NaN gives NaN.
    """
    limited = _LOWEST if x < _LOWEST else x
    limited = _HIGHEST if limited > _HIGHEST else limited
    rounded = limited * _LOG2_E + _ROUND
    k = rounded - _ROUND
    r = (limited - k * _LN2_HIGH) - k * _LN2_LOW
    p = _C7
    p = p * r + _C6
    p = p * r + _C5
    p = p * r + _C4
    p = p * r + _C3
    p = p * r + _C2
    p = p * r + _1
    p = p * r + _1
    value = _scaled(p, rounded)
    value = _ZERO if x < _LOWEST else value
    return _INFINITE if x > _HIGHEST else value
