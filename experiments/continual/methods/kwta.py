"""Sparse hidden codes and synapses that tire: images of different classes share little."""

from __future__ import annotations

import numpy as np

from experiments.continual.methods.base import Array, Method
from experiments.continual.network import Network
from experiments.continual.settings import ContinualLearning
from experiments.continual.tasks import Lesson
from plasticity.gradient.winners import Winners


class KWTA(Method):
    """Let k winners of each hidden layer fire and learn, by Adagrad with cut-off steps.

    Synapses onto hidden cells are centred and of unit length after each step, so that no cell wins
    by its size; each synapse learns the less the more it was changed before. No task, boundary or
    image needs to be told or kept.

    References
    ----------
    Keskinen, "Hard ASH: sparsity and the right optimizer make a continual learner", arXiv
    2404.17651. Its soft gate is replaced by ranks.
    """

    def __init__(self, settings: ContinualLearning, network: Network) -> None:
        super().__init__(settings, network)
        network.trainer = Winners(
            network.feedback, n_steps=settings.steps, winners=settings.kwta.winners
        )
        start = np.float32(settings.kwta.start)
        self._squares: list[Array] = [np.full_like(weight, start) for weight in network.weights]
        self.after_step()

    def gradient(self, gradient: list[Array]) -> None:
        """Turn gradients into Adagrad's steps, over the learning rate of the owner."""
        own, rate = self.settings.kwta, self.settings.rate
        for each, squares in zip(gradient, self._squares, strict=True):
            squares += np.square(each)
            each *= np.float32(own.rate)
            each /= np.sqrt(squares)
            np.clip(each, -own.largest, own.largest, out=each)
            each /= np.float32(rate)

    def after_step(self) -> None:
        """Centre the synapses onto each hidden cell, and give them length 1."""
        for weight in self.network.weights[:-1]:
            weight -= weight.mean(axis=0)
            weight /= np.linalg.norm(weight, axis=0)

    def kept(self) -> dict[str, Array]:
        """Return the summed squares of all gradients."""
        return {f"squares/{layer}": each for layer, each in enumerate(self._squares)}

    def restore(self, kept: dict[str, Array], seen: list[Lesson]) -> None:  # noqa: ARG002
        """Take them back."""
        self._squares = [kept[f"squares/{layer}"].copy() for layer in range(len(self._squares))]
