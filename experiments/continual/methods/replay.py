"""Experience replay: some images of the past join every batch."""

from __future__ import annotations

from experiments.continual.methods.buffered import Buffered
from experiments.continual.tasks import Floats, Identity, Labels


class Replay(Buffered):
    """Let as many images of a reservoir as are new join every batch.

    References
    ----------
    Chaudhry et al., "On tiny episodic memories in continual learning", arXiv 1902.10486.
    """

    def head(self, identity: Identity | None) -> None:
        """Let all outputs learn: a batch has images of several tasks."""

    def batch(self, images: Floats, labels: Labels) -> tuple[Floats, Labels]:
        """Return new images with as many old ones behind them."""
        return self.recall(images, labels)
