"""Guarding by subspaces: what old tasks are answered by is taken out of every update."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from experiments.continual.methods.base import Array, Method
from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Lesson
from plasticity.gradient.protocol import Update
from plasticity.projection.protocol import Projector


class Projection(Method, ABC):
    """Take a subspace out of the presynaptic factor of each layer, learn it meanwhile."""

    def __init__(self, settings: ContinualLearning, network: Network) -> None:
        super().__init__(settings, network)
        self._n_learnt = 0
        self._sums: set[int] = set()
        self._projectors = self.make(tuple(len(weight) for weight in network.weights))

    @abstractmethod
    def make(self, sizes: tuple[int, ...]) -> list[Projector]:
        """Return a projector for each layer of weights, from its number of presynaptic cells."""

    @property
    def projectors(self) -> list[Projector]:
        """Return the subspaces."""
        return self._projectors

    def begin_task(self, lesson: Lesson) -> None:  # noqa: ARG002
        """Make room for the rows of the task."""
        rows = self.settings.laterals.rows
        wanted = rows[min(self._n_learnt, len(rows) - 1)]
        for projector, n_rows in zip(self._projectors, wanted, strict=True):
            projector.begin_task(n_rows, self.network.rng)

    def part(self, update: Update) -> Array:
        """Return an update's part of the gradient, outside of the subspace.

        Many rows are not projected one by one: by linear laterals their sum is, in `gradient`.
        """
        projector = self._projectors[update.layer]
        rest = self.observe(update)
        n_rows, n_after = update.error.shape
        if update.layer in self._sums or (projector.is_linear and 2 * n_rows > n_after):
            self._sums.add(update.layer)
            return update.gradient()
        if rest is None or update.presynaptic is not update.activity:
            rest = projector.project(update.presynaptic)
        found: Array = rest.T @ update.error
        return found

    def observe(self, update: Update) -> Array | None:
        """Let a subspace learn from activity; return what is outside of its rows, if known."""
        if not len(update.activity):
            return None
        return self._projectors[update.layer].observe(update.activity)

    def gradient(self, gradient: list[Array]) -> None:
        """Project what `part` left as it was: (x P)^T e = P (x^T e)."""
        for layer in self._sums:
            gradient[layer][:] = self._projectors[layer].project(gradient[layer].T).T
        self._sums.clear()

    def end_task(self, lesson: Lesson) -> None:  # noqa: ARG002
        """Protect the rows from now on."""
        for projector in self._projectors:
            projector.end_task()
        self._n_learnt += 1

    def underway(self) -> dict[str, Array]:
        """Return what the subspaces are learning."""
        return {
            f"{name}/{layer}": array
            for layer, each in enumerate(self._projectors)
            for name, array in each.underway().items()
        } | {"n_protected": np.array([each.n_protected for each in self._projectors])}

    def take_up(self, lesson: Lesson, underway: dict[str, Array]) -> None:  # noqa: ARG002
        """Let the subspaces go on."""
        for layer, each in enumerate(self._projectors):
            each.restore(each.rows[: underway["n_protected"][layer]])
            own = {n.rsplit("/", 1)[0]: x for n, x in underway.items() if n.endswith(f"/{layer}")}
            each.take_up(own)

    def kept(self) -> dict[str, Array]:
        """Return the rows of each layer."""
        return {f"rows/{layer}": each.rows for layer, each in enumerate(self._projectors)}

    def restore(self, kept: dict[str, Array], seen: list[Lesson]) -> None:
        """Take back the rows."""
        for layer, projector in enumerate(self._projectors):
            projector.restore(kept[f"rows/{layer}"])
        self._n_learnt = len(seen)
