"""The delta rule on class probabilities: what forgets, shown beside what does not."""

from __future__ import annotations

import numpy as np

from neuro.layers.events import product
from plasticity.gradient.loss import cross_entropy_error
from plasticity.readout.protocol import Array, Features, Labels, as_events


class Delta:
    """Learn by dW_ic = rate x_i (target_c - softmax(x W)_c), batch by batch.

    The target of an absent class is 0 in every batch: its synapses from cells that spike now are
    driven down, whatever they had learnt.

    Parameters
    ----------
    width, n_classes : int
        Cells and classes.
    rate : float
        For one sample; divided by its number of spikes, so that one step never overshoots.
    """

    def __init__(self, width: int, n_classes: int, rate: float = 1.0) -> None:
        self.weight = np.zeros((width, n_classes), dtype=np.float32)
        self.rate = rate

    @property
    def bytes(self) -> int:
        """Return the size of the weights."""
        return self.weight.nbytes

    def learn(self, features: Features, labels: Labels) -> None:
        """Change the weights by one step."""
        events = as_events(features)
        error = cross_entropy_error(self.scores(features), labels)
        spikes = events.dense()
        per_sample = max(1.0, events.n_spikes / max(1, events.n_rows))
        self.weight -= np.float32(self.rate / per_sample * events.n_rows) * (spikes.T @ error)

    def scores(self, features: Features) -> Array:
        """Return x W; classes never seen score like any other."""
        return product(as_events(features), self.weight)
