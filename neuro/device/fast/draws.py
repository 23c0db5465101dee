"""Draw random numbers by counter: one at a time, or an array of them at once, with equal results.

Elements come in blocks of 256, which share their counters so that the loop over the counters of a
block vectorises and writes consecutive numbers.

References
----------
G. E. P. Box, M. E. Muller, "A note on the generation of random normal deviates", Annals of
Mathematical Statistics 29 (1958), doi:10.1214/aoms/1177706645.
W. Hormann, "The transformed rejection method for generating Poisson random variables",
Insurance: Mathematics and Economics 12 (1993), doi:10.1016/0167-6687(93)90997-4.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from neuro.device.fast.logarithm import fast_log
from neuro.device.fast.philox import words
from neuro.device.jit import fast_kernel, kernel
from neuro.device.poisson import log_gamma
from neuro.device.wide import widen

#: Elements of a block, a power of two.
BLOCK = 256
_HALF, _QUARTER = BLOCK // 2, BLOCK // 4
_TWO_PI = 2 * math.pi
_UNIT = 2.0**-53
_11 = np.uint64(11)
#: Poisson means from which on numbers are drawn by rejection.
_LARGE = 10.0
_ATTEMPTS = 65536


@kernel
def _real(high: Any, low: Any) -> Any:
    """Return a double in [0, 1) with 53 random bits."""
    return np.float64(np.int64(((high << np.uint64(32)) | low) >> _11)) * _UNIT


@fast_kernel
def _radius(high: Any, low: Any) -> Any:
    """Return the length of a normally distributed point in the plane."""
    return math.sqrt(-2.0 * fast_log(1.0 - _real(high, low)))


@fast_kernel
def _cosine(turn: Any, n_quarters: Any) -> Any:
    """Return the cosine of an angle from 0 to 1 and some quarters, in turns."""
    quadrant = np.float64(np.int64(4.0 * turn + 0.5))
    angle = (turn - 0.25 * quadrant) * _TWO_PI
    z = angle * angle
    s = -1.0 / 1307674368000.0 + z * (1.0 / 355687428096000.0)
    s = angle + angle * z * (
        -1.0 / 6.0
        + z * (1.0 / 120.0 + z * (-1.0 / 5040.0 + z * (1.0 / 362880.0
        + z * (-1.0 / 39916800.0 + z * (1.0 / 6227020800.0 + z * s)))))
    )  # fmt: skip
    c = 1.0 / 20922789888000.0 - z * (1.0 / 6402373705728000.0)
    c = 1.0 + z * (
        -0.5 + z * (1.0 / 24.0 + z * (-1.0 / 720.0 + z * (1.0 / 40320.0
        + z * (-1.0 / 3628800.0 + z * (1.0 / 479001600.0
        + z * (-1.0 / 87178291200.0 + z * c))))))
    )  # fmt: skip
    turned = np.int64(quadrant) + n_quarters
    value = s if (turned & 1) == 1 else c
    return -value if ((turned + 1) & 2) == 2 else value


@kernel
def _pair(element: Any) -> Any:
    """Return the counter of an element that shares it with one other, and its part of it."""
    whole = np.int64(element)
    rest = whole % BLOCK
    return whole // BLOCK * _HALF + rest % _HALF, rest // _HALF


@kernel
def draw_uniform(counter: Any, place: Any, element: Any) -> Any:
    """Return a number that is uniform in [0, 1)."""
    number, part = _pair(element)
    w0, w1, w2, w3 = words(counter[0], counter[1], counter[2], place, number, 0)
    return _real(w0, w1) if part == 0 else _real(w2, w3)


@kernel
def fill_uniform(out: Any, counter: Any, place: Any, begin: Any, end: Any) -> None:
    """Write `draw_uniform` for whole blocks of elements, from `begin` to before `end`."""
    widen()
    for start in range(begin, end, BLOCK):
        first = out[start : start + _HALF]
        second = out[start + _HALF : start + BLOCK]
        number = start // 2
        for k in range(_HALF):
            w0, w1, w2, w3 = words(counter[0], counter[1], counter[2], place, number + k, 0)
            first[k] = _real(w0, w1)
            second[k] = _real(w2, w3)


@kernel
def draw_normal(counter: Any, place: Any, element: Any) -> Any:
    """Return a standard normal number."""
    number, part = _pair(element)
    w0, w1, w2, w3 = words(counter[0], counter[1], counter[2], place, number, 0)
    # The sine is the cosine of three quarters of a turn more.
    return _radius(w0, w1) * _cosine(_real(w2, w3), 3 * part)


@kernel
def fill_normal(out: Any, counter: Any, place: Any, begin: Any, end: Any) -> None:
    """Write `draw_normal` for whole blocks of elements, from `begin` to before `end`."""
    widen()
    for start in range(begin, end, BLOCK):
        first = out[start : start + _HALF]
        second = out[start + _HALF : start + BLOCK]
        number = start // 2
        for k in range(_HALF):
            w0, w1, w2, w3 = words(counter[0], counter[1], counter[2], place, number + k, 0)
            radius, turn = _radius(w0, w1), _real(w2, w3)
            first[k] = radius * _cosine(turn, 0)
            second[k] = radius * _cosine(turn, 3)


@kernel
def draw_count(counter: Any, place: Any, element: Any, table: Any) -> Any:
    """Return a number of the distribution of `count_table`."""
    whole = np.int64(element)
    rest = whole % BLOCK
    number, part = whole // BLOCK * _QUARTER + rest % _QUARTER, rest // _QUARTER
    w0, w1, w2, w3 = words(counter[0], counter[1], counter[2], place, number, 0)
    word = w0 if part == 0 else (w1 if part == 1 else (w2 if part == 2 else w3))
    count = np.int32(0)
    for limit in table:
        count += np.int32(word >= np.uint64(limit))
    return np.int32(count)


@kernel
def fill_count(
    out: Any, counter: Any, place: Any, table: Any, bits: Any, begin: Any, end: Any
) -> None:
    """Write `draw_count` for whole blocks of elements; `bits` has room for one."""
    widen()
    for start in range(begin, end, BLOCK):
        block = out[start : start + BLOCK]
        _fill_words(bits, counter, place, start // 4)
        most = np.uint32(0)
        for k in range(BLOCK):
            most = max(most, bits[k])
            block[k] = 0
        for limit in table:
            # The table ascends: no later limit is reached either.
            if most < limit:
                break
            for k in range(BLOCK):
                block[k] += np.int32(bits[k] >= limit)


@kernel
def _fill_words(bits: Any, counter: Any, place: Any, number: Any) -> None:
    first, second = bits[:_QUARTER], bits[_QUARTER:_HALF]
    third, fourth = bits[_HALF : _HALF + _QUARTER], bits[_HALF + _QUARTER :]
    for k in range(_QUARTER):
        w0, w1, w2, w3 = words(counter[0], counter[1], counter[2], place, number + k, 0)
        first[k], second[k] = np.uint32(w0), np.uint32(w1)
        third[k], fourth[k] = np.uint32(w2), np.uint32(w3)


@kernel
def draw_poisson(counter: Any, place: Any, element: Any, mean: Any) -> Any:
    """Return a Poisson number, by inversion for small means, else by rejection."""
    if mean >= _LARGE:
        return _by_rejection(counter, place, element, mean)
    w0, w1, _, _ = words(counter[0], counter[1], counter[2], place, element, 0)
    rest = _real(w0, w1)
    count = 0
    probability = math.exp(-mean)
    # The probabilities sum to 1 but for rounding: the bound ends what rounding would not.
    while rest >= probability and count < 100:
        rest -= probability
        count += 1
        probability *= mean / count
    return count


@kernel
def _by_rejection(counter: Any, place: Any, element: Any, mean: Any) -> Any:
    root = math.sqrt(mean)
    b = 0.931 + 2.53 * root
    a = -0.059 + 0.02483 * b
    inverse_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    for attempt in range(_ATTEMPTS):
        w0, w1, w2, w3 = words(counter[0], counter[1], counter[2], place, element, attempt)
        u, v = _real(w0, w1) - 0.5, 1.0 - _real(w2, w3)
        s = 0.5 - math.fabs(u)
        k = math.floor((2.0 * a / s + b) * u + mean + 0.43)
        if s >= 0.07 and v <= v_r:
            return np.int64(k)
        if k < 0.0 or (s < 0.013 and v > s):
            continue
        left = math.log(v * inverse_alpha / (a / (s * s) + b))
        if left <= k * math.log(mean) - mean - log_gamma(k + 1.0):
            return np.int64(k)
    return np.int64(mean)
