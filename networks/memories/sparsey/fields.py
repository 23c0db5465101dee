"""Receptive fields: which part of an image each mac of a grid sees."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Indices = NDArray[np.intp]


def squares(shape: tuple[int, ...], grid: int, side: int) -> tuple[Indices, ...]:
    """Spread square fields evenly over an image; each reaches through all of its planes.

    Parameters
    ----------
    shape : tuple of int
        (height, width), or (planes, height, width).
    grid : int
        Fields in each direction; the first begins and the last ends at the border.
    side : int
        Height and width of a field in pixels.

    Returns
    -------
    tuple of array of int
        Indices into the flat image, one array for each field, row by row of the grid.

    Raises
    ------
    SpecError
        If a field is larger than the image.
    """
    height, width = shape[-2:]
    if grid < 1 or not 1 <= side <= min(height, width):
        raise SpecError(f"{grid} x {grid} fields of {side} pixels in {height} x {width}")
    place = np.arange(int(np.prod(shape))).reshape(-1, height, width)
    return tuple(
        place[:, top : top + side, left : left + side].ravel()
        for top in _begins(height, grid, side)
        for left in _begins(width, grid, side)
    )


def _begins(length: int, grid: int, side: int) -> NDArray[np.intp]:
    if grid == 1:
        return np.array([(length - side) // 2])
    return np.round(np.linspace(0, length - side, grid)).astype(np.intp)
