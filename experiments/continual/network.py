"""A layered network that learns by gradients: weights, and the trainer that makes gradients."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Floats, Labels
from neuro.errors import SpecError
from neuro.layers.cells import StepCell
from plasticity.gradient.bptt import BPTT
from plasticity.gradient.dsr import DSR
from plasticity.gradient.eprop import EProp
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.ottt import OTTT
from plasticity.gradient.protocol import Trainer, Update

Array = NDArray[Any]
Part = Callable[[Update], Array]


class Network:
    """Hold the weights of a layered network and what turns a batch into their gradient.

    Parameters
    ----------
    settings : ContinualLearning
        Layers, steps, trainer, route of the error.
    n_pixels, n_classes : int
        Inputs and outputs.
    rng : numpy.random.Generator
        Draws the weights, and whatever a method draws later.

    Attributes
    ----------
    weights : list of array of float32, shape (n_before, n_after)
        Normal with deviation 1 / sqrt(n_before) at the start. With eprop: from the inputs of a
        step, from the layer to itself, and to the read-out.
    feedback : Feedback
        Route of the error.
    trainer : Trainer
        Its gradients are of the mean cross-entropy of a batch.
    """

    def __init__(
        self, settings: ContinualLearning, n_pixels: int, n_classes: int, rng: np.random.Generator
    ) -> None:
        self.sizes = (n_pixels, *settings.hidden, n_classes)
        self.rng = rng
        self.weights: list[Array] = [
            (rng.standard_normal((n, m)) * n**-0.5).astype(np.float32)
            for n, m in _shapes(settings, self.sizes)
        ]
        self.feedback = Feedback(settings.feedback, self.weights, rng)
        self.trainer: Trainer = _trainer(settings, self.feedback)

    def gradient(
        self,
        weights: Sequence[Array],
        images: Floats,
        labels: Labels,
        outputs: tuple[int, ...] | None = None,
        part: Part = Update.gradient,
    ) -> list[Array]:
        """Return the gradient of the mean cross-entropy of a batch.

        Parameters
        ----------
        weights : sequence of array
            What the network answers with.
        images : array, shape (n, n_pixels)
            Inputs.
        labels : array of int, shape (n,)
            Their classes.
        outputs : tuple of int, optional
            The head that learns; all outputs if left out. The others get a gradient of 0.
        part : callable
            Gives an update's part of the gradient.

        Returns
        -------
        list of array
            As the weights.
        """
        head = list(outputs or range(self.sizes[-1]))
        is_whole = len(head) == self.sizes[-1]
        used = list(weights) if is_whole else [*weights[:-1], weights[-1][:, head]]
        answers = labels if is_whole else np.searchsorted(head, labels)
        found: dict[int, Array] = {}
        for update in self._trainer(head).updates(used, images, answers):
            # Large arrays: the first part is the sum so far, not added to zeros.
            layer, new = update.layer, part(update)
            found[layer] = np.add(found[layer], new, out=found[layer]) if layer in found else new
        gradient = [found[layer] for layer in range(len(used))]
        if not is_whole:
            narrow, gradient[-1] = gradient[-1], np.zeros_like(weights[-1])
            gradient[-1][:, head] = narrow
        return gradient

    def _trainer(self, head: list[int]) -> Trainer:
        """Return the trainer of some outputs: fixed random feedback comes from these only."""
        if len(head) == self.sizes[-1] or self.feedback.route != "fa":
            return self.trainer
        narrow: Trainer = replace(self.trainer, feedback=self.feedback.of_outputs(head))  # type: ignore[type-var]
        return narrow

    def kept(self) -> dict[str, Array]:
        """Return the weights and the fixed random ones of the feedback, by name."""
        named = {f"weights/{layer}": weight for layer, weight in enumerate(self.weights)}
        return named | {f"feedback/{n}": drawn for n, drawn in enumerate(self.feedback.random)}

    def restore(self, kept: dict[str, Array]) -> None:
        """Take back what `kept` gave."""
        for name, array in self.kept().items():
            array[:] = kept[name]


def _shapes(settings: ContinualLearning, sizes: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return the cells before and after each layer of weights."""
    if settings.trainer != "eprop":
        return list(pairwise(sizes))
    n_pixels, n_cells, n_classes = sizes
    n_parts = settings.steps if settings.recurrent.in_parts else 1
    if n_pixels % n_parts:
        raise SpecError(
            f"{n_pixels} pixels do not come in {n_parts} equal parts; needed: steps that divide "
            "them, as the number of rows does, or recurrent.in_parts: false"
        )
    return [(n_pixels // n_parts, n_cells), (n_cells, n_cells), (n_cells, n_classes)]


def _trainer(settings: ContinualLearning, feedback: Feedback) -> Trainer:
    steps, surrogate, layer = settings.steps, settings.surrogate, settings.recurrent
    if settings.trainer == "dsr":
        return DSR(feedback, settings.rate_cell, steps)
    if settings.trainer == "bptt":
        return BPTT(feedback, settings.step_cell, steps, surrogate)
    if settings.trainer == "ottt":
        return OTTT(feedback, settings.step_cell, steps, surrogate, per_step=settings.per_step)
    cell = StepCell(decay=layer.decay)
    return EProp(feedback, cell, steps, surrogate, layer.leak, layer.in_parts)
