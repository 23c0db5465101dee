"""Hebbian orthogonal projection: lateral synapses learn what must not change."""

from __future__ import annotations

from experiments.continual.methods.projection import Projection
from plasticity.projection.protocol import Projector
from plasticity.projection.subspace import (
    NORM_LIMIT,
    NORM_SOUND,
    HebbianSettings,
    HebbianSubspace,
)


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

    def warning(self) -> str:
        """Return that learning made the rows of a layer long."""
        norms = [each.norm_learnt for each in self.projectors if isinstance(each, HebbianSubspace)]
        if max(norms) <= NORM_SOUND:
            return ""
        return (
            f"laterals of layer {norms.index(max(norms)) + 1} of weights: spectral norm "
            f"{max(norms):.3g}; above {NORM_SOUND} (1 if orthonormal) it is large, above "
            f"{NORM_LIMIT} the run would stop; lower laterals.rates"
        )
