"""Back-propagation through time by torch's autograd, layer by layer over all steps.

Written as one would for speed: the first layer's product is taken once, because the input is the
same at every step; each further layer has one product for the spikes of all steps; only the cells
go step by step. The reset is detached, the surrogate that of the house's BPTT.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import torch

from experiments.bench.training.base import Activity
from experiments.bench.training.contenders import FIRST_RATE, RATE, Contender, Course
from experiments.bench.training.material import N_CLASSES, Images, Labels, Material
from neuro.layers.cells import StepCell
from neuro.layers.surrogate import SIGMOID_SLOPE
from plasticity.gradient.protocol import count_operations
from plasticity.projection.subspace import LARGEST_UPDATE, HebbianSettings

CELL = StepCell()


class Spike(torch.autograd.Function):  # type: ignore[misc]
    """Compare with the threshold; the derivative is that of a sigmoid."""

    @staticmethod
    def forward(ctx: Any, distance: Any) -> Any:
        """Return 1 where the distance to threshold is 0 or more."""
        ctx.save_for_backward(distance)
        return (distance >= 0).to(distance.dtype)

    @staticmethod
    def backward(ctx: Any, *errors: Any) -> Any:
        """Return the error times a s (1 - s)."""
        (distance,) = ctx.saved_tensors
        s = torch.sigmoid(SIGMOID_SLOPE * distance)
        return errors[0] * (SIGMOID_SLOPE * s * (1 - s))


def cells(current: Any, steps: int) -> Any:
    """Return the spikes of a layer, shape (steps, batch, cells); current of one step or of all."""
    is_constant = current.dim() == 2
    left, found = None, []
    for step in range(steps):
        now = current if is_constant else current[step]
        potential = now if left is None else CELL.decay * left + now
        spike = Spike.apply(potential - CELL.threshold)
        left = potential - CELL.threshold * spike.detach()
        found.append(spike)
    return torch.stack(found)


class Autograd:
    """Train by autograd, as it is or compiled, with or without subspaces.

    Parameters
    ----------
    course : Course
        What is trained.
    contender : Contender
        How.
    material : Material
        Digits.
    """

    def __init__(self, course: Course, contender: Contender, material: Material) -> None:
        torch.set_num_threads(contender.threads)
        torch.manual_seed(course.seed)
        self.course = course
        sizes = (material.images.shape[1], *course.hidden, N_CLASSES)
        self.weights = [(torch.randn(n, m) * n**-0.5).requires_grad_() for n, m in pairwise(sizes)]
        self._loss = self._forward
        if contender.family == "torch-compiled":
            self._loss = torch.compile(self._forward)
        self._laterals = [
            Laterals(
                sum(row[layer] for row in course.rows[:-1]), course.rows[-1][layer], size,
                FIRST_RATE if layer == 0 else RATE,
            )
            for layer, size in enumerate(sizes[:-1])
        ]  # fmt: skip
        self._has_laterals = contender.hlop

    def _forward(self, images: Any, labels: Any) -> Any:
        """Return the loss, the logits and the spikes of each hidden layer."""
        steps, layers = self.course.steps, []
        current = images @ self.weights[0]
        for weight in self.weights[1:]:
            layers.append(cells(current, steps))
            if weight is not self.weights[-1]:
                flat = layers[-1].reshape(-1, weight.shape[0])
                current = (flat @ weight).reshape(steps, len(images), -1)
        logits = layers[-1].mean(dim=0) @ self.weights[-1]
        return torch.nn.functional.cross_entropy(logits, labels), logits, layers

    def train(self, images: Images, labels: Labels) -> None:
        """Learn images, an update for each batch of them."""
        for first in range(0, len(images), self.course.batch):
            part = slice(first, first + self.course.batch)
            given = torch.from_numpy(images[part])
            loss, _, layers = self._loss(given, torch.from_numpy(labels[part]))
            loss.backward()
            with torch.no_grad():
                for weight in self.weights:
                    weight.grad.mul_(self.course.rate)
                if self._has_laterals:
                    self._guard(given, layers)
                for weight in self.weights:
                    weight -= weight.grad
                    weight.grad = None

    def _guard(self, images: Any, layers: Any) -> None:
        """Project the gradient, which is cheaper than its rows; teach the new rows."""
        before = [images, *(layer.reshape(-1, layer.shape[2]) for layer in layers)]
        for weight, lateral, activity in zip(self.weights, self._laterals, before, strict=True):
            lateral.project(weight.grad)
            lateral.observe(activity)

    def answer(self, images: Images) -> Labels:
        """Return the class of each image."""
        with torch.no_grad():
            _, logits, _ = self._forward(
                torch.from_numpy(images), torch.zeros(len(images), dtype=torch.int64)
            )
        return np.asarray(logits.argmax(dim=1).numpy())

    def multiply(self, left: Images, right: Images) -> None:
        """Take a product by torch."""
        torch.mm(torch.from_numpy(left), torch.from_numpy(right))

    def activity(self, images: Images) -> Activity:
        """Count spikes and operations of images."""
        with torch.no_grad():
            _, _, layers = self._forward(
                torch.from_numpy(images), torch.zeros(len(images), dtype=torch.int64)
            )
        spikes = [int(layer.sum()) for layer in layers]
        weights = [weight.detach().numpy() for weight in self.weights]
        operations = count_operations(weights, images, spikes)
        return Activity(
            tuple(count / len(images) for count in spikes),
            operations / len(images),
            sum(weight.nbytes for weight in weights),
        )


class Laterals:
    """Learn a subspace as the house's does, in torch: frozen rows and new ones.

    Parameters
    ----------
    n_old, n_new, width : int
        Rows of earlier tasks, of this one, presynaptic cells.
    rate : float
        Of the lateral synapses.
    """

    def __init__(self, n_old: int, n_new: int, width: int, rate: float) -> None:
        self.settings = HebbianSettings(rate=rate)
        basis, _ = torch.linalg.qr(torch.randn(width, n_old + n_new))
        self.old = basis[:, :n_old].T.contiguous()
        self.new = basis[:, n_old:].T.contiguous()
        self.momentum = torch.zeros_like(self.new)

    def project(self, gradient: Any) -> None:
        """Take the old rows out of a gradient, shape (width, n_after)."""
        gradient -= self.old.T @ (self.old @ gradient)

    def observe(self, activity: Any) -> None:
        """Let the new rows learn; what the old ones answer is taken out once."""
        settings = self.settings
        rest = activity - (activity @ self.old.T) @ self.old
        for _ in range(settings.iterations):
            answer = activity @ self.new.T
            change = answer.T @ (rest - answer @ self.new) / len(activity)
            change.clamp_(-LARGEST_UPDATE, LARGEST_UPDATE)
            self.momentum.mul_(settings.momentum).add_(change, alpha=1 - settings.momentum)
            self.new += settings.rate * self.momentum
