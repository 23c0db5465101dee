"""What everybody who trains offers to the process that measures it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, final

from experiments.bench.training.material import Images, Labels


@final
@dataclass(frozen=True, slots=True)
class Activity:
    """Hold what a network does with one image, on average.

    Attributes
    ----------
    spikes : tuple of float
        Of each hidden layer.
    operations : float
        Synaptic operations: one for each synapse crossed by a spike or a non-zero input.
    weight_bytes : int
        Size of the weights, and of their gradient.
    """

    spikes: tuple[float, ...]
    operations: float
    weight_bytes: int


class Trainee(Protocol):
    """Learn digits in batches."""

    def train(self, images: Images, labels: Labels) -> None:
        """Learn images, an update for each batch of them."""
        ...

    def answer(self, images: Images) -> Labels:
        """Return the class of each image."""
        ...

    def multiply(self, left: Images, right: Images) -> None:
        """Take a product of matrices, as training takes them."""
        ...

    def activity(self, images: Images) -> Activity:
        """Count spikes and operations of images."""
        ...
