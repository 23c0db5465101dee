"""Settings of the capacity atlas; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, get_args

from networks.bounds import check_range
from neuro.errors import SpecError

MemoryName = Literal[
    "willshaw", "covariance", "emergent", "sparsey", "cliques", "bcpnn",
    "hebb", "storkey", "pseudo_inverse", "perceptron", "multitasking",
    "dense_3", "dense_4", "attention", "modern", "modern_sparse", "sdm",
    "binary", "bounded", "cascade", "fast_slow", "benna_fusi",
]  # fmt: skip
SetName = Literal["bloom", "counting", "map_i", "map_b", "matrix"]
Kind = Literal["random", "correlated", "mnist"]
MEMORIES: tuple[MemoryName, ...] = get_args(MemoryName)
SETS: tuple[SetName, ...] = get_args(SetName)
KINDS: tuple[Kind, ...] = get_args(Kind)
# Sets keep items as wide as themselves: they are asked at this part of the bytes.
SET_SHARE = 64
LEAST_BYTES = 1024
QUICK = ("willshaw", "cliques", "hebb", "attention")


@dataclass(frozen=True, slots=True)
class Damage:
    """Say how cues are damaged.

    Attributes
    ----------
    erase, insert : float
        Units that are switched off, and others that are switched on, for each active unit of the
        pattern.
    """

    erase: float = 0.0
    insert: float = 0.0

    def __post_init__(self) -> None:
        check_range(self, "erase", "insert", low=0.0, high=0.9)
        if not self.erase + self.insert:
            raise SpecError("erase 0 and insert 0; needed: some damage")

    @property
    def name(self) -> str:
        """Return what the damage is called."""
        if not self.insert:
            return f"{self.erase:.0%} erased"
        if not self.erase:
            return f"{self.insert:.0%} inserted"
        return f"{self.erase:.0%} erased, {self.insert:.0%} inserted"


@dataclass(frozen=True, slots=True)
class CapacityAtlas:
    """Measure every memory at the same number of bytes, with the same patterns and damage.

    Attributes
    ----------
    memories : tuple of str
        Which memories.
    sets : tuple of str
        Which sets, asked who is a member.
    bytes : tuple of int
        What a memory may use, ascending; a set may use a 64th of it.
    patterns : tuple of str
        Independent units (random), classes of Gaussian prototypes (correlated), coded digits
        (mnist).
    damages : tuple of Damage
        How cues are damaged.
    correlation : float
        Of the drives of correlated patterns of one class.
    networks : int
        Independent networks of each point; confidence intervals are across these.
    probes : int
        Cues tried at each load.
    workers : int
        Processes over which points are spread.
    """

    memories: tuple[MemoryName, ...] = MEMORIES
    sets: tuple[SetName, ...] = SETS
    bytes: tuple[int, ...] = (16384, 65536, 262144)
    patterns: tuple[Kind, ...] = KINDS
    damages: tuple[Damage, ...] = (Damage(erase=0.25), Damage(insert=0.25))
    correlation: float = 0.5
    networks: int = 3
    probes: int = 60
    workers: int = 2

    def __post_init__(self) -> None:
        for name in ("memories", "bytes", "patterns", "damages"):
            given = getattr(self, name)
            if not given or len(set(given)) < len(given):
                raise SpecError(f"{name} {list(given)}; needed: at least one, each once")
        if len(set(self.sets)) < len(self.sets):
            raise SpecError(f"sets {list(self.sets)}; needed: each once")
        if self.bytes[0] < LEAST_BYTES or list(self.bytes) != sorted(self.bytes):
            raise SpecError(f"bytes {list(self.bytes)}; needed: ascending from {LEAST_BYTES}")
        check_range(self, "correlation", low=0.0, high=1.0)
        check_range(self, "networks", "probes", "workers", low=1)

    def quick(self) -> CapacityAtlas:
        """Return the same experiment at the size of a test; few kernels are to be compiled."""
        few = tuple(each for each in self.memories if each in QUICK) or self.memories[:1]
        return replace(
            self, memories=few, sets=self.sets[:1], bytes=(4096,), patterns=self.patterns[:2],
            damages=self.damages[:1], networks=1, probes=20, workers=1,
        )  # fmt: skip
