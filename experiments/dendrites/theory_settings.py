"""Settings of the experiment on the theory of segments; light: every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Protocol

from networks.bounds import check_range
from neuro.errors import SpecError


class _Segments(Protocol):
    """Mark settings of segments that read several populations."""

    @property
    def active(self) -> int:
        """Return a."""

    @property
    def synapses(self) -> int:
        """Return s."""


def _check_filled(settings: object, *names: str) -> None:
    for name in names:
        if not getattr(settings, name):
            raise SpecError(f"{name} []; needed: at least one number")


def _check_segments(settings: _Segments, cells: tuple[int, ...]) -> None:
    """Refuse populations without cells, and more active cells or synapses than there are cells."""
    _check_filled(settings, "cells")
    check_range(settings, "cells", low=1)
    check_range(settings, "active", "synapses", low=1, high=min(cells), what="cells")


@dataclass(frozen=True, slots=True)
class RandomPatterns:
    """Count how often one segment answers random patterns, at every threshold.

    Attributes
    ----------
    cells : tuple of int
        n, populations.
    active, synapses : int
        a and s.
    patterns : tuple of int
        Patterns drawn, for each population.
    """

    cells: tuple[int, ...] = (300, 500, 700)
    active: int = 64
    synapses: int = 24
    patterns: tuple[int, ...] = (10_000_000, 10_000_000, 100_000_000)

    def __post_init__(self) -> None:
        _check_segments(self, self.cells)
        check_range(self, "patterns", low=1)
        if len(self.patterns) != len(self.cells):
            raise SpecError(f"patterns {list(self.patterns)}; needed: a number for each of cells")


@dataclass(frozen=True, slots=True)
class LearntPatterns:
    """Count how often one segment misses its pattern of which some cells stay silent.

    Attributes
    ----------
    active, synapses : int
        a and s.
    thresholds, lost : tuple of int
        theta and v.
    patterns : int
        Trials for each number of silent cells.
    """

    active: int = 128
    synapses: int = 30
    thresholds: tuple[int, ...] = (8, 12, 16)
    lost: tuple[int, ...] = (6, 13, 19, 26, 32, 38, 45, 51, 58, 64, 70, 77, 83, 90, 96, 102)
    patterns: int = 2_000_000

    def __post_init__(self) -> None:
        check_range(self, "active", "patterns", low=1)
        check_range(self, "synapses", low=1, high=self.active, what="active cells")
        check_range(self, "thresholds", low=1, high=self.synapses, what="synapses")
        check_range(self, "lost", low=0, high=self.active, what="active cells")
        _check_filled(self, "thresholds", "lost")


@dataclass(frozen=True, slots=True)
class Unions:
    """Count how often segments that store several patterns answer others.

    Attributes
    ----------
    cells, stored : tuple of int
        n and M.
    active, synapses, threshold : int
        a, s (for each stored pattern) and theta.
    segments, patterns : int
        Independent segments, across which intervals are, and patterns shown to each.
    """

    cells: tuple[int, ...] = (1000, 10_000, 20_000)
    stored: tuple[int, ...] = (1, 2, 3, 5, 10, 19)
    active: int = 200
    synapses: int = 25
    threshold: int = 15
    segments: int = 30
    patterns: int = 20_000

    def __post_init__(self) -> None:
        _check_segments(self, self.cells)
        check_range(self, "stored", "segments", "patterns", low=1)
        _check_filled(self, "stored")
        most = min(min(self.cells), max(self.stored) * self.synapses)
        check_range(self, "threshold", low=1, high=most, what="synapses")


@dataclass(frozen=True, slots=True)
class Correlated:
    """Count false detections where cells are active in whole clusters.

    Attributes
    ----------
    cells, clusters : tuple of int
        n, and cells of a cluster.
    active : int
        a, where the number of active cells is fixed.
    density : float
        a / n, where the sparsity is fixed.
    synapses, threshold : int
        s and theta.
    segments, patterns : int
        Independent segments, across which intervals are, and patterns shown to each.
    """

    cells: tuple[int, ...] = (512, 1024, 2048, 4096, 8192)
    clusters: tuple[int, ...] = (1, 4, 8)
    active: int = 64
    density: float = 0.0625
    synapses: int = 24
    threshold: int = 6
    segments: int = 30
    patterns: int = 40_000

    def __post_init__(self) -> None:
        _check_segments(self, self.cells)
        check_range(self, "clusters", "segments", "patterns", low=1)
        _check_filled(self, "clusters")
        check_range(self, "density", low=0, high=1)
        counts = (self.active, *(self.sparse(n) for n in self.cells))
        for cluster in self.clusters:
            parted = [n for n in (*self.cells, *counts) if n % cluster]
            if parted:
                raise SpecError(
                    f"clusters {list(self.clusters)}: {parted[0]} cells (of cells, active, or "
                    f"density times cells) do not make clusters of {cluster}; needed: divisors"
                )
        if self.synapses > min(counts):
            raise SpecError(f"synapses {self.synapses}; needed: 1 to {min(counts)} active cells")
        check_range(self, "threshold", low=1, high=self.synapses, what="synapses")

    def sparse(self, cells: int) -> int:
        """Return how many of so many cells are active at the fixed sparsity."""
        return round(self.density * cells)


@dataclass(frozen=True, slots=True)
class Prediction:
    """Say for which segments the best threshold is predicted.

    Attributes
    ----------
    thresholds : tuple of int
        theta.
    goal : float
        The median chance of a false detection that is low enough.
    active, synapses, lost : int
        Of the segment whose misses are laid beside it.
    """

    thresholds: tuple[int, ...] = tuple(range(3, 25))
    goal: float = 1e-9
    active: int = 128
    synapses: int = 30
    lost: int = 38

    def __post_init__(self) -> None:
        check_range(self, "thresholds", "active", low=1)
        check_range(self, "synapses", low=1, high=self.active, what="active cells")
        check_range(self, "lost", low=0, high=self.active, what="active cells")
        _check_filled(self, "thresholds")
        if not 0 < self.goal <= 1:
            raise SpecError(f"goal {self.goal}; needed: a chance above 0")


@dataclass(frozen=True, slots=True)
class DendriteTheory:
    """Lay the exact theory of segments that count over patterns counted one by one.

    Attributes
    ----------
    random : RandomPatterns
        False detections of one segment.
    learnt : LearntPatterns
        Misses.
    unions : Unions
        Several patterns on one segment.
    correlated : Correlated
        Active cells in clusters.
    prediction : Prediction
        The threshold that keeps both errors small.
    """

    random: RandomPatterns = field(default_factory=RandomPatterns)
    learnt: LearntPatterns = field(default_factory=LearntPatterns)
    unions: Unions = field(default_factory=Unions)
    correlated: Correlated = field(default_factory=Correlated)
    prediction: Prediction = field(default_factory=Prediction)

    def quick(self) -> DendriteTheory:
        """Return the same experiment at the size of a test."""
        return replace(
            self,
            random=replace(
                self.random, patterns=tuple(min(n, 200_000) for n in self.random.patterns)
            ),
            learnt=replace(self.learnt, patterns=min(self.learnt.patterns, 10_000)),
            unions=replace(self.unions, segments=4, patterns=500, stored=self.unions.stored[:3]),
            correlated=replace(
                self.correlated, segments=4, patterns=1000, cells=self.correlated.cells[:3]
            ),
        )
