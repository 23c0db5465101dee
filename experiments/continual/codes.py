"""Fixed codes of images: pixels, or the first spikes of cells that race."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.continual.key_value_settings import Code
from networks.inputs.encoders import SparseCoder
from networks.inputs.strokes import deskew
from neuro.layers.events import Events
from neuro.layers.race import Race, race
from plasticity.readout.keys import learn_keys, offset_of
from plasticity.readout.protocol import Features

Floats = NDArray[np.float32]
N_TOGETHER = 500  # images whose drives are in memory at once


@dataclass(frozen=True, slots=True)
class Pixels:
    """Leave images as they are.

    Attributes
    ----------
    width : int
        Pixels.
    bytes, fixed_bytes : int
        Nothing is kept.
    """

    width: int
    bytes: int = 0
    fixed_bytes: int = 0

    def encode(self, images: Floats) -> Features:
        """Return the images."""
        return images


@dataclass(frozen=True, slots=True)
class Racers:
    """Let cells race that weigh pixels: an image becomes the cells that spike first.

    The population's inhibition subtracts the mean of all drives x W + b and divides by their
    deviation, image by image, so that the race takes about as long for faint images.

    Attributes
    ----------
    weight : array of float32, shape (n_pixels, n_cells)
        W.
    offset : array of float32, shape (n_cells,)
        b.
    race : Race
        The cells.
    is_learnt : bool
        Whether weights were learnt and must be kept; drawn ones come again from the seed.
    """

    weight: Floats
    offset: Floats
    race: Race
    is_learnt: bool

    @property
    def width(self) -> int:
        """Return the number of cells."""
        return len(self.offset)

    @property
    def bytes(self) -> int:
        """Return the size of learnt weights; their offsets follow from them."""
        return self.weight.nbytes if self.is_learnt else 0

    @property
    def fixed_bytes(self) -> int:
        """Return the size of drawn weights, which a seed stands for."""
        return 0 if self.is_learnt else self.weight.nbytes

    def drive(self, images: Floats) -> Floats:
        """Return the standardised drive of each cell, shape (n_images, n_cells)."""
        drive: Floats = images @ self.weight + self.offset
        drive -= drive.mean(axis=1, keepdims=True)
        drive /= np.maximum(drive.std(axis=1, keepdims=True), np.finfo(np.float32).tiny)
        return drive

    def encode(self, images: Floats) -> Features:
        """Return who spikes first, a row for each image."""
        parts = [
            race(self.drive(images[first : first + N_TOGETHER]), self.race)
            for first in range(0, len(images), N_TOGETHER)
        ]
        ends = np.cumsum([0, *(part.n_spikes for part in parts)])
        starts = [part.start[1:] + end for part, end in zip(parts, ends[:-1], strict=True)]
        cells = np.concatenate([part.cells for part in parts])
        return Events(cells, np.concatenate([[0], *starts]), self.width)


def make_encoder(
    code: Code, unlabelled: dict[str, Floats], rng: np.random.Generator
) -> Pixels | Racers:
    """Draw or learn the cells of a code.

    Parameters
    ----------
    code : Code
        What is asked for.
    unlabelled : dict of str to array, shape (n, n_pixels)
        Images by the names that `Code.unlabelled` has, prepared as the code says.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    Pixels or Racers
        The encoder; it does not change any more.
    """
    images = unlabelled[code.unlabelled]
    if code.kind == "pixels":
        return Pixels(images.shape[1])
    how = Race(code.active)
    if code.kind == "race":
        fitted = SparseCoder(code.cells, code.active, "plain").fit(images[:1], rng)
        return Racers(_floats(fitted.weight), _floats(fitted.offset), how, False)
    keys = learn_keys(images, code.cells, code.passes, rng)
    return Racers(_floats(keys.T), _floats(-offset_of(keys)), how, True)


def prepare(images: Floats, shape: tuple[int, int], upright: bool) -> Floats:
    """Return flat images of some height and width, upright if asked for."""
    if not upright:
        return images
    # In parts: interpolation takes 8 bytes a pixel several times over.
    parts = [
        deskew(images[first : first + 5000].reshape(-1, *shape))
        for first in range(0, len(images), 5000)
    ]
    return np.concatenate(parts).reshape(len(images), -1).astype(np.float32)


def _floats(array: NDArray[Any]) -> Floats:
    return np.ascontiguousarray(array, dtype=np.float32)
