"""Synaptic intelligence: importance is what each weight contributed to the fall of the loss."""

from __future__ import annotations

import numpy as np

from experiments.continual.methods.anchored import Anchored
from experiments.continual.methods.base import Array
from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Lesson
from plasticity.consolidation.path_integral import PathIntegral


class SI(Anchored):
    """Sum contributions along the way of each task, and anchor the weights at its end.

    References
    ----------
    Zenke, Poole & Ganguli, "Continual learning through synaptic intelligence", ICML 2017.
    """

    def __init__(self, settings: ContinualLearning, network: Network) -> None:
        super().__init__(settings, network, settings.si.strength)
        self._path = PathIntegral(network.weights)

    def begin_task(self, lesson: Lesson) -> None:  # noqa: ARG002
        """Begin a way."""
        self._path = PathIntegral(self.network.weights)

    def gradient(self, gradient: list[Array]) -> None:
        """Add the penalty's part, and the step that comes of it to the way."""
        of_loss = [each.copy() for each in gradient]
        super().gradient(gradient)
        rate = np.float32(-self.settings.rate)
        self._path.add(of_loss, [rate * each for each in gradient])

    def underway(self) -> dict[str, Array]:
        """Return the way so far."""
        named = {f"start/{layer}": each for layer, each in enumerate(self._path.start)}
        return named | {f"sum/{n}": each for n, each in enumerate(self._path.contribution)}

    def take_up(self, lesson: Lesson, underway: dict[str, Array]) -> None:  # noqa: ARG002
        """Go on with the way."""
        layers = range(len(self.network.weights))
        self._path = PathIntegral([underway[f"start/{layer}"] for layer in layers])
        self._path.contribution = [underway[f"sum/{layer}"].copy() for layer in layers]

    def end_task(self, lesson: Lesson) -> None:  # noqa: ARG002
        """Add what the way has shown."""
        self.hold(self._path.importance(self.network.weights, self.settings.si.damping))
