"""Settings of the experiment on resonator networks; light: every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from experiments.memory.trials import check_trials, quick
from networks.bounds import check_range
from neuro.errors import SpecError

ResonatorKind = Literal["sign", "phase", "attention"]


@dataclass(frozen=True, slots=True)
class ResonatorStudy:
    """Measure how many vectors a codebook may have for products to be taken apart.

    Attributes
    ----------
    loads : tuple of int
        D, vectors of each codebook, ascending.
    networks : int
        Independent codebooks; confidence intervals are across these.
    probes : int
        Products of each network, no vector in two of them; at most D.
    updates : tuple of str
        What is compared: sign, phase, attention. The first one's metrics bear plain names.
    size : int
        N, numbers of a vector.
    factors : int
        F, codebooks.
    beta : float
        Sharpness of attention, of likenesses up to 1.
    iterations : int
        Most rounds over the factors.
    """

    loads: tuple[int, ...]
    networks: int = 10
    probes: int = 8
    updates: tuple[ResonatorKind, ...] = ("sign", "attention", "phase")
    size: int = 256
    factors: int = 3
    beta: float = 10.0
    iterations: int = 300

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        check_range(self, "loads", low=2)
        check_range(self, "size", low=8)
        check_range(self, "factors", low=2, high=10)
        check_range(self, "iterations", low=1)
        if not 0 < self.beta < float("inf"):
            raise SpecError(f"beta {self.beta}; needed: above 0")
        if not self.updates or len(set(self.updates)) < len(self.updates):
            raise SpecError(f"updates {list(self.updates)}; needed: at least one, each once")

    def quick(self) -> ResonatorStudy:
        """Return the same experiment at the size of a test."""
        return quick(replace(self, iterations=min(self.iterations, 60)))
