"""A step down a gradient, in one pass through the weights."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def descend(weight: Array, gradient: Array, rate: float) -> None:
    """Change weights by -rate * gradient, in place; arrays of equal shape and type."""
    flat = np.ascontiguousarray(gradient).ravel()
    _descend(weight.reshape(-1), flat, weight.dtype.type(rate))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _descend(weight: Any, gradient: Any, rate: Any) -> None:
    for i in range(len(weight)):
        weight[i] -= rate * gradient[i]
