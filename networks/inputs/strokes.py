"""Digits as strokes: upright, thinned to skeletons, widened again, as lines that are on or off."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, kernel
from neuro.errors import SpecError

Bits = NDArray[np.bool_]


def deskew(images: NDArray[Any]) -> NDArray[np.float64]:
    """Shear images upright and centre them by their moments.

    Each row moves by (cov_xy / var_y) (y - mean_y) against its slant, and by what brings the
    centre of ink to the centre of the image; between pixels intensities are interpolated.

    Parameters
    ----------
    images : array, shape (n, height, width)
        Intensities; 0 is paper.

    Returns
    -------
    array of float64, shape (n, height, width)
        Upright images; images without ink or of one row of ink are only centred.
    """
    n, height, width = images.shape
    ink = images.astype(np.float64)
    rows, columns = np.arange(height), np.arange(width)
    mass = np.maximum(ink.sum(axis=(1, 2)), np.finfo(float).tiny)
    y = ink.sum(axis=2) @ rows / mass
    x = ink.sum(axis=1) @ columns / mass
    dy, dx = rows - y[:, None], columns - x[:, None]
    variance = np.einsum("nyx,ny->n", ink, dy**2) / mass
    covariance = np.einsum("nyx,ny,nx->n", ink, dy, dx) / mass
    slant = np.where(variance > 0, covariance / np.where(variance > 0, variance, 1), 0)
    is_blank = ink.sum(axis=(1, 2)) == 0
    shift_y = np.where(is_blank, 0.0, y - (height - 1) / 2)
    shift_x = np.where(is_blank, 0.0, x - (width - 1) / 2)
    from_y = rows + shift_y[:, None]
    centred = _sample_rows(ink, np.broadcast_to(from_y[:, None, :], (n, width, height)), axis=1)
    lean = slant[:, None] * (rows - (height - 1) / 2)
    from_x = columns + shift_x[:, None, None] + lean[:, :, None]
    return _sample_rows(centred, from_x, axis=2)


def resize(images: NDArray[Any], height: int, width: int) -> NDArray[np.float64]:
    """Scale images by linear interpolation, shape (n, height, width)."""
    if min(height, width) < 1:
        raise SpecError(f"images of {height} x {width} pixels; needed: at least 1 x 1")
    down, across = (
        _interpolation(old, new) for old, new in zip(images.shape[1:], (height, width), strict=True)
    )
    return np.asarray(down @ images.astype(np.float64) @ across.T)


def skeleton(images: Bits) -> Bits:
    """Thin strokes to a width of one pixel, shape (n, height, width).

    As published, a square of two by two pixels would vanish; its first pixel is kept.

    References
    ----------
    Zhang & Suen, "A fast parallel algorithm for thinning digital patterns", Communications of
    the ACM 27 (1984).
    """
    thinned = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    marked = np.zeros(thinned.shape[1:], np.bool_)
    for image in thinned:
        _thin(image, marked)
    return thinned[:, 1:-1, 1:-1]


def dilate(images: Bits) -> Bits:
    """Add the four neighbours of every pixel, shape (n, height, width)."""
    wide = images.copy()
    wide[:, 1:] |= images[:, :-1]
    wide[:, :-1] |= images[:, 1:]
    wide[:, :, 1:] |= images[:, :, :-1]
    wide[:, :, :-1] |= images[:, :, 1:]
    return wide


def edges(images: NDArray[Any], directions: int = 4, least: float = 30.0) -> Bits:
    """Mark where intensity changes, in one plane for each direction of the change.

    Parameters
    ----------
    images : array, shape (n, height, width)
        Intensities.
    directions : int
        Planes; directions are the full circle in so many sectors, the first about -x.
    least : float
        A pixel is an edge if the gradient exceeds this intensity for each pixel.

    Returns
    -------
    array of bool, shape (n, directions, height, width)
        Each edge is in one plane.
    """
    if directions < 1:
        raise SpecError(f"{directions} directions; needed: at least 1")
    ink = images.astype(np.float64)
    down, across = np.gradient(ink, axis=(1, 2))
    turn = (np.arctan2(down, across) / (2 * np.pi) + 0.5) * directions
    sector = np.floor(turn + 0.5).astype(np.int64) % directions
    is_edge = np.hypot(down, across) > least
    planes = sector[:, None] == np.arange(directions)[:, None, None]
    return np.asarray(planes & is_edge[:, None])


def on_off(patterns: Bits) -> Bits:
    """Code each unit by two lines, of which one is active: [x, not x], shape (P, 2 N).

    Every pattern then has N active lines, and the fraction of them that a stored pattern shares
    is one minus the Hamming distance over N, where active units alone measure containment.
    """
    return np.concatenate([patterns, ~patterns], axis=1)


def _sample_rows(
    images: NDArray[np.float64], position: NDArray[np.float64], axis: int
) -> NDArray[np.float64]:
    """Interpolate along one axis; beyond the border is paper.

    `position` has the interpolated axis last: [n, other axis, sample].
    """
    lines = np.moveaxis(images, axis, 2)
    padded = np.pad(lines, ((0, 0), (0, 0), (1, 2)))
    last = lines.shape[2]
    place = np.clip(position + 1, 0, last + 1)
    low = np.floor(place).astype(np.intp)
    part = place - low
    sampled = (1 - part) * np.take_along_axis(padded, low, axis=2)
    sampled += part * np.take_along_axis(padded, low + 1, axis=2)
    return np.moveaxis(sampled, 2, axis)


def _interpolation(old: int, new: int) -> NDArray[np.float64]:
    """Return the matrix (new, old) that samples at the centres of the new pixels."""
    place = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
    low = np.minimum(place.astype(int), max(0, old - 2))
    part = place - low
    matrix = np.zeros((new, old))
    matrix[np.arange(new), low] = 1 - part
    matrix[np.arange(new), np.minimum(low + 1, old - 1)] += part
    return matrix


@kernel()
def _thin(image: Any, marked: Any) -> None:
    # The border is paper. Both halves of a sweep mark first, then erase what is marked.
    has_changed = True
    while has_changed:
        has_changed = False
        for half in range(2):
            for y in range(1, image.shape[0] - 1):
                for x in range(1, image.shape[1] - 1):
                    marked[y, x] = image[y, x] and _is_removable(image, y, x, half)
            for y in range(1, image.shape[0] - 1):
                for x in range(1, image.shape[1] - 1):
                    if marked[y, x]:
                        image[y, x] = False
                        has_changed = True


@inner()
def _is_removable(image: Any, y: int, x: int, half: int) -> bool:
    north, east = image[y - 1, x], image[y, x + 1]
    south, west = image[y + 1, x], image[y, x - 1]
    ring = (
        north, image[y - 1, x + 1], east, image[y + 1, x + 1],
        south, image[y + 1, x - 1], west, image[y - 1, x - 1],
    )  # fmt: skip
    n_ink, n_edges = 0, 0
    for k in range(8):
        n_ink += ring[k]
        n_edges += (not ring[k]) and ring[(k + 1) % 8]
    if n_edges != 1 or n_ink < 2 or n_ink > 6:
        return False
    if n_ink == 3 and east and south and _is_square(image, y, x):
        return False
    if half == 0:
        return not (north and east and south) and not (east and south and west)
    return not (north and east and west) and not (north and south and west)


@inner()
def _is_square(image: Any, y: int, x: int) -> bool:
    """Return whether a pixel begins two by two pixels with paper around them."""
    if not image[y + 1, x + 1]:
        return False
    last_row, last_column = min(y + 3, image.shape[0]), min(x + 3, image.shape[1])
    n_ink = 0
    for row in range(y - 1, last_row):
        for column in range(x - 1, last_column):
            n_ink += image[row, column]
    return n_ink == 4
