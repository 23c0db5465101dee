"""Gradient projection memory: exact subspaces of as many rows as a share of energy needs."""

from __future__ import annotations

from experiments.continual.methods.projection import Projection
from experiments.continual.tasks import Lesson
from plasticity.gradient.protocol import Update
from plasticity.projection.exact import ExactSubspace
from plasticity.projection.protocol import Projector


class GPM(Projection):
    """Protect the directions of some images' activity once their task is learnt.

    References
    ----------
    Saha, Garg & Roy, "Gradient projection memory for continual learning", ICLR 2021.
    """

    def make(self, sizes: tuple[int, ...]) -> list[Projector]:
        """Return subspaces that grow by energy."""
        energy = self.settings.gpm.energy
        return [
            ExactSubspace(size, energy=energy[min(layer, len(energy) - 1)])
            for layer, size in enumerate(sizes)
        ]

    def begin_task(self, lesson: Lesson) -> None:  # noqa: ARG002
        """Begin with no activity; how many rows there will be is not known yet."""
        for projector in self.projectors:
            projector.begin_task(0, self.network.rng)

    def observe(self, update: Update) -> None:
        """Learn nothing meanwhile."""

    def end_task(self, lesson: Lesson) -> None:
        """Look at the activity that some images arouse now, and protect its main directions."""
        n = min(self.settings.gpm.images, len(lesson.images))
        chosen = self.network.rng.choice(len(lesson.images), size=n, replace=False)
        images, labels = lesson.images[chosen], lesson.labels[chosen]
        for update in self.network.trainer.updates(self.network.weights, images, labels):
            self.projectors[update.layer].observe(update.activity)
        super().end_task(lesson)
