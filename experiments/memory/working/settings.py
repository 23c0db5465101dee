"""Settings of the tasks of working memory; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from experiments.memory.dense_settings import check_ascending
from networks.bounds import check_order, check_range
from networks.memories.online_settings import SynapseKind, SynapseSettings
from neuro.errors import SpecError

# Kinds whose synapses have a list of states, so that what is left of any history is known.
STATED = ("binary", "bounded", "cascade", "fast_slow")
# Kinds of which the mean weight after an event follows from that before, whatever the history.
LINEAR = ("binary", "fast_slow")


@dataclass(frozen=True, slots=True)
class DelayedMatch:
    """Say after how long, and with how different probes, is asked whether a sample comes again.

    Attributes
    ----------
    delays : tuple of int
        Other memories between sample and probe, ascending.
    differences : tuple of float
        Share of the probe's elements that are drawn anew, ascending from 0 to 1.
    curves : tuple of int
        Delays at which answers are drawn over differences.
    trials : int
        Samples of each network.
    """

    delays: tuple[int, ...] = (0, 1, 2, 4, 8, 16, 32, 64)
    differences: tuple[float, ...] = (0.0, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0)
    curves: tuple[int, ...] = (1, 8, 32)
    trials: int = 300

    def __post_init__(self) -> None:
        check_range(self, "delays", "curves", low=0)
        check_range(self, "differences", low=0.0, high=1.0)
        check_range(self, "trials", low=1)
        for name in ("delays", "curves", "differences"):
            check_order(name, getattr(self, name))


@dataclass(frozen=True, slots=True)
class NBack:
    """Say how far back an item is to be known.

    Attributes
    ----------
    back : tuple of int
        n, ascending from 1.
    items : int
        A, from which the stream is drawn.
    steps, contexts : int
        Length of the stream that synapses hear, and of that in which contexts are asked.
    """

    back: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    items: int = 8
    steps: int = 3000
    contexts: int = 800

    def __post_init__(self) -> None:
        check_ascending("back", self.back, 1)
        check_range(self, "back", low=1)
        check_range(self, "items", low=2)
        for name in ("steps", "contexts"):
            if getattr(self, name) <= self.back[-1]:
                raise SpecError(f"{name} {getattr(self, name)}; needed: more than {self.back[-1]}")


@dataclass(frozen=True, slots=True)
class ChangeDetection:
    """Say how many objects are seen before one of them is shown again, as it was or changed.

    Attributes
    ----------
    sizes : tuple of int
        Objects of a display, ascending.
    colours : int
        From which each object has one.
    retention : int
        Other memories between a display and the probe.
    trials : int
        Displays of each size and network.
    """

    sizes: tuple[int, ...] = (1, 2, 4, 6, 8, 12, 16, 24)
    colours: int = 8
    retention: int = 4
    trials: int = 200

    def __post_init__(self) -> None:
        check_ascending("sizes", self.sizes, 1)
        check_range(self, "sizes", "trials", low=1)
        check_range(self, "colours", low=2)
        check_range(self, "retention", low=0)


@dataclass(frozen=True, slots=True)
class SerialRecall:
    """Say how lists are shown in order, each item beside a context that drifts.

    Attributes
    ----------
    lengths : tuple of int
        Items of a list, ascending; serial positions are drawn for the longest.
    words : int
        Vocabulary of which a list takes some, none twice.
    lists : int
        Lists of each length and network, one after the other in the same memory.
    modules, units : int
        Modules of the item and as many of the context, and units in each.
    drift : float
        Chance that a module of the context changes from one item to the next.
    lost : float
        Chance that a module of the context is missing from a cue.
    tau_p : float
        Time constant of the slowest trace, in items.
    """

    lengths: tuple[int, ...] = (3, 6, 9, 12)
    words: int = 26
    lists: int = 60
    modules: int = 10
    units: int = 8
    drift: float = 0.25
    lost: float = 0.5
    tau_p: float = 60.0

    def __post_init__(self) -> None:
        check_ascending("lengths", self.lengths, 1)
        check_range(self, "lengths", "lists", "modules", low=1)
        check_range(self, "units", low=2)
        check_range(self, "drift", high=1.0)
        check_range(self, "lost", high=0.99)
        if self.words < self.lengths[-1]:
            raise SpecError(f"words {self.words}; needed: at least {self.lengths[-1]}, for a list")
        if self.tau_p < 1:
            raise SpecError(f"tau_p {self.tau_p} items; needed: at least 1")


@dataclass(frozen=True, slots=True)
class FreeRecall:
    """Say how long lists are of which each item calls up the one most like it.

    Attributes
    ----------
    lengths : tuple of int
        Items, ascending.
    size : int
        Units of a pattern; overlaps of random patterns are the likeness.
    trials : int
        Lists of each length and network.
    """

    lengths: tuple[int, ...] = (4, 8, 16, 32, 64, 128, 256)
    size: int = 4000
    trials: int = 20

    def __post_init__(self) -> None:
        check_ascending("lengths", self.lengths, 1)
        check_range(self, "lengths", low=3)
        check_range(self, "size", "trials", low=1)


@dataclass(frozen=True, slots=True)
class WorkingMemory:
    """Ask memories of the house what psychologists ask of people.

    Attributes
    ----------
    networks : int
        Independent networks; confidence intervals are across these.
    synapses : int
        n, that hold samples, streams and displays.
    kinds : tuple of str
        Kinds of these synapses, of those with states.
    rules : SynapseSettings
        What the kinds are told.
    match, back, change, serial, free
        The tasks.
    """

    networks: int = 8
    synapses: int = 400
    kinds: tuple[SynapseKind, ...] = ("binary", "fast_slow", "cascade")
    rules: SynapseSettings = field(default_factory=SynapseSettings)
    match: DelayedMatch = field(default_factory=DelayedMatch)
    back: NBack = field(default_factory=NBack)
    change: ChangeDetection = field(default_factory=ChangeDetection)
    serial: SerialRecall = field(default_factory=SerialRecall)
    free: FreeRecall = field(default_factory=FreeRecall)

    def __post_init__(self) -> None:
        check_range(self, "networks", low=1)
        check_range(self, "synapses", low=8)
        if not self.kinds or len(set(self.kinds)) < len(self.kinds):
            raise SpecError(f"kinds {list(self.kinds)}; needed: at least one, each once")
        for kind in self.kinds:
            if kind not in STATED:
                raise SpecError(f"kinds {list(self.kinds)}; needed: of {', '.join(STATED)}")

    def quick(self) -> WorkingMemory:
        """Return the same experiment at the size of a test."""
        return replace(
            self,
            networks=2,
            match=replace(self.match, delays=(0, 4), curves=(1,), trials=20),
            back=replace(self.back, back=(1, 2), steps=200, contexts=60),
            change=replace(self.change, sizes=(1, 4), trials=20),
            serial=replace(self.serial, lengths=(3, 5), lists=6),
            free=replace(self.free, lengths=(4, 16), trials=4),
        )
