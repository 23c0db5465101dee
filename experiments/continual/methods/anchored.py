"""Tying weights to those of old tasks, each in the measure of its importance."""

from __future__ import annotations

from abc import ABC

from experiments.continual.methods.base import Array, Method
from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Lesson
from plasticity.consolidation.penalty import add_penalty


class Anchored(Method, ABC):
    """Mind a quadratic penalty with one importance and one anchor of each weight."""

    def __init__(
        self, settings: ContinualLearning, network: Network, strength: float, decay: float = 1.0
    ) -> None:
        super().__init__(settings, network)
        self._strength, self._decay = strength, decay
        self._importance: list[Array] = []
        self._anchor: list[Array] = []

    def gradient(self, gradient: list[Array]) -> None:
        """Add the penalty's part."""
        if self._anchor:
            add_penalty(
                gradient, self.network.weights, self._anchor, self._importance, self._strength,
                self.settings.rate,
            )  # fmt: skip

    def hold(self, importance: list[Array]) -> None:
        """Anchor the weights where they are, with further importance."""
        self._anchor = [weight.copy() for weight in self.network.weights]
        if not self._importance:
            self._importance = importance
            return
        for kept, new in zip(self._importance, importance, strict=True):
            kept *= kept.dtype.type(self._decay)
            kept += new

    def kept(self) -> dict[str, Array]:
        """Return anchors and importance."""
        anchors = {f"anchor/{layer}": each for layer, each in enumerate(self._anchor)}
        return anchors | {f"importance/{n}": each for n, each in enumerate(self._importance)}

    def restore(self, kept: dict[str, Array], seen: list[Lesson]) -> None:
        """Take them back."""
        layers = range(len(self.network.weights) if seen else 0)
        self._anchor = [kept[f"anchor/{layer}"].copy() for layer in layers]
        self._importance = [kept[f"importance/{layer}"].copy() for layer in layers]
