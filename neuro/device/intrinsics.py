"""Supply the operators of Brian2's C code that Python or Numba define differently.

Every function follows what the C compiler makes of Brian2's cython text, including its types:
these are the places where a different choice changes the last bit of a result.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types
from numba.extending import overload

from neuro.device.jit import OPTIONS, kernel
from neuro.device.rng import rand

#: `exprel` is infinite above this argument (about log of the largest double).
_EXPREL_MAX = 717.0


def mod(a: Any, b: Any) -> Any:
    """Return `((a % b) + b) % b` with the sign of `b`."""
    raise NotImplementedError


def floordiv(a: Any, b: Any) -> Any:
    """Return the floor of `a / b`, an integer for two integers."""
    raise NotImplementedError


def power(a: Any, b: Any) -> Any:
    """Return `a ** b` by the C library, except for two integers."""
    raise NotImplementedError


def clip(x: Any, low: Any, high: Any) -> Any:
    """Limit `x` to [low, high]; the result has the type of `x`."""
    raise NotImplementedError


def _is_integer(*kinds: Any) -> bool:
    return all(isinstance(kind, types.Integer | types.Boolean) for kind in kinds)


@overload(mod, jit_options=OPTIONS, strict=False)  # type: ignore[untyped-decorator]
def _mod(a: Any, b: Any) -> Callable[..., Any]:
    if _is_integer(a, b):
        return lambda a, b: ((a % b) + b) % b

    def real(a: Any, b: Any) -> Any:
        r = np.fmod(np.float64(a), np.float64(b))
        if r != 0.0 and ((r < 0.0) != (b < 0)):
            r += b
        r = np.fmod(r + b, np.float64(b))
        if r != 0.0 and ((r < 0.0) != (b < 0)):
            r += b
        return r

    return real


@overload(floordiv, jit_options=OPTIONS, strict=False)  # type: ignore[untyped-decorator]
def _floordiv(a: Any, b: Any) -> Callable[..., Any]:
    if _is_integer(a, b):
        return lambda a, b: a // b
    return lambda a, b: np.floor(np.float64(a) / np.float64(b))


@overload(power, jit_options=OPTIONS, strict=False)  # type: ignore[untyped-decorator]
def _power(a: Any, b: Any) -> Callable[..., Any]:
    if _is_integer(a, b):
        return lambda a, b: np.int64(a) ** np.int64(b)
    return lambda a, b: math.pow(np.float64(a), np.float64(b))


@overload(clip, jit_options=OPTIONS, strict=False)  # type: ignore[untyped-decorator]
def _clip(x: Any, low: Any, high: Any) -> Callable[..., Any]:  # noqa: ARG001
    if isinstance(x, types.Integer):

        def whole(x: Any, low: Any, high: Any) -> Any:
            if np.float64(x) < low:
                return np.int64(low)
            if np.float64(x) > high:
                return np.int64(high)
            return np.int64(x)

        return whole

    as_type = np.float32 if x == types.float32 else np.float64

    def real(x: Any, low: Any, high: Any) -> Any:
        if x < low:
            return as_type(low)
        if x > high:
            return as_type(high)
        return as_type(x)

    return real


@kernel
def sign(x: Any) -> Any:
    """Return -1, 0 or 1 as an integer."""
    return np.int32(x > 0) - np.int32(x < 0)


@kernel
def timestep(t: Any, dt: Any) -> Any:
    """Return the step that holds time `t`, with the tolerance of `brian2.timestep`."""
    return np.int64((t + 1e-3 * dt) / dt)


@kernel
def exprel(x: Any) -> Any:
    """Return (exp(x) - 1) / x, continuous at 0."""
    if math.fabs(x) < 1e-16:
        return 1.0
    if x > _EXPREL_MAX:
        return math.inf
    return math.expm1(x) / x


@kernel
def timed_array(values: Any, t: Any, epsilon: Any, upsampling: Any) -> Any:
    """Return the value of a one-dimensional TimedArray at time `t`, held outside its range."""
    k = np.int32((t / epsilon + 0.5) / upsampling)
    k = np.int32(max(0, min(k, values.shape[0] - 1)))
    return values[k]


@kernel
def timed_array_2d(values: Any, t: Any, i: Any, epsilon: Any, upsampling: Any) -> Any:
    """Return column `i` of a two-dimensional TimedArray at time `t`; NaN outside its columns."""
    if i < 0 or i >= values.shape[1]:
        return math.nan
    k = np.int32((t / epsilon + 0.5) / upsampling)
    k = np.int32(max(0, min(k, values.shape[0] - 1)))
    return values[k, i]


@kernel
def binomial(
    n: Any, p: Any, q: Any, qn: Any, bound: Any, values: Any, index: Any, state: Any
) -> Any:
    """Draw from a binomial distribution by inversion (numpy's legacy algorithm)."""
    count = 0
    px = qn
    u = rand(values, index, state)
    while u > px:
        count += 1
        if count > bound:
            count = 0
            px = qn
            u = rand(values, index, state)
        else:
            u -= px
            px = ((n - count + 1) * p * px) / (count * q)
    return count
