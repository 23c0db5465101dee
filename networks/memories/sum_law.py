"""The chance that a sum of many independent terms of one discrete law is above a level."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 8.0  # a term beyond decides alone about levels near 1, however large it is
N_STEPS = 64  # their square is the number of waves
SHARP = 4.0  # standard deviations of the smoothing in the frequency domain


def chance_above(
    values: NDArray[Any], chances: NDArray[Any], number: int, level: float = 0.0
) -> float:
    """Compute the chance that a sum is above a level, ties counted half.

    The sign of what is above the level, as a square wave longer than the sum reaches, is a sum of
    sines, whose means are powers of the characteristic function of one term.

    Parameters
    ----------
    values, chances : array, shape (n,)
        The law of a term; terms beyond `LARGEST` count as that.
    number : int
        Of terms.
    level : float
        What is to be exceeded.

    Returns
    -------
    float
        Exact but for a smoothing by a 3000th of what the sum reaches.
    """
    term = np.clip(values, -LARGEST, LARGEST)
    mean = float(chances @ term)
    spread = float(np.sqrt(number * max(chances @ term**2 - mean**2, 0.0)))
    half = 2 * (abs(level) + abs(number * mean) + 8 * spread + LARGEST)
    odd = np.arange(1, 2 * N_STEPS**2, 2)
    angle = np.pi / half
    one = _characteristic(angle * term, chances)
    wave = np.imag(one**number * np.exp(-1j * angle * level * odd)) / odd
    calm = np.exp(-((SHARP * odd / odd[-1]) ** 2) / 2)
    return float(np.clip(0.5 + 2 / np.pi * (wave @ calm), 0.0, 1.0))


def _characteristic(angles: NDArray[Any], chances: NDArray[Any]) -> NDArray[np.complex128]:
    """Return the mean of exp(i k angle) for odd k: coarse steps times fine ones."""
    fine = np.exp(1j * np.multiply.outer(np.arange(1, 2 * N_STEPS, 2), angles))
    coarse = np.exp(1j * np.multiply.outer(2 * N_STEPS * np.arange(N_STEPS), angles))
    return np.asarray(((coarse * chances) @ fine.T).ravel())
