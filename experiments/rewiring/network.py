"""A layered network of which some synapses are there: widths, masks, weights, trainer."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.continual.learner import N_ANSWERED, Answers
from experiments.rewiring.settings import GROUPED, RewiringStudy
from networks.streams import generator
from plasticity.gradient.bptt import BPTT
from plasticity.gradient.dsr import DSR
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.momentum import Momentum
from plasticity.gradient.protocol import Trainer
from plasticity.rewiring import (
    RULES,
    Schedule,
    Wiring,
    draw_fan_in,
    group_density,
    group_masks,
    scaled,
)
from plasticity.rewiring.protocol import Mask
from plasticity.subnetworks.random_masks import draw_mask

Array = NDArray[Any]


class SparseNetwork:
    """Learn from batches with the synapses that there are, and let them move.

    Parameters
    ----------
    settings : RewiringStudy
        Layers, method, trainer.
    n_pixels, n_classes : int
        Inputs and outputs.
    n_batches : int
        Of all training.
    seed : int
        Root seed. Whole layers of equal width have the same weights at first, whatever the method.
    """

    def __init__(
        self, settings: RewiringStudy, n_pixels: int, n_classes: int, n_batches: int, seed: int
    ) -> None:
        self.settings = settings
        start, rule = settings.wiring
        hidden = narrow(settings, n_pixels, n_classes) if start == "narrow" else settings.hidden
        self.sizes = (n_pixels, *hidden, n_classes)
        shapes = list(pairwise(self.sizes))
        masks = draw_masks(settings, shapes[:-1], generator(seed, "experiment.masks"))
        rng = generator(seed, "experiment.weights")
        drawn = [(rng.standard_normal(s) * s[0] ** -0.5).astype(np.float32) for s in shapes]
        self.weights: list[Array] = [
            weight if mask is None else scaled(weight, mask)
            for weight, mask in zip(drawn, [*masks, None], strict=True)
        ]
        moves = settings.moves
        until = round(moves.until * n_batches)
        schedule = Schedule(moves.every, moves.share, until, moves.window)
        moving = generator(seed, "experiment.moves")
        self.wiring = Wiring([*masks, None], RULES.get(rule), schedule, moving)
        self.descent = Momentum(settings.rate, settings.momentum)
        self.trainer = _trainer(settings, Feedback("bp", self.weights, rng))

    def learn(self, images: Array, labels: Array) -> bool:
        """Change weights by one batch, and synapses if it is time; return whether they moved."""
        gradient: list[Array] = [np.empty(0)] * len(self.weights)
        activities = list(gradient)
        for update in self.trainer.updates(self.weights, images, labels):
            gradient[update.layer], activities[update.layer] = update.gradient(), update.activity
        self.wiring.observe(activities)
        self.descent.step(self.weights, self.wiring.confine(gradient))
        return bool(self.wiring.after_step(self.weights, gradient, [self.descent.moments]))

    def answer(self, images: Array) -> Answers:
        """Answer to images.

        Synaptic operations are one for each synapse that there is and that a spike crosses, or an
        input above 0 at its first layer.
        """
        classes = np.empty(len(images), dtype=np.int64)
        crossed = [np.zeros(n) for n in self.sizes[:-1]]
        for first in range(0, len(images), N_ANSWERED):
            part = slice(first, first + N_ANSWERED)
            found = self.trainer.predict(self.weights, images[part])
            classes[part] = found.logits.argmax(axis=1)
            inputs = np.count_nonzero(images[part], axis=0)
            for total, n in zip(crossed, (inputs, *found.fired), strict=True):
                total += n
        operations = sum(float(n @ fan) for n, fan in zip(crossed, self.fan_outs(), strict=True))
        n_shown = len(images) * self.settings.steps
        rates = np.array([n.sum() / (n_shown * len(n)) for n in crossed[1:]])
        return Answers(classes, rates, operations / len(images))

    @property
    def masks(self) -> list[Mask]:
        """Return the synapses of each layer, whole ones too."""
        return [
            np.ones(weight.shape, dtype=bool) if mask is None else mask
            for weight, mask in zip(self.weights, self.wiring.masks, strict=True)
        ]

    def fan_outs(self) -> list[Array]:
        """Return how many synapses each cell before a layer of synapses has."""
        return [mask.sum(axis=1) for mask in self.masks]

    def state(self) -> dict[str, Array]:
        """Return all that a checkpoint must hold, but for the generator of moves."""
        found = {f"wiring/{name}": array for name, array in self.wiring.state().items()}
        for layer, weight in enumerate(self.weights):
            found |= {f"weight/{layer}": weight, f"moment/{layer}": self.descent.moments[layer]}
        return found

    def restore(self, state: dict[str, Array]) -> None:
        """Take back what `state` gave."""
        layers = range(len(self.weights))
        for layer in layers:
            self.weights[layer][:] = state[f"weight/{layer}"]
        self.descent.moments = [state[f"moment/{layer}"].copy() for layer in layers]
        self.wiring.restore(
            {n.removeprefix("wiring/"): x for n, x in state.items() if n.startswith("wiring/")}
        )


def draw_masks(
    settings: RewiringStudy, shapes: list[tuple[int, int]], rng: np.random.Generator
) -> list[Mask | None]:
    """Draw the synapses of the hidden layers as a method has them at first.

    Those of er are as many as the groups' have in the mean; fan-ins are rounded. None for a layer
    that is whole.
    """
    start, _ = settings.wiring
    if start in GROUPED:
        return [*group_masks(shapes, start, settings.groups, settings.between, rng)]  # type: ignore[arg-type]
    density = group_density(settings.groups, settings.between)
    if start == "er":
        return [draw_mask(s, round(density * s[0] * s[1]), rng) for s in shapes]
    if start == "fan_in":
        return [draw_fan_in(s, max(1, round(density * s[0])), rng) for s in shapes]
    return [None for _ in shapes]


def narrow(settings: RewiringStudy, n_pixels: int, n_classes: int) -> tuple[int, ...]:
    """Return the widths of a dense network with as many weights as the sparse ones, nearly.

    The hidden layers keep their proportions.
    """
    density = group_density(settings.groups, settings.between)
    hidden = np.array(settings.hidden)
    sparse = [n * m for n, m in pairwise((n_pixels, *settings.hidden))]
    wanted = density * sum(sparse) + settings.hidden[-1] * n_classes
    # Ever wider: every width of the first layer in turn.
    factors = np.arange(1, hidden[0] + 1) / hidden[0]
    widths = [np.maximum(1, np.rint(f * hidden)).astype(int) for f in factors]
    counts = [sum(n * m for n, m in pairwise((n_pixels, *w, n_classes))) for w in widths]
    chosen = widths[int(np.argmin(np.abs(np.array(counts) - wanted)))]
    return tuple(int(n) for n in chosen)


def _trainer(settings: RewiringStudy, feedback: Feedback) -> Trainer:
    if settings.trainer == "dsr":
        return DSR(feedback, settings.rate_cell, settings.steps)
    return BPTT(feedback, settings.step_cell, settings.steps)
