"""Random sequences of binary frames: white noise, and a few pixels that move."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Bits = NDArray[np.bool_]


def noise_frames(length: int, lines: int, least: int, most: int, rng: np.random.Generator) -> Bits:
    """Draw frames independently, each with a number of active pixels between two bounds.

    Parameters
    ----------
    length : int
        T, frames.
    lines : int
        N, pixels.
    least, most : int
        The number of active pixels is uniform from the one to the other, both included.
    rng : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    array of bool, shape (T, N)
        The frames.
    """
    if not 0 < least <= most <= lines:
        raise SpecError(f"{least} to {most} active of {lines} pixels; needed: ascending, from 1")
    frames = np.zeros((length, lines), dtype=np.bool_)
    for frame in frames:
        frame[rng.choice(lines, rng.integers(least, most + 1), replace=False)] = True
    return frames


def moving_frames(
    length: int, lines: int, least: int, most: int, moved: int, rng: np.random.Generator
) -> Bits:
    """Draw a sequence in which a few active pixels move to silent places from frame to frame.

    Parameters
    ----------
    length : int
        T, frames.
    lines : int
        N, pixels.
    least, most : int
        Bounds of the number of active pixels, which stays through the sequence.
    moved : int
        Pixels that move between two frames.
    rng : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    array of bool, shape (T, N)
        The frames.
    """
    if not 0 <= moved <= min(least, lines - most):
        raise SpecError(f"{moved} pixels move of {least} to {most} active ones of {lines}")
    frames = np.zeros((length, lines), dtype=np.bool_)
    frames[:1] = noise_frames(min(1, length), lines, least, most, rng)
    for before, frame in pairwise(frames):
        frame[:] = before
        frame[rng.choice(np.flatnonzero(before), moved, replace=False)] = False
        frame[rng.choice(np.flatnonzero(~before), moved, replace=False)] = True
    return frames
