"""Find where two arrays differ, bit by bit, and by how much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# What can be subtracted; text and tables can only be equal or not.
_NUMBERS = "buifc"


@dataclass(frozen=True, slots=True)
class Difference:
    """Say how two arrays differ.

    Attributes
    ----------
    name : str
        What they are, below the root of both files.
    kind : {"shape", "type", "value"}
        What differs first; of different shapes no values are compared.
    shape_a, shape_b : tuple of int
        Their shapes.
    dtype_a, dtype_b : str
        Their types.
    n_differ : int or None
        Number of elements that differ; None for different shapes.
    largest, relative : float or None
        Largest absolute difference, and largest share of the greater of both magnitudes; NaN or
        infinite where a value is. None where there is nothing to subtract.
    index : tuple of int or None
        Element with the largest absolute difference.
    a, b : float, complex, str or None
        Values of that element.
    place : str
        The element in words ("100 ms, synapse 3 (2 -> 7)"), or "".
    """

    name: str
    kind: str
    shape_a: tuple[int, ...]
    shape_b: tuple[int, ...]
    dtype_a: str
    dtype_b: str
    n_differ: int | None = None
    largest: float | None = None
    relative: float | None = None
    index: tuple[int, ...] | None = None
    a: Any = None
    b: Any = None
    place: str = ""


def difference(name: str, a: NDArray[Any], b: NDArray[Any]) -> Difference | None:
    """Compare two arrays bit for bit.

    Parameters
    ----------
    name : str
        What they are.
    a, b : ndarray
        Of any shape and type.

    Returns
    -------
    Difference or None
        None if shape, type and all bits are equal: a NaN equals the same NaN, 0.0 is not -0.0.
    """
    types = _told(a.dtype), _told(b.dtype)
    if a.shape != b.shape:
        return Difference(name, "shape", a.shape, b.shape, *types)
    differ = _differing(a, b)
    kind = "value" if types[0] == types[1] else "type"
    if not differ.any():
        return None if kind == "value" else Difference(name, kind, a.shape, b.shape, *types, 0)
    found = np.flatnonzero(differ)
    one, other = a.reshape(-1)[found], b.reshape(-1)[found]
    at, largest, relative = 0, None, None
    if a.dtype.kind in _NUMBERS and b.dtype.kind in _NUMBERS:
        at, largest, relative = _distance(one, other)
    index = tuple(int(k) for k in np.unravel_index(found[at], a.shape))
    values = one[at].item(), other[at].item()
    shapes = a.shape, b.shape
    return Difference(name, kind, *shapes, *types, found.size, largest, relative, index, *values)


def _told(dtype: np.dtype[Any]) -> str:
    # The width of text is that of its longest line.
    return "text" if dtype.kind == "U" else str(dtype)


def _differing(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which elements of equal shapes differ, flat."""
    a, b = a.reshape(-1), b.reshape(-1)
    if a.dtype == b.dtype and a.dtype.kind not in "UO":
        return _bits(a, b)
    with np.errstate(invalid="ignore"):
        differ = np.asarray(a != b)
    if a.dtype.kind in "fc" and b.dtype.kind in "fc":
        differ &= ~(np.isnan(a) & np.isnan(b))
    return differ


def _bits(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Return which elements of one type differ in a bit."""
    bytes_a, bytes_b = (
        np.ascontiguousarray(each).view(np.uint8).reshape(each.size, each.dtype.itemsize)
        for each in (a, b)
    )
    return np.asarray((bytes_a != bytes_b).any(axis=1))


def _distance(a: NDArray[Any], b: NDArray[Any]) -> tuple[int, float, float]:
    """Return the place of the largest difference, the difference, and the largest relative one."""
    # Wider than both: 64-bit integers neither wrap nor are rounded.
    wide = np.result_type(a, b, np.longdouble)
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.abs(a.astype(wide) - b.astype(wide))
        scale = np.maximum(np.abs(a.astype(wide)), np.abs(b.astype(wide)))
        relative = np.divide(apart, scale, out=np.zeros_like(apart), where=scale != 0)
    at = int(np.argmax(apart))  # a NaN counts as largest
    return at, float(apart[at]), float(relative.max())
