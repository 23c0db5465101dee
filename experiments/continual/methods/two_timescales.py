"""Synapses with a fast and a slow part: the fast learns, the slow answers."""

from __future__ import annotations

from experiments.continual.methods.base import Array, Method
from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Identity, Lesson
from plasticity.consolidation.two_timescales import exchange


class TwoTimescales(Method):
    """Let the slow part of every synapse follow the fast one, and answer tests with the slow part.

    References
    ----------
    Benna & Fusi, Nature Neuroscience 19 (2016).
    """

    def __init__(self, settings: ContinualLearning, network: Network) -> None:
        super().__init__(settings, network)
        self._slow: list[Array] = [weight.copy() for weight in network.weights]

    def after_step(self) -> None:
        """Let both parts flow together."""
        times = self.settings.two_timescales
        exchange(self.network.weights, self._slow, times.fast, times.slow)

    def answering(self, identity: Identity | None) -> list[Array]:  # noqa: ARG002
        """Return the slow part."""
        return self._slow

    def kept(self) -> dict[str, Array]:
        """Return the slow part."""
        return {f"slow/{layer}": each for layer, each in enumerate(self._slow)}

    def restore(self, kept: dict[str, Array], seen: list[Lesson]) -> None:  # noqa: ARG002
        """Take it back."""
        self._slow = [kept[f"slow/{layer}"].copy() for layer in range(len(self._slow))]
