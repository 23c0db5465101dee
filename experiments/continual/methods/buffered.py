"""Keeping some images of the past: a reservoir that every image is offered to once."""

from __future__ import annotations

from abc import ABC

import numpy as np

from experiments.continual.methods.base import Array, Method
from experiments.continual.network import Network
from experiments.continual.reservoir import Reservoir
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Floats, Labels, Lesson


class Buffered(Method, ABC):
    """Keep a uniform sample of all images."""

    def __init__(self, settings: ContinualLearning, network: Network) -> None:
        super().__init__(settings, network)
        self.reservoir = Reservoir(settings.buffer, network.sizes[0])

    def recall(self, images: Floats, labels: Labels) -> tuple[Floats, Labels]:
        """Return images with as many of the reservoir behind them."""
        if not len(self.reservoir):
            return images, labels
        old_images, old_labels = self.reservoir.draw(len(images), self.network.rng)
        return np.concatenate([images, old_images]), np.concatenate([labels, old_labels])

    def first_seen(self, images: Floats, labels: Labels) -> None:
        """Offer images to the reservoir."""
        self.reservoir.offer(images, labels, self.network.rng)

    def kept(self) -> dict[str, Array]:
        """Return the images of the reservoir, their labels, and how many were offered."""
        return self.reservoir.kept()

    def restore(self, kept: dict[str, Array], seen: list[Lesson]) -> None:  # noqa: ARG002
        """Take back the reservoir."""
        self.reservoir.restore(kept)
