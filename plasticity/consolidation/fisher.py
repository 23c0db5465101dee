"""The diagonal of the Fisher information: how much each synapse matters to the answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Array = NDArray[Any]


def diagonal_fisher(gradients: Iterable[Sequence[Array]]) -> list[Array]:
    """Return the mean square of the gradients of -log p(label | image), one image each.

    Labels drawn from the network's own answer p give the Fisher information; labels of the data
    the "empirical" one.

    Parameters
    ----------
    gradients : iterable of sequence of array
        For each image the gradient with respect to every layer's weights.

    Returns
    -------
    list of array
        As the weights; not negative.

    Raises
    ------
    SpecError
        If there is no image.

    References
    ----------
    Kirkpatrick et al., PNAS 114 (2017). Kunstner, Hennig & Balles, "Limitations of the empirical
    Fisher approximation", NeurIPS 2019: why labels are drawn.
    """
    total: list[Array] = []
    n = 0
    for gradient in gradients:
        squares = [np.square(each) for each in gradient]
        if not total:
            total = squares
        else:
            for sum_, square in zip(total, squares, strict=True):
                sum_ += square
        n += 1
    if not n:
        raise SpecError("the Fisher information of 0 images is not defined; needed: at least 1")
    return [each / each.dtype.type(n) for each in total]


def draw_labels(logits: Array, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw a label for each row of logits with the chances softmax(logits).

    Parameters
    ----------
    logits : array, shape (n, n_classes)
        What a network answers.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    array of int64, shape (n,)
        By Gumbel's trick: the largest of logits + noise.
    """
    noisy = logits + rng.gumbel(size=logits.shape)
    return np.asarray(noisy.argmax(axis=1), dtype=np.int64)
