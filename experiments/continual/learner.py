"""A network that learns tasks in turn, by a trainer and a method that guards the old ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.continual.methods import METHODS
from experiments.continual.methods.base import Array
from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Floats, Identity, Labels, Lesson
from plasticity.gradient.descent import descend

N_ANSWERED = 500  # images of one forward pass of a test


@dataclass(frozen=True, slots=True)
class Answers:
    """Hold what a network answered to test images.

    Attributes
    ----------
    classes : array of int64, shape (n,)
        The class of the largest output.
    rates : array, shape (n_hidden_layers,)
        Spikes per cell and step.
    operations : float
        Synaptic operations per image.
    """

    classes: Labels
    rates: NDArray[np.float64]
    operations: float


@dataclass(frozen=True, slots=True)
class Step:
    """Say how far a task is after a batch.

    Attributes
    ----------
    done, total : int
        Images shown, and to be shown in all passes.
    of_pass : int
        Images of one pass.
    """

    done: int
    total: int
    of_pass: int

    @property
    def ends_pass(self) -> bool:
        """Return whether another pass begins now."""
        return self.done % self.of_pass == 0 and self.done < self.total


class Learner:
    """Learn tasks one after the other; what a scenario hides never comes here.

    Parameters
    ----------
    settings : ContinualLearning
        How.
    n_pixels, n_classes : int
        Inputs and outputs.
    rng : numpy.random.Generator
        Draws weights, subspace rows, the order of images.
    """

    def __init__(
        self, settings: ContinualLearning, n_pixels: int, n_classes: int, rng: np.random.Generator
    ) -> None:
        self.settings = settings
        self.network = Network(settings, n_pixels, n_classes, rng)
        self.method = METHODS[settings.method](settings, self.network)

    def kept(self) -> dict[str, Array]:
        """Return all that is kept from task to task, by name."""
        return self.network.kept() | self.method.kept()

    @property
    def bytes_kept(self) -> int:
        """Return the size of all that is kept."""
        return sum(array.nbytes for array in self.kept().values())

    def stored(self) -> dict[str, Array]:
        """Return what a checkpoint holds: all that is kept, save what the stream gives again."""
        return self.network.kept() | self.method.stored()

    def restore(self, kept: dict[str, Array], seen: list[Lesson]) -> None:
        """Take back what `stored` gave after the lessons seen so far."""
        self.network.restore(kept)
        self.method.restore(kept, seen)

    def learn(self, lesson: Lesson, has_boundaries: bool = True, done: int = 0) -> Iterator[Step]:
        """Learn a task, yielding after each batch how far it is.

        Parameters
        ----------
        lesson : Lesson
            What there is to learn.
        has_boundaries : bool
            Whether the method is told that a task begins and ends.
        done : int
            Images of it that were shown before, in whole passes; its method took them up.
        """
        if has_boundaries and not done:
            self.method.begin_task(lesson)
        images, labels = self.method.material(lesson)
        is_new = np.full(len(images), not done)
        total, of_pass = self.settings.epochs * len(images), self.method.pass_length(len(images))
        for chosen in self.method.schedule(len(images), done):
            shown, told = images[chosen], labels[chosen]
            self._step(shown, told, lesson.identity)
            fresh = np.flatnonzero(is_new[chosen])
            fresh = fresh[np.unique(chosen[fresh], return_index=True)[1]]
            self.method.first_seen(shown[fresh], told[fresh])
            is_new[chosen] = False
            done += len(chosen)
            yield Step(done, total, of_pass)
        if has_boundaries:
            self.method.end_task(lesson)

    def answer(self, images: Floats, identity: Identity | None = None) -> Answers:
        """Answer to images; where the task is told, with the outputs of that task only."""
        weights = self.method.answering(identity)
        outputs = np.arange(self.network.sizes[-1]) if identity is None else identity.outputs
        classes, operations = np.empty(len(images), dtype=np.int64), 0
        spikes = np.zeros(len(self.settings.hidden))
        for first in range(0, len(images), N_ANSWERED):
            part = slice(first, first + N_ANSWERED)
            found = self.network.trainer.predict(weights, images[part])
            classes[part] = np.array(outputs)[found.logits[:, outputs].argmax(axis=1)]
            operations += found.operations
            spikes += found.spikes
        rates = spikes / (len(images) * self.settings.steps * np.array(self.settings.hidden))
        return Answers(classes, rates, operations / len(images))

    def _step(self, images: Floats, labels: Labels, identity: Identity | None) -> None:
        """Change the weights by one batch."""
        method, network = self.method, self.network
        images, labels = method.batch(images, labels)
        weights, head = method.weights(identity), method.head(identity)
        gradient = network.gradient(weights, images, labels, head, method.part)
        method.gradient(gradient)
        for weight, change in zip(network.weights, gradient, strict=True):
            descend(weight, change, self.settings.rate)
        method.after_step()
