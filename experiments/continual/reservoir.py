"""A sample of all images seen, of fixed size: reservoir sampling."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Labels = NDArray[np.int64]


class Reservoir:
    """Keep a uniform sample of a stream of images.

    Parameters
    ----------
    size : int
        Most images kept.
    n_pixels : int
        Pixels of an image.

    References
    ----------
    Vitter, "Random sampling with a reservoir", ACM TOMS 11 (1985), algorithm R.
    """

    def __init__(self, size: int, n_pixels: int) -> None:
        self._images = np.empty((size, n_pixels), dtype=np.float32)
        self._labels = np.empty(size, dtype=np.int64)
        self._n_offered = 0

    def __len__(self) -> int:
        """Return the number of images kept."""
        return min(self._n_offered, len(self._labels))

    def kept(self) -> dict[str, NDArray[Any]]:
        """Return images, labels, and the number of images offered so far."""
        n = len(self)
        return {
            "images": self._images[:n],
            "labels": self._labels[:n],
            "n_offered": np.array(self._n_offered),
        }

    def restore(self, kept: dict[str, NDArray[Any]]) -> None:
        """Take back what `kept` gave."""
        self._n_offered = int(kept["n_offered"])
        self._images[: len(self)] = kept["images"]
        self._labels[: len(self)] = kept["labels"]

    def offer(self, images: Floats, labels: Labels, rng: np.random.Generator) -> None:
        """Let each image take the place of a kept one with the chance that is its due."""
        size = len(self._labels)
        for image, label in zip(images, labels, strict=True):
            place = self._n_offered
            if place >= size:
                place = int(rng.integers(self._n_offered + 1))
            self._n_offered += 1
            if place < size:
                self._images[place], self._labels[place] = image, label

    def draw(self, n: int, rng: np.random.Generator) -> tuple[Floats, Labels]:
        """Return n images of those kept, drawn with replacement."""
        chosen = rng.integers(len(self), size=n)
        return self._images[chosen], self._labels[chosen]
