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
        If a file is damaged, or images and labels are not equally many.
    """
    if name == "digits":
        return _small_digits()
    halves = [load_mnist("train"), load_mnist("test")] if name == "mnist" else _folder(Path(name))
    (train, train_labels), (test, test_labels) = halves
    return _images(train, train_labels, test, test_labels, 255)


def _folder(folder: Path) -> list[tuple[NDArray[np.uint8], NDArray[np.uint8]]]:
    halves = []
    for pair in FILES.values():
        images, labels = (read_idx(_existing(folder / file)) for file, _ in pair)
        if images.ndim != 3 or len(images) != len(labels):
            raise DamagedFileError(
                f"{folder / pair[0][0]}: images of shape {images.shape} for {len(labels)} labels; "
                "needed: (number, height, width), as many as labels"
            )
        halves.append((images, labels))
    return halves


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
