"""Surrogates of the derivative of a spike: functions of the distance to threshold."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
SIGMOID_SLOPE = 4.0
FAST_SIGMOID_SLOPE = 10.0
ATAN_SLOPE = 2.0


def smooth_spike(distance: Array) -> Array:
    """Return the spike whose true derivative is the surrogate `sigmoid`: 1 / (1 + exp(-a d))."""
    spike: Array = 1 / (1 + np.exp(-SIGMOID_SLOPE * distance))
    return spike


def sigmoid(distance: Array) -> Array:
    """Return a s (1 - s) with s = 1 / (1 + exp(-a d)) and slope a = 4."""
    # By symmetry of |d|: the exponential cannot overflow.
    slope: Array = np.abs(distance)
    slope *= -SIGMOID_SLOPE
    np.exp(slope, out=slope)
    square = slope + 1
    square *= square
    slope *= SIGMOID_SLOPE
    slope /= square
    return slope


def triangle(distance: Array) -> Array:
    """Return max(0, 1 - |d|)."""
    slope: Array = np.maximum(0, 1 - np.abs(distance))
    return slope


def fast_sigmoid(distance: Array) -> Array:
    """Return 1 / (1 + b |d|) ** 2 with slope b = 10."""
    slope: Array = 1 / (1 + FAST_SIGMOID_SLOPE * np.abs(distance)) ** 2
    return slope


def atan(distance: Array) -> Array:
    """Return a / 2 / (1 + (pi a d / 2) ** 2) with slope a = 2."""
    slope: Array = ATAN_SLOPE / 2 / (1 + (np.pi / 2 * ATAN_SLOPE * distance) ** 2)
    return slope


SURROGATES: Mapping[str, Callable[[Array], Array]] = MappingProxyType(
    {"sigmoid": sigmoid, "triangle": triangle, "fast_sigmoid": fast_sigmoid, "atan": atan}
)
