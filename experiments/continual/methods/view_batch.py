"""Recall intervals: fewer images in a batch, several views of each, longer pauses between them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from experiments.continual.methods.buffered import Buffered
from experiments.continual.tasks import Floats, Identity, Labels


class ViewBatch(Buffered):
    """Fill a batch with V noisy views of B / V images each; otherwise replay.

    As many batches are learnt as by any other method, so that V times as many pass until an image
    is met again, and each image is met in 1 / V as many. The consistency loss between views of the
    publication is left out: it is no matter of scheduling.

    References
    ----------
    Lee et al., the view-batch model, CVPR 2025.
    """

    def pass_length(self, n: int) -> int:
        """Return the number of views of n images."""
        return n * self.settings.view_batch.views

    def schedule(self, n: int, done: int = 0) -> Iterator[NDArray[np.int64]]:
        """Yield each image as often as there are views, until epochs * n are shown."""
        views, left = self.settings.view_batch.views, self.settings.epochs * n - done
        n_different = max(1, self.settings.batch // views)
        while left > 0:
            order = self.network.rng.permutation(n)
            for first in range(0, n, n_different):
                chosen = np.repeat(order[first : first + n_different], views)[:left]
                left -= len(chosen)
                if len(chosen):
                    yield chosen

    def head(self, identity: Identity | None) -> None:
        """Let all outputs learn: a batch has images of several tasks."""

    def batch(self, images: Floats, labels: Labels) -> tuple[Floats, Labels]:
        """Return views of new and of as many old images."""
        images, labels = self.recall(images, labels)
        noise = self.network.rng.standard_normal(images.shape, dtype=np.float32)
        return images + np.float32(self.settings.view_batch.noise) * noise, labels
