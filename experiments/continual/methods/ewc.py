"""Elastic weight consolidation: importance is the diagonal of the Fisher information."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from experiments.continual.methods.anchored import Anchored
from experiments.continual.methods.base import Array
from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Lesson
from plasticity.consolidation.fisher import diagonal_fisher, draw_labels


class EWC(Anchored):
    """Sum the Fisher information of finished tasks, and anchor the weights after the last.

    References
    ----------
    Kirkpatrick et al., PNAS 114 (2017). Schwarz et al., "Progress & compress", ICML 2018: one
    anchor and a running sum in place of one of each task.
    """

    def __init__(self, settings: ContinualLearning, network: Network) -> None:
        super().__init__(settings, network, settings.ewc.strength, settings.ewc.decay)

    def end_task(self, lesson: Lesson) -> None:
        """Add the Fisher information of the task."""
        self.hold(diagonal_fisher(self._gradients(lesson)))

    def _gradients(self, lesson: Lesson) -> Iterator[list[Array]]:
        """Yield the gradient of single images, with labels drawn from the network's answers."""
        network = self.network
        n = min(self.settings.ewc.images, len(lesson.images))
        chosen = network.rng.choice(len(lesson.images), size=n, replace=False)
        images = lesson.images[chosen]
        head = range(network.sizes[-1]) if lesson.identity is None else lesson.identity.outputs
        logits = network.trainer.predict(network.weights, images).logits[:, list(head)]
        for image, drawn in zip(images, draw_labels(logits, network.rng), strict=True):
            label = np.array([head[int(drawn)]])
            yield network.gradient(network.weights, image[None], label, tuple(head))
