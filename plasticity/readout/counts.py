"""Counts of coincidences: a synapse adds one for each spike that meets its class."""

from __future__ import annotations

import numpy as np

from neuro.layers.events import product
from plasticity.readout.protocol import Array, Features, Labels, as_events


class Counts:
    """Learn how often each cell spiked with each class, and score classes by log probabilities.

    A synapse grows by one when its cell spikes while the class's cell is held active: it needs
    nothing but its two cells. The answer is s_c = sum over spikes of log((n_ci + 1) / (n_c + N)),
    n_c = sum_i n_ci, the logarithm of what the class would make of these spikes if each were drawn
    on its own: excitation of logarithmic weight against one inhibition for each class.

    Parameters
    ----------
    width : int
        N, cells.
    n_classes : int
        Classes.

    References
    ----------
    Lansner & Ekeberg, "A one-layer feedback artificial neural network with a Bayesian learning
    rule", International Journal of Neural Systems 1 (1989).
    """

    def __init__(self, width: int, n_classes: int) -> None:
        self.count = np.zeros((n_classes, width), dtype=np.uint32)

    @property
    def bytes(self) -> int:
        """Return the size of the counts."""
        return self.count.nbytes

    def learn(self, features: Features, labels: Labels) -> None:
        """Count the spikes of a batch."""
        events = as_events(features)
        n_classes, width = self.count.shape
        labelled = np.repeat(labels, np.diff(events.start)) * width + events.cells
        found = np.bincount(labelled, minlength=self.count.size).reshape(n_classes, width)
        self.count += found.astype(np.uint32)

    def scores(self, features: Features) -> Array:
        """Return the log probability of the spikes of each sample, given each class."""
        total = self.count.sum(axis=1, dtype=np.float64)
        chance = (self.count + 1) / (total + self.count.shape[1])[:, None]
        found = product(as_events(features), np.log(chance).T.astype(np.float32))
        return np.where(total > 0, found, -np.inf)
