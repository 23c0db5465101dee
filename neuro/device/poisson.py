"""Draw Poisson numbers as Brian2's C code does.

References
----------
W. Hormann, "The transformed rejection method for generating Poisson random variables",
Insurance: Mathematics and Economics 12 (1993), doi:10.1016/0167-6687(93)90997-4.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neuro.device.jit import kernel
from neuro.device.rng import rand

#: Coefficients of Stirling's series for log Gamma.
_STIRLING = (
    8.333333333333333e-02,
    -2.777777777777778e-03,
    7.936507936507937e-04,
    -5.952380952380952e-04,
    8.417508417508418e-04,
    -1.917526917526918e-03,
    6.410256410256410e-03,
    -2.955065359477124e-02,
    1.796443723688307e-01,
    -1.39243221690590e00,
)


@kernel
def log_gamma(x: Any) -> Any:
    """Return the logarithm of the gamma function of a positive double."""
    shift = np.int32(0)
    x0 = x
    if x == 1.0 or x == 2.0:
        return 0.0
    if x <= 7.0:
        shift = np.int32(7 - x)
        x0 = x + shift
    x2 = 1.0 / (x0 * x0)
    series = _STIRLING[9]
    for k in range(8, -1, -1):
        series *= x2
        series += _STIRLING[k]
    result = series / x0 + 0.5 * math.log(2 * math.pi) + (x0 - 0.5) * math.log(x0) - x0
    if x <= 7.0:
        for _ in range(shift):
            result -= math.log(x0 - 1.0)
            x0 -= 1.0
    return result


@kernel
def _by_products(rate: Any, values: Any, index: Any, state: Any) -> Any:
    limit = math.exp(-rate)
    count = 0
    product = 1.0
    while True:
        product *= rand(values, index, state)
        if product > limit:
            count += 1
        else:
            return count


@kernel
def _by_rejection(rate: Any, values: Any, index: Any, state: Any) -> Any:
    root = math.sqrt(rate)
    log_rate = math.log(rate)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inv_alpha = 1.1239 + 1.1328 / (b - 3.4)
    vr = 0.9277 - 3.6224 / (b - 2)
    while True:
        u = rand(values, index, state) - 0.5
        v = rand(values, index, state)
        us = 0.5 - abs(u)
        k = np.int64(math.floor((2 * a / us + b) * u + rate + 0.43))
        if us >= 0.07 and v <= vr:
            return k
        if k < 0 or (us < 0.013 and v > us):
            continue
        left = math.log(v) + math.log(inv_alpha) - math.log(a / (us * us) + b)
        if left <= -rate + k * log_rate - log_gamma(np.float64(k + 1)):
            return k


@kernel
def poisson(rate: Any, values: Any, index: Any, state: Any) -> Any:
    """Draw one Poisson number with mean `rate` from Brian2's uniform stream."""
    if rate >= 10:
        return _by_rejection(rate, values, index, state)
    if rate == 0:
        return 0
    return _by_products(rate, values, index, state)
