"""A subnetwork for each task, whose weights are frozen when the task is learnt."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from experiments.continual.methods.base import Array, Method
from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Identity, Lesson

Masks = list[NDArray[np.bool_]]


class Masked(Method, ABC):
    """Answer each task by its own mask; nothing that an earlier task uses ever changes.

    Forgetting is 0 by construction, and the task of an image must be told.
    """

    def __init__(self, settings: ContinualLearning, network: Network) -> None:
        super().__init__(settings, network)
        self._finished: list[Masks] = []
        self._used: Masks = [np.zeros(w.shape, dtype=bool) for w in network.weights]
        self._masks: Masks = [np.ones(w.shape, dtype=bool) for w in network.weights]
        self._head: tuple[int, ...] = ()

    @abstractmethod
    def choose(self, shapes: list[tuple[int, int]]) -> Masks:
        """Return the masks of the task that is being learnt, for layers of some shapes."""

    def begin_task(self, lesson: Lesson) -> None:
        """Choose the first masks of a task."""
        self._head = lesson.identity.outputs if lesson.identity else ()
        self.renew()

    def underway(self) -> dict[str, Array]:
        """Return the masks of the task."""
        return {f"mask/{layer}": mask for layer, mask in enumerate(self._masks)}

    def take_up(self, lesson: Lesson, underway: dict[str, Array]) -> None:
        """Take them back."""
        self._head = lesson.identity.outputs if lesson.identity else ()
        self._masks = [underway[f"mask/{layer}"].astype(bool) for layer in range(len(self._masks))]

    def renew(self) -> None:
        """Choose the masks again; of the read-out, only the task's own outputs take part."""
        shapes = [weight.shape for weight in self.network.weights]
        shapes[-1] = (shapes[-1][0], len(self._head))
        chosen = self.choose(shapes)
        whole = np.zeros(self.network.weights[-1].shape, dtype=bool)
        whole[:, list(self._head)] = chosen[-1]
        self._masks = [*chosen[:-1], whole]

    def weights(self, identity: Identity | None) -> list[Array]:
        """Return the weights of a task's subnetwork; a task not met yet gets the newest one."""
        masks = self._masks
        if identity is not None and identity.number < len(self._finished):
            masks = self._finished[identity.number]
        return [w * mask for w, mask in zip(self.network.weights, masks, strict=True)]

    def gradient(self, gradient: list[Array]) -> None:
        """Keep the gradient of weights that take part and belong to no earlier task."""
        for each, mask, used in zip(gradient, self._masks, self._used, strict=True):
            each *= mask & ~used

    def end_task(self, lesson: Lesson) -> None:  # noqa: ARG002
        """Freeze the weights of the subnetwork."""
        self._finished.append([mask.copy() for mask in self._masks])
        for used, mask in zip(self._used, self._masks, strict=True):
            used |= mask

    def kept(self) -> dict[str, Array]:
        """Return the masks of finished tasks, eight synapses a byte; their union follows."""
        return {
            f"mask/{number}/{layer}": np.packbits(mask)
            for number, masks in enumerate(self._finished)
            for layer, mask in enumerate(masks)
        }

    def restore(self, kept: dict[str, Array], seen: list[Lesson]) -> None:
        """Take the masks back."""
        shapes = [weight.shape for weight in self.network.weights]
        self._finished = [
            [
                np.unpackbits(kept[f"mask/{number}/{layer}"], count=n * m)
                .reshape(n, m)
                .astype(bool)
                for layer, (n, m) in enumerate(shapes)
            ]
            for number in range(len(seen))
        ]
        for masks in self._finished:
            self._masks = masks
            for used, mask in zip(self._used, masks, strict=True):
                used |= mask
