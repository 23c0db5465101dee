"""Settings of the experiment on macs whose synapses fade and codes that count; light."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from experiments.memory.dense_settings import check_ascending
from experiments.memory.sparsey_settings import Size
from experiments.memory.trials import QUICK_NETWORKS
from networks.bounds import check_range
from networks.memories.sparsey.hypotheses import Hypotheses


@dataclass(frozen=True, slots=True)
class Repeats:
    """Say how items are shown more than once.

    Attributes
    ----------
    times : tuple of int
        Presentations of an item, ascending; as many of each are followed.
    gap : int
        Other items between one presentation and the next.
    steps : int
        S of the first class.
    classes : int
        Classes of permanence, each twice as long-lived as the one before.
    """

    times: tuple[int, ...] = (1, 2, 3)
    gap: int = 5
    steps: int = 30
    classes: int = 3

    def __post_init__(self) -> None:
        check_ascending("times", self.times)
        check_range(self, "gap", low=0)
        check_range(self, "steps", "classes", low=1)


@dataclass(frozen=True, slots=True)
class Shared:
    """Say how sequences share an item.

    Attributes
    ----------
    sequences : tuple of int
        n, how many share one, ascending.
    size : Size
        Of the mac.
    lines, active : int
        Pixels, and those that each item activates.
    hypotheses : Hypotheses
        How codes count, beside F = 1.
    """

    sequences: tuple[int, ...] = (1, 2, 3, 4, 6, 8)
    size: Size = field(default_factory=lambda: Size(40, 60))
    lines: int = 400
    active: int = 10
    hypotheses: Hypotheses = field(default_factory=lambda: Hypotheses(most=8))

    def __post_init__(self) -> None:
        check_ascending("sequences", self.sequences)
        check_range(self, "active", low=1, high=self.lines // 2, what="half of the lines")


@dataclass(frozen=True, slots=True)
class SparseyFading:
    """Follow items in a mac whose synapses fade, and what follows an item that sequences share.

    Attributes
    ----------
    stored : int
        Items learnt one after the other.
    lives : tuple of int
        S, steps until a synapse is forgotten, ascending; beside them synapses stay.
    networks : int
        Independent networks; confidence intervals are across these.
    lines, active : int
        Pixels, and those that each item activates.
    size : Size
        Of the mac.
    convexities : tuple of float
        c, at the middle one of the lives.
    repeats : Repeats
        Permanence.
    shared : Shared
        Hypotheses.
    """

    stored: int
    lives: tuple[int, ...] = (50, 100, 200)
    networks: int = 12
    lines: int = 144
    active: int = 20
    size: Size = field(default_factory=lambda: Size(24, 8))
    convexities: tuple[float, ...] = (0.0, 1.0, 1000.0)
    repeats: Repeats = field(default_factory=Repeats)
    shared: Shared = field(default_factory=Shared)

    def __post_init__(self) -> None:
        check_ascending("lives", self.lives)
        check_range(self, "stored", low=self.lives[-1] + 1, what="items, above every life")
        check_range(self, "networks", low=1)
        check_range(self, "active", low=1, high=self.lines // 2, what="half of the lines")
        check_range(self, "convexities", low=0.0)

    def quick(self) -> SparseyFading:
        """Return the same experiment at the size of a test."""
        lives = tuple(max(2, life // 4) for life in self.lives)
        return replace(
            self, stored=max(self.stored // 4, lives[-1] + 1), lives=lives,
            networks=QUICK_NETWORKS, shared=replace(self.shared, sequences=(1, 2, 4)),
        )  # fmt: skip
