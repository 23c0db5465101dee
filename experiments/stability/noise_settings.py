"""Settings of the study of noise-driven pruning; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from networks.bounds import check_range
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class NoisePruning:
    """Prune symmetric linear networks of known structure, and see what of them is left.

    Attributes
    ----------
    size : int
        Nodes, an even number.
    networks : int
        Independent networks, across which intervals are.
    leak : float
        What each node leaks beside its synapses, as a share of the mean sum of its weights.
    between : float
        Chance of an edge between the two clusters of the second graph; within there are all.
    densities : tuple of float
        Shares of the edges that are kept.
    leaks : tuple of float
        Leaks of each node of two cliques that one edge joins, in units of a weight.
    """

    size: int = 200
    networks: int = 8
    leak: float = 0.025
    between: float = 0.02
    densities: tuple[float, ...] = (0.08, 0.12, 0.15, 0.2, 0.3, 0.5)
    leaks: tuple[float, ...] = (1e-4, 1e-3, 1e-2, 0.1, 1.0, 10.0)

    def __post_init__(self) -> None:
        check_range(self, "size", low=10)
        check_range(self, "networks", low=2)
        if self.size % 2:
            raise SpecError(f"size {self.size}; needed: an even number")
        if self.leak <= 0 or not self.leaks or min(self.leaks) <= 0:
            raise SpecError(f"leak {self.leak}, leaks {list(self.leaks)}; needed: above 0")
        if not 0 <= self.between <= 1:
            raise SpecError(f"between {self.between}; needed: 0 to 1")
        if not self.densities or not all(0 < each <= 1 for each in self.densities):
            raise SpecError(f"densities {list(self.densities)}; needed: above 0, at most 1")

    def quick(self) -> NoisePruning:
        """Return the same experiment at the size of a test."""
        return replace(self, size=40, networks=3, densities=self.densities[-3:])
