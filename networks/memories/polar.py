"""States of units at +1 and -1: checked, made from bits, and followed by the sign of a field."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Polar = NDArray[np.int8]


def check_polar(states: NDArray[Any], size: int) -> None:
    """Refuse states that are not int8 of shape (number, size).

    Raises
    ------
    SpecError
        With the type and shape that were given.
    """
    if states.ndim != 2 or states.shape[1] != size or states.dtype != np.int8:
        raise SpecError(
            f"patterns of {states.dtype} {states.shape}; needed: int8 (number, {size}) of +1 and -1"
        )


def signs(patterns: NDArray[np.bool_]) -> Polar:
    """Return +1 for bits that are set and -1 for others, shape (P, N)."""
    return (2 * patterns.astype(np.int8) - 1).astype(np.int8)


def follow(drive: NDArray[Any], states: Polar, tie: float = 0.0) -> Polar:
    """Return the signs of fields; where one is at most `tie`, the unit stays as it was."""
    return np.where(np.abs(drive) <= tie, states, np.sign(drive)).astype(np.int8)
