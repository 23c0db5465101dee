"""The MNIST handwritten digits, read from the files of the checkout."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from networks.inputs.idx import read_idx
from neuro.errors import DamagedFileError, EnvironmentFault, SpecError, nearest

Split = Literal["train", "test"]

# MD5 of the uncompressed content, as listed in data/mnist/README.md.
FILES: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = MappingProxyType(
    {
        "train": (
            ("train-images-idx3-ubyte.gz", "6bbc9ace898e44ae57da46a324031adb"),
            ("train-labels-idx1-ubyte.gz", "a25bea736e30d166cdddb491f175f624"),
        ),
        "test": (
            ("t10k-images-idx3-ubyte.gz", "2646ac647ad5339dbf082846283269ea"),
            ("t10k-labels-idx1-ubyte.gz", "27ae3e4e09519cfbb04c329615203637"),
        ),
    }
)


def data_folder(folder: Path | None = None) -> Path:
    """Find the folder of data sets.

    Parameters
    ----------
    folder : Path, optional
        Where to look; without it the environment variable ``ENGRAM_DATA``, and without that
        the folder ``data`` of the checkout that this file belongs to.

    Returns
    -------
    Path
        The folder; it exists.

    Raises
    ------
    EnvironmentFault
        If the folder does not exist.
    """
    given = folder or os.environ.get("ENGRAM_DATA")
    found = Path(given) if given else Path(__file__).resolve().parents[2] / "data"
    if not found.is_dir():
        raise EnvironmentFault(
            f"{found}: no such folder of data sets; clone the project (a wheel holds no data) "
            f"or let ENGRAM_DATA name the folder that contains mnist/"
        )
    return found


def load_mnist(
    split: Split, folder: Path | None = None
) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Load the images and labels of one half of MNIST, after checking their MD5.

    Parameters
    ----------
    split : {"train", "test"}
        60,000 training or 10,000 test digits.
    folder : Path, optional
        Folder that contains ``mnist/``; see `data_folder`.

    Returns
    -------
    images : array of uint8, shape (n, 28, 28)
        Intensities, 0 is paper and 255 is ink.
    labels : array of uint8, shape (n,)
        The digit, 0 to 9.

    Raises
    ------
    SpecError
        If there is no such split.
    EnvironmentFault
        If a file or the folder is missing.
    DamagedFileError
        If a file does not hold the digits that its MD5 promises.
    """
    if split not in FILES:
        names = tuple(FILES)
        raise SpecError(f"no MNIST split '{split}'; one of {names}{nearest(str(split), names)}")
    mnist = data_folder(folder) / "mnist"
    images, labels = (read_idx(mnist / name, md5) for name, md5 in FILES[split])
    if images.shape != (len(labels), 28, 28):
        raise DamagedFileError(f"{mnist}: {images.shape} images, but {labels.shape} labels")
    return images, labels


@dataclass(frozen=True, slots=True)
class Separation:
    """Keep the images that fit an encoder apart from the images that a memory stores.

    Attributes
    ----------
    fit, stored : array of int64
        Indices into one set of images; no index is in both, none occurs twice.

    Raises
    ------
    SpecError
        If an index occurs twice.
    """

    fit: NDArray[np.int64]
    stored: NDArray[np.int64]

    def __post_init__(self) -> None:
        both = np.concatenate([self.fit, self.stored])
        indices, counts = np.unique(both, return_counts=True)
        if np.any(counts > 1):
            raise SpecError(f"image {indices[counts > 1][0]} is used twice: fitted, stored or both")


def separate(n_images: int, n_fit: int, n_stored: int, rng: np.random.Generator) -> Separation:
    """Draw images to fit an encoder and other images to store.

    Parameters
    ----------
    n_images : int
        Number of images to choose from.
    n_fit, n_stored : int
        How many of each; together at most `n_images`.
    rng : numpy.random.Generator
        Source of the choice.

    Returns
    -------
    Separation
        Disjoint indices. The stored ones are in random order, so a prefix is a sample too.

    Raises
    ------
    SpecError
        If there are not enough images.
    """
    if min(n_fit, n_stored) < 0 or n_fit + n_stored > n_images:
        raise SpecError(f"{n_fit} images to fit and {n_stored} to store; there are {n_images}")
    order = rng.permutation(n_images)
    return Separation(fit=order[:n_fit], stored=order[n_fit : n_fit + n_stored])
