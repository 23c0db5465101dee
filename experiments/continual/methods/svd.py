"""Projection with exact subspaces of as many rows as HLOP's: its oracle."""

from __future__ import annotations

from experiments.continual.methods.projection import Projection
from plasticity.projection.exact import ExactSubspace
from plasticity.projection.protocol import Projector


class SVD(Projection):
    """Take the leading directions of all activity that was seen while a task was learnt."""

    def make(self, sizes: tuple[int, ...]) -> list[Projector]:
        """Return exact subspaces."""
        return [ExactSubspace(size) for size in sizes]
