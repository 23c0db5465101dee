"""Hebbian orthogonal projection: lateral synapses learn what must not change."""

from __future__ import annotations

from experiments.continual.methods.projection import Projection
from plasticity.projection.protocol import Projector
from plasticity.projection.subspace import HebbianSettings, HebbianSubspace


class HLOP(Projection):
    """Learn the subspaces by Hebbian and anti-Hebbian lateral synapses.

    References
    ----------
    Xiao et al., "Hebbian learning based orthogonal projection for continual learning of spiking
    neural networks", ICLR 2024.
    """

    def make(self, sizes: tuple[int, ...]) -> list[Projector]:
        """Return subspaces with a learning rate each."""
        laterals = self.settings.laterals
        return [
            HebbianSubspace(
                size, HebbianSettings(rate=rate, burst=laterals.burst, local=laterals.local)
            )
            for size, rate in zip(sizes, laterals.rates, strict=True)
        ]
