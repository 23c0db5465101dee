"""A random sparse subnetwork for each task."""

from __future__ import annotations

from experiments.continual.methods.masked import Masked, Masks
from plasticity.subnetworks.random_masks import draw_masks


class RandomMasks(Masked):
    """Draw the subnetwork of each task with Erdos-Renyi densities; earlier ones may share synapses.

    References
    ----------
    Yildirim et al., "Continual learning with dynamic sparse training", CPAL 2024, without growth.
    """

    def choose(self, shapes: list[tuple[int, int]]) -> Masks:
        """Return random masks."""
        return draw_masks(shapes, self.settings.masks.density, self.network.rng)
