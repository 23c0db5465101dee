"""Settings of the experiment on the theory of segments; light: every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from neuro.errors import SpecError


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
        if len(self.patterns) != len(self.cells) or min(self.patterns, default=0) < 1:
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
