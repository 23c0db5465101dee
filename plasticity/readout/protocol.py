"""What a read-out can do, however it learns."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neuro.layers.events import Events

Array = NDArray[Any]
Labels = NDArray[np.int64]
# Active cells, or a number for each pixel: shape (n_samples, width).
Features = Events | Array


class Readout(Protocol):
    """Learn labels of features, one pass over each, and score classes."""

    @property
    def bytes(self) -> int:
        """Return what is kept, in bytes."""
        ...

    def learn(self, features: Features, labels: Labels) -> None:
        """Learn from a batch, shape (n_samples, width)."""
        ...

    def scores(self, features: Features) -> Array:
        """Return a score of each class, shape (n_samples, n_classes); -inf if never seen."""
        ...


def as_events(features: Features) -> Events:
    """Return features of a read-out that learns from spikes."""
    if not isinstance(features, Events):
        raise TypeError("this read-out learns from spikes")
    return features


def as_array(features: Features) -> Array:
    """Return features as numbers, shape (n_samples, width)."""
    return features.dense() if isinstance(features, Events) else features
