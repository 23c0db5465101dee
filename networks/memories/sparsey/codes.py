"""The codes of a mac, and the lines that they are chosen for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Bits = NDArray[np.bool_]
#: F of each line from below, beside and above, shapes (T, lines).
Gains = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Codes:
    """Hold the codes of some inputs.

    Attributes
    ----------
    winners : array of int64, shape (T, Q)
        The winner of each module, 0 to K - 1.
    familiarity : array of float64, shape (T,)
        G, 0 (novel) to 1.
    zeta : array of int64, shape (T,)
        Hypotheses that each code stands for; 1 where the mac does not count them.
    """

    winners: NDArray[np.int64]
    familiarity: NDArray[np.float64]
    zeta: NDArray[np.int64]


def check_lines(name: str, patterns: NDArray[Any], n_patterns: int, lines: int) -> Bits:
    """Refuse lines of another shape or type, by their name; return them."""
    if patterns.shape != (n_patterns, lines) or patterns.dtype != np.bool_:
        raise SpecError(
            f"{name} of {patterns.dtype} {patterns.shape}; needed: bool ({n_patterns}, {lines})"
        )
    return patterns
