"""Damage to images, before they are coded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.uint8]
WHITE = 255


def noisy(images: Images, rng: np.random.Generator) -> Images:
    """Add normal noise of standard deviation 50 to every intensity."""
    return np.clip(images + rng.normal(0, 50, images.shape), 0, WHITE).astype(np.uint8)


def blank_rows(images: Images, rng: np.random.Generator) -> Images:
    """Blank six neighbouring rows of each image, between the 6th and the 22nd."""
    damaged = images.copy()
    for image, first in zip(damaged, rng.integers(6, 17, len(images)), strict=True):
        image[first : first + 6] = 0
    return damaged


def shifted(images: Images, _rng: np.random.Generator) -> Images:
    """Shift images by one pixel to the right."""
    return np.roll(images, 1, axis=2)


def flipped(images: Images, rng: np.random.Generator) -> Images:
    """Invert 5 % of the pixels."""
    return np.where(rng.random(images.shape) < 0.05, WHITE - images, images).astype(np.uint8)


DAMAGES: Mapping[str, Callable[[Images, np.random.Generator], Images]] = MappingProxyType(
    {
        "noise of sd 50": noisy,
        "6 rows blank": blank_rows,
        "shift by 1 pixel": shifted,
        "5 % of pixels flipped": flipped,
    }
)
