"""What a method of continual learning may do, and when."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Floats, Identity, Labels, Lesson
from plasticity.gradient.protocol import Update
from plasticity.projection.protocol import Projector

Array = NDArray[Any]


class Method:
    """Guard what a network knows while it learns more; each hook that is left alone does nothing.

    A lesson is learnt as: `begin_task`; for every part of `schedule` of the `material`: `batch`,
    the gradient with `weights`, `head` and `part`, `gradient`, the step, `after_step` and
    `first_seen`; then `end_task`. Streams without boundaries call neither `begin_task` nor
    `end_task`.

    Parameters
    ----------
    settings : ContinualLearning
        How to learn; each method has a block of its own where it needs one.
    network : Network
        Whose weights the owner changes by -rate * gradient.
    """

    def __init__(self, settings: ContinualLearning, network: Network) -> None:
        self.settings = settings
        self.network = network

    @property
    def projectors(self) -> list[Projector]:
        """Return the subspaces that guard each layer of weights, if any do."""
        return []

    def begin_task(self, lesson: Lesson) -> None:
        """Make ready for a task."""

    def material(self, lesson: Lesson) -> tuple[Floats, Labels]:
        """Return the images and labels of one pass."""
        return lesson.images, lesson.labels

    def pass_length(self, n: int) -> int:
        """Return how many images are shown in one pass through n."""
        return n

    def schedule(self, n: int, done: int = 0) -> Iterator[NDArray[np.int64]]:
        """Yield the images of each batch, by number: every pass in an order of its own.

        Parameters
        ----------
        n : int
            Images of the material.
        done : int
            Images shown already, in whole passes.
        """
        for _ in range(done // n, self.settings.epochs):
            order = self.network.rng.permutation(n)
            for first in range(0, n, self.settings.batch):
                yield order[first : first + self.settings.batch]

    def batch(self, images: Floats, labels: Labels) -> tuple[Floats, Labels]:
        """Return what the next step is made of."""
        return images, labels

    def weights(self, identity: Identity | None) -> list[Array]:  # noqa: ARG002
        """Return the weights that a task is learnt with."""
        return self.network.weights

    def answering(self, identity: Identity | None) -> list[Array]:
        """Return the weights that tests are answered with."""
        return self.weights(identity)

    def head(self, identity: Identity | None) -> tuple[int, ...] | None:
        """Return the outputs that learn from a batch; all of them where no task is told."""
        return None if identity is None else identity.outputs

    def part(self, update: Update) -> Array:
        """Return an update's part of the gradient."""
        return update.gradient()

    def gradient(self, gradient: list[Array]) -> None:
        """Change the gradient of a batch, in place."""

    def after_step(self) -> None:
        """Do what follows each change of the weights."""

    def first_seen(self, images: Floats, labels: Labels) -> None:
        """Take note of images of a batch that were never in one before, after its step."""

    def end_task(self, lesson: Lesson) -> None:
        """Keep of a task what is needed later."""

    def warning(self) -> str:
        """Return what the user should know of the task just learnt; empty if all is well."""
        return ""

    def kept(self) -> dict[str, Array]:
        """Return all that is kept from task to task besides the network's weights, by name."""
        return {}

    def underway(self) -> dict[str, Array]:
        """Return what a task needs between two passes, besides what is stored."""
        return {}

    def take_up(self, lesson: Lesson, underway: dict[str, Array]) -> None:
        """Go on with a task between two passes, instead of `begin_task`."""

    def stored(self) -> dict[str, Array]:
        """Return what a checkpoint must hold of it."""
        return self.kept()

    def restore(self, kept: dict[str, Array], seen: list[Lesson]) -> None:
        """Take back what `stored` gave after the lessons seen so far."""
