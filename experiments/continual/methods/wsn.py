"""Winning subnetworks: each task learns which synapses take part, and their weights."""

from __future__ import annotations

from experiments.continual.methods.base import Array
from experiments.continual.methods.masked import Masked, Masks
from experiments.continual.tasks import Lesson
from plasticity.subnetworks.winning import best, learn_scores


class WSN(Masked):
    """Give every synapse a score, let the best take part, and learn scores beside weights.

    Synapses of earlier tasks may take part again, with the weights that they have. Each task begins
    with scores of its own, drawn at random.

    References
    ----------
    Kang et al., "Forget-free continual learning with winning subnetworks", ICML 2022.
    """

    def begin_task(self, lesson: Lesson) -> None:
        """Draw scores, and choose the first masks by them."""
        self._scores: list[Array] = [
            (self.network.rng.standard_normal(w.shape) * len(w) ** -0.5).astype(w.dtype)
            for w in self.network.weights
        ]
        super().begin_task(lesson)

    def underway(self) -> dict[str, Array]:
        """Return the scores too."""
        scores = {f"score/{layer}": each for layer, each in enumerate(self._scores)}
        return super().underway() | scores

    def take_up(self, lesson: Lesson, underway: dict[str, Array]) -> None:
        """Take them back."""
        super().take_up(lesson, underway)
        self._scores = [underway[f"score/{layer}"].copy() for layer in range(len(self._masks))]

    def choose(self, shapes: list[tuple[int, int]]) -> Masks:  # noqa: ARG002
        """Return where the scores are best."""
        scores = [*self._scores[:-1], self._scores[-1][:, list(self._head)]]
        return [best(each, self.settings.masks.density) for each in scores]

    def gradient(self, gradient: list[Array]) -> None:
        """Let the scores learn from the gradient before it is kept from frozen weights."""
        weights = self.network.weights
        for scores, weight, each in zip(self._scores, weights, gradient, strict=True):
            learn_scores(scores, weight, each, self.settings.masks.rate)
        super().gradient(gradient)

    def after_step(self) -> None:
        """Choose the masks by the new scores."""
        self.renew()
