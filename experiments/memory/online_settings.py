"""Settings of the experiment on synapses that learn on; light: every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from experiments.memory.dense_settings import check_ascending
from experiments.memory.trials import QUICK_NETWORKS
from networks.bounds import check_order, check_range
from networks.memories.online_settings import KINDS, SynapseKind, SynapseSettings
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """Say how lifetimes are measured against the number of synapses.

    Attributes
    ----------
    synapses : tuple of int
        n, ascending.
    oldest : int
        Greatest age; a memory that is known then is not counted.
    """

    synapses: tuple[int, ...] = (100, 300, 1000, 3000)
    oldest: int = 2500

    def __post_init__(self) -> None:
        check_ascending("synapses", self.synapses)
        check_range(self, "synapses", low=8)
        check_range(self, "oldest", low=2)


@dataclass(frozen=True, slots=True)
class Recalled:
    """Say how a network of such synapses is asked for what it stored.

    Attributes
    ----------
    size : int
        N, units.
    patterns : int
        Stored one after the other.
    flipped : float
        Share of the units of a cue that have the wrong sign.
    """

    size: int = 400
    patterns: int = 200
    flipped: float = 0.1

    def __post_init__(self) -> None:
        check_range(self, "size", "patterns", low=2)
        check_range(self, "flipped", low=0.0, high=0.49)


@dataclass(frozen=True, slots=True)
class Spacing:
    """Say how a memory is shown more than once.

    Attributes
    ----------
    times : int
        How often.
    gaps : tuple of int
        How many other memories come between each time and the next, ascending from 0, massed.
    retention : int
        How many come after the last time.
    synapses : int
        n.
    """

    times: int = 4
    gaps: tuple[int, ...] = (0, 1, 3, 10, 30)
    retention: int = 30
    synapses: int = 100_000

    def __post_init__(self) -> None:
        check_range(self, "times", low=2)
        check_range(self, "gaps", "retention", low=0)
        check_range(self, "synapses", low=2)
        check_order("gaps", self.gaps)


@dataclass(frozen=True, slots=True)
class OnlineStudy:
    """Follow memories in synapses that go on learning.

    Attributes
    ----------
    ages : tuple of int
        How many other memories came after one that is asked for, ascending.
    kinds : tuple of str
        Synapses that are compared.
    networks : int
        Independent populations; confidence intervals are across these.
    synapses : int
        n, of the panel over ages.
    tracked : int
        Memories followed in each population; as many that were never stored are the noise.
    rules : SynapseSettings
        What the kinds are told.
    lifetimes : Lifetimes
        Over the number of synapses.
    recalled : Recalled
        In a network of units.
    spacing : Spacing
        Massed against spaced.
    """

    ages: tuple[int, ...]
    kinds: tuple[SynapseKind, ...] = KINDS
    networks: int = 10
    synapses: int = 10_000
    tracked: int = 200
    rules: SynapseSettings = field(default_factory=SynapseSettings)
    lifetimes: Lifetimes = field(default_factory=Lifetimes)
    recalled: Recalled = field(default_factory=Recalled)
    spacing: Spacing = field(default_factory=Spacing)

    def __post_init__(self) -> None:
        check_range(self, "ages", low=0)
        check_order("ages", self.ages)
        if self.ages[-1] < 1:
            raise SpecError(f"ages {list(self.ages)}; needed: one of at least 1")
        check_range(self, "networks", low=1)
        check_range(self, "synapses", "tracked", low=2)
        if not self.kinds or len(set(self.kinds)) < len(self.kinds):
            raise SpecError(f"kinds {list(self.kinds)}; needed: at least one, each once")

    def quick(self) -> OnlineStudy:
        """Return the same experiment at the size of a test."""
        return replace(
            self, ages=tuple(age for age in self.ages if age <= 100) or self.ages,
            networks=QUICK_NETWORKS, synapses=min(2000, self.synapses),
            tracked=min(40, self.tracked),
            lifetimes=replace(
                self.lifetimes, synapses=self.lifetimes.synapses[:2],
                oldest=min(400, self.lifetimes.oldest),
            ),
            recalled=replace(
                self.recalled, size=min(100, self.recalled.size),
                patterns=min(40, self.recalled.patterns),
            ),
            spacing=replace(
                self.spacing, gaps=self.spacing.gaps[::3],
                synapses=min(5000, self.spacing.synapses),
            ),
        )  # fmt: skip
