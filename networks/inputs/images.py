"""Labelled images by name: MNIST, the small digits of scikit-learn, or a folder of idx files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from networks.inputs.digits import FILES, load_mnist
from networks.inputs.idx import read_idx
from neuro.errors import DamagedFileError

N_SMALL_TEST = 360
#: The small digits come undivided; which of them are for tests is the same in every run, or what is
#: held out of training in one run would be tested in another.
SMALL_DIVISION = 0

Half = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images and their labels


@dataclass(frozen=True, slots=True)
class Images:
    """Hold images and labels for training and for tests.

    Attributes
    ----------
    train, test : array of float32, shape (n, height * width)
        Intensities from 0 to 1.
    train_labels, test_labels : array of int64, shape (n,)
        Classes from 0.
    shape : tuple of int
        Height and width.
    """

    train: NDArray[np.float32]
    train_labels: NDArray[np.int64]
    test: NDArray[np.float32]
    test_labels: NDArray[np.int64]
    shape: tuple[int, int]


def load_images(name: str) -> Images:
    """Load a set of images.

    Parameters
    ----------
    name : str
        "mnist"; "digits" (1797 images of 8 x 8, of which the same 360 are for tests in every
        run); otherwise a folder with four files named as those of MNIST.

    Returns
    -------
    Images
        The set.

    Raises
    ------
    EnvironmentFault
        If a file is missing.
    DamagedFileError
        If a file is damaged, images and labels are not equally many, or there are none; if images
        for tests have another size than those for training, or a class that these lack.
    """
    if name == "digits":
        return _small_digits()
    halves = [load_mnist("train"), load_mnist("test")] if name == "mnist" else _folder(Path(name))
    (train, train_labels), (test, test_labels) = halves
    return _images(train, train_labels, test, test_labels, 255)


def _folder(folder: Path) -> list[Half]:
    halves = [_half(folder, *(file for file, _ in pair)) for pair in FILES.values()]
    (train, train_labels), (test, test_labels) = halves
    if train.shape[1:] != test.shape[1:]:
        raise DamagedFileError(
            f"{folder}: training images of {_size(train)} pixels, test images of {_size(test)}; "
            "needed: one size"
        )
    unknown = np.setdiff1d(test_labels, train_labels)
    if len(unknown):
        raise DamagedFileError(
            f"{folder}: test images of class {', '.join(map(str, unknown))}, of which there are no "
            "training images"
        )
    return halves


def _half(folder: Path, image_file: str, label_file: str) -> Half:
    """Read the images and labels for training, or those for tests."""
    images, labels = (read_idx(_existing(folder / file)) for file in (image_file, label_file))
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise DamagedFileError(
            f"{folder / image_file}: images of shape {images.shape}, labels of shape "
            f"{labels.shape}; needed: (number, height, width) and (number,)"
        )
    if not images.size:
        raise DamagedFileError(
            f"{folder / image_file}: {len(images)} images of {_size(images)} pixels; needed: at "
            "least one of each"
        )
    return images, labels


def _size(images: NDArray[np.uint8]) -> str:
    return " x ".join(map(str, images.shape[1:]))


def _existing(file: Path) -> Path:
    """Return a compressed file or, where only that is there, the plain one."""
    plain = file.with_suffix("")
    return plain if not file.exists() and plain.exists() else file


def _small_digits() -> Images:
    from sklearn.datasets import load_digits

    found = load_digits()
    order = np.random.default_rng(SMALL_DIVISION).permutation(len(found.images))
    images, labels = found.images[order], found.target[order]
    halves = slice(N_SMALL_TEST, None), slice(N_SMALL_TEST)
    train, test = halves
    return _images(images[train], labels[train], images[test], labels[test], 16)


def _images(
    train: NDArray[np.generic],
    train_labels: NDArray[np.generic],
    test: NDArray[np.generic],
    test_labels: NDArray[np.generic],
    white: float,
) -> Images:
    flat = [
        np.divide(part.reshape(len(part), -1), white, dtype=np.float32) for part in (train, test)
    ]
    height, width = train.shape[1:]
    return Images(
        flat[0], train_labels.astype(np.int64), flat[1], test_labels.astype(np.int64),
        (height, width),
    )  # fmt: skip
