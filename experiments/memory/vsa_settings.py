"""Settings of the experiment on vector symbolic sets; light: every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from experiments.memory.dense_settings import check_ascending
from experiments.memory.trials import QUICK_NETWORKS
from networks.bounds import check_range
from neuro.errors import SpecError

SetKind = Literal["map_i", "map_b", "bloom", "counting", "matrix"]
KINDS: tuple[SetKind, ...] = ("map_i", "map_b", "bloom", "counting", "matrix")
QUICK_SETS = 3


@dataclass(frozen=True, slots=True)
class VsaStudy:
    """Measure what sets of random vectors know of their members, and of what they share.

    Attributes
    ----------
    dimensions : tuple of int
        m of sets that are kept as one vector, ascending.
    sides : tuple of int
        m of sets that are kept as a matrix of m**2 numbers, ascending.
    kinds : tuple of str
        What is compared: map_i (sums), map_b (signs), bloom, counting, matrix (Hopfield+-).
    networks : int
        Independent replicates, each of new vectors; confidence intervals are across these.
    sets : int
        Pairs of sets in each replicate, of new vectors each.
    items : int
        M, of each set; as many that are in none are asked for.
    shared : int
        Items that both sets of a pair have.
    active : int
        k, bits of an item of a Bloom filter.
    """

    dimensions: tuple[int, ...]
    sides: tuple[int, ...]
    kinds: tuple[SetKind, ...] = KINDS
    networks: int = 10
    sets: int = 20
    items: int = 51
    shared: int = 17
    active: int = 7

    def __post_init__(self) -> None:
        for name in ("dimensions", "sides"):
            check_ascending(name, getattr(self, name))
        check_range(self, "active", low=1, high=20, what="bits")
        check_range(self, "dimensions", low=2 * self.active, what="numbers")
        check_range(self, "sides", low=4, what="numbers")
        check_range(self, "networks", "sets", low=1)
        check_range(self, "items", low=2, high=10_000)
        check_range(self, "shared", low=0, high=self.items - 1)
        if not self.kinds or len(set(self.kinds)) < len(self.kinds):
            raise SpecError(f"kinds {list(self.kinds)}; needed: at least one, each once")

    def quick(self) -> VsaStudy:
        """Return the same experiment at the size of a test."""
        return replace(
            self, dimensions=self.dimensions[:2], sides=self.sides[:2],
            networks=QUICK_NETWORKS, sets=QUICK_SETS,
        )  # fmt: skip
