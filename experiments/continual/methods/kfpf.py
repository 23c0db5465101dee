"""Fine-tuning of a few parameters: thresholds and read-out, on some images of the past."""

from __future__ import annotations

from experiments.continual.methods.buffered import Buffered
from experiments.continual.tasks import Lesson
from plasticity.gradient.threshold import learn_thresholds


class KFPF(Buffered):
    """Learn without guard; at the end of each task fine-tune thresholds and read-out on the buffer.

    Thresholds are held as scales of the synapses onto their cells, see
    `plasticity.gradient.threshold`.

    References
    ----------
    Zhao et al., "Does continual learning equally forget all parameters?", ICML 2023.
    """

    def end_task(self, lesson: Lesson) -> None:  # noqa: ARG002
        """Go through some batches of the buffer."""
        network, tuning = self.network, self.settings.kfpf
        for _ in range(tuning.steps):
            images, labels = self.reservoir.draw(self.settings.batch, network.rng)
            gradient = network.gradient(network.weights, images, labels)
            for weight, change in zip(network.weights[:-1], gradient[:-1], strict=True):
                learn_thresholds(weight, change, tuning.rate)
            network.weights[-1] -= network.weights[-1].dtype.type(tuning.rate) * gradient[-1]
