"""A network that learns tasks in turn: weights, trainer, and what guards the old tasks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from experiments.continual.reservoir import Reservoir
from experiments.continual.settings import ContinualLearning, Laterals
from experiments.continual.tasks import Floats, Labels, Task
from plasticity.gradient.bptt import BPTT
from plasticity.gradient.dsr import DSR
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.ottt import OTTT
from plasticity.gradient.protocol import Trainer
from plasticity.projection.exact import ExactSubspace
from plasticity.projection.protocol import Projector
from plasticity.projection.subspace import HebbianSettings, HebbianSubspace

TRAINERS = {"dsr": DSR, "ottt": OTTT, "bptt": BPTT}
N_ANSWERED = 500  # images of one forward pass of a test


@dataclass(frozen=True, slots=True)
class Answers:
    """Hold what a network answered to test images.

    Attributes
    ----------
    accuracy : float
        Share of images whose class has the largest output.
    rates : array, shape (n_hidden_layers,)
        Spikes per cell and step.
    operations : float
        Synaptic operations per image.
    """

    accuracy: float
    rates: NDArray[np.float64]
    operations: float


class Learner:
    """Learn tasks one after the other.

    Parameters
    ----------
    settings : ContinualLearning
        How.
    n_pixels, n_classes : int
        Inputs and outputs.
    rng : numpy.random.Generator
        Draws weights, subspace rows, the order of images.

    Attributes
    ----------
    weights : list of array of float32, shape (n_before, n_after)
        Normal with deviation 1 / sqrt(n_before) at the start.
    """

    def __init__(
        self, settings: ContinualLearning, n_pixels: int, n_classes: int, rng: np.random.Generator
    ) -> None:
        self.settings = settings
        self.sizes = (n_pixels, *settings.hidden, n_classes)
        self._rng = rng
        self.weights = [
            (rng.standard_normal((n, m)) * n**-0.5).astype(np.float32)
            for n, m in pairwise(self.sizes)
        ]
        feedback = Feedback(settings.feedback, self.weights, rng)
        self.trainer: Trainer = TRAINERS[settings.trainer](feedback, n_steps=settings.steps)
        self.projectors = _projectors(settings, self.sizes[:-1])
        self._reservoir = Reservoir(settings.buffer, n_pixels)
        self._seen: list[Task] = []

    @property
    def bytes_kept(self) -> int:
        """Return what is kept from task to task: weights, subspaces, images."""
        kept: int = sum(weight.nbytes for weight in self.weights)
        kept += sum(projector.bytes for projector in self.projectors)
        if self.settings.method == "replay":
            kept += self._reservoir.bytes
        if self.settings.method == "joint":
            kept += sum(task.train.nbytes + task.train_labels.nbytes for task in self._seen)
        return kept

    def learn(self, task: Task) -> Iterator[int]:
        """Learn a task, yielding the number of images done after each batch."""
        rows = self.settings.laterals.rows
        number = min(len(self._seen), len(rows) - 1)
        for projector, n_rows in zip(self.projectors, rows[number], strict=False):
            projector.begin_task(n_rows, self._rng)
        self._seen.append(task)
        images, labels = self._material(task)
        done = 0
        for _ in range(self.settings.epochs):
            order = self._rng.permutation(len(images))
            for first in range(0, len(order), self.settings.batch):
                chosen = order[first : first + self.settings.batch]
                self._step(images[chosen], labels[chosen])
                done += len(chosen)
                yield done
        for projector in self.projectors:
            projector.end_task()
        if self.settings.method == "replay":
            self._reservoir.offer(task.train, task.train_labels, self._rng)

    def n_images(self, task: Task) -> int:
        """Return how many images `learn` will go through."""
        joint = self._seen if self.settings.method == "joint" else []
        return self.settings.epochs * sum(len(t.train) for t in [*joint, task])

    def answer(
        self, images: Floats, labels: Labels, outputs: tuple[int, ...] | None = None
    ) -> Answers:
        """Test the network; with `outputs` it chooses among these only."""
        n_right, operations, n_images = 0, 0, len(images)
        spikes = np.zeros(len(self.settings.hidden))
        for first in range(0, n_images, N_ANSWERED):
            part = slice(first, first + N_ANSWERED)
            found = self.trainer.predict(self.weights, images[part])
            logits = found.logits
            chosen = (
                logits.argmax(axis=1)
                if outputs is None
                else np.array(outputs)[logits[:, list(outputs)].argmax(axis=1)]
            )
            n_right += int((chosen == labels[part]).sum())
            operations += found.operations
            spikes += found.spikes
        rates = spikes / (n_images * self.settings.steps * np.array(self.settings.hidden))
        return Answers(n_right / n_images, rates, operations / n_images)

    def _material(self, task: Task) -> tuple[Floats, Labels]:
        """Return the images of one pass."""
        if self.settings.method != "joint":
            return task.train, task.train_labels
        images = np.concatenate([seen.train for seen in self._seen])
        return images, np.concatenate([seen.train_labels for seen in self._seen])

    def _step(self, images: Floats, labels: Labels) -> None:
        """Change the weights by one batch; with replay, as many old images join it."""
        if self.settings.method == "replay" and len(self._reservoir):
            old_images, old_labels = self._reservoir.draw(len(images), self._rng)
            images = np.concatenate([images, old_images])
            labels = np.concatenate([labels, old_labels])
        gradient = [np.zeros_like(weight) for weight in self.weights]
        for update in self.trainer.updates(self.weights, images, labels):
            factor = update.presynaptic
            if self.projectors:
                projector = self.projectors[update.layer]
                factor = projector.project(factor)
                if len(update.activity):
                    projector.observe(update.activity)
            gradient[update.layer] += factor.T @ update.error
        for weight, change in zip(self.weights, gradient, strict=True):
            change *= np.float32(self.settings.rate)
            weight -= change


def _projectors(settings: ContinualLearning, sizes: tuple[int, ...]) -> list[Projector]:
    """Return one projector for each layer of weights, none for methods without."""
    laterals: Laterals = settings.laterals
    if settings.method == "svd":
        return [ExactSubspace(size) for size in sizes]
    if settings.method != "hlop":
        return []
    return [
        HebbianSubspace(
            size, HebbianSettings(rate=rate, burst=laterals.burst, local=laterals.local)
        )
        for size, rate in zip(sizes, laterals.rates, strict=True)
    ]
