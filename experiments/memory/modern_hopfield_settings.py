"""Settings of the experiment on modern Hopfield memories; light: every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from experiments.memory.dense_settings import check_ascending
from experiments.memory.trials import check_trials, quick
from networks.bounds import check_range
from neuro.errors import SpecError

Separation = Literal["softmax", "softmax-one", "entmax", "sparsemax"]


@dataclass(frozen=True, slots=True)
class ModernHopfieldStudy:
    """Measure what a modern Hopfield memory recalls, and which probes it declines.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns at which recall is tested, ascending.
    betas : tuple of float
        Sharpnesses that are compared at the load `held`, ascending.
    flips : tuple of int
        Wrong units of cues that are compared there, ascending.
    held : int
        Stored patterns of those comparisons.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each place, fewer if fewer patterns are stored.
    separations : tuple of str
        What is compared: softmax, entmax (1.5), sparsemax, softmax-one. The first one's metrics
        bear plain names.
    size : int
        N, units of a pattern.
    beta : float
        Sharpness, by units of overlap.
    flip : int
        Units of a cue that are wrong.
    iterations : int
        Most reads of one recall.
    threshold : float
        The overlap as which nothing counts in softmax-one.
    """

    loads: tuple[int, ...]
    betas: tuple[float, ...]
    flips: tuple[int, ...]
    held: int = 1000
    networks: int = 8
    probes: int = 200
    separations: tuple[Separation, ...] = ("softmax", "entmax", "sparsemax", "softmax-one")
    size: int = 64
    beta: float = 0.5
    flip: int = 16
    iterations: int = 5
    threshold: float = 28.0

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        check_range(self, "size", low=8, high=4096, what="units")
        check_range(self, "held", low=2)
        check_range(self, "iterations", low=1)
        for name in ("betas", "flips"):
            check_ascending(name, getattr(self, name))
        check_range(self, "flip", "flips", low=0, high=self.size // 2 - 1, what="units")
        check_range(self, "beta", "betas", low=1e-3, high=100)
        check_range(self, "threshold", low=-self.size, high=self.size)
        if not self.separations or len(set(self.separations)) < len(self.separations):
            raise SpecError(
                f"separations {list(self.separations)}; needed: at least one, each once"
            )

    def quick(self) -> ModernHopfieldStudy:
        """Return the same experiment at the size of a test."""
        return quick(
            replace(self, betas=self.betas[::3], flips=self.flips[::3], held=min(self.held, 200))
        )
