"""Settings of the experiments on Sparsey; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from experiments.memory.settings import Time
from experiments.memory.trials import QUICK_NETWORKS, QUICK_PROBES, check_trials, quick_loads
from networks.memories.sparsey.settings import CriticalPeriod, Level, Selection
from networks.objections import Described, Objection
from neuro.errors import EnvironmentFault, SpecError
from neuro.units import parse


@dataclass(frozen=True, slots=True)
class Size:
    """Name Q and K of a mac.

    Attributes
    ----------
    modules, units : int
        Q, K.
    """

    modules: int
    units: int

    def __post_init__(self) -> None:
        if min(self.modules, self.units) < 1:
            raise SpecError(f"modules {self.modules}, units {self.units}; needed: at least 1")


@dataclass(frozen=True, slots=True)
class SparseyCapacity:
    """Measure how much a mac recalls after one presentation, and what similar inputs share.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored inputs at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Inputs asked for at each load, and novel inputs tried.
    lines, active : int
        Pixels, and those that each input activates.
    sizes : tuple of Size
        Macs that are compared; the first one is reported in full.
    selection : Selection
        How codes are drawn.
    period : CriticalPeriod
        When a mac stops to learn, for the retention of its first inputs.
    overlaps : tuple of int
        Active pixels that a probe shares with a stored input.
    familiar : int
        Inputs stored when codes of overlapping inputs are compared in a mac that is not empty.
    """

    loads: tuple[int, ...]
    networks: int = 12
    probes: int = 100
    lines: int = 144
    active: int = 20
    sizes: tuple[Size, ...] = (Size(24, 8),)
    selection: Selection = field(default_factory=Selection)
    period: CriticalPeriod = field(default_factory=lambda: CriticalPeriod("mac", 0.25))
    overlaps: tuple[int, ...] = (0, 4, 8, 12, 16, 20)
    familiar: int = 20

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        if not 0 < self.active < self.lines:
            raise SpecError(f"active {self.active} of {self.lines} lines")
        if not self.sizes:
            raise SpecError("sizes: at least one mac")
        if not self.overlaps or not 0 <= min(self.overlaps) <= max(self.overlaps) <= self.active:
            raise SpecError(f"overlaps {list(self.overlaps)}; needed: 0 to active {self.active}")
        if self.lines < 2 * self.active or self.familiar < 1:
            raise SpecError(f"lines {self.lines}, familiar {self.familiar}: too few")

    def quick(self) -> SparseyCapacity:
        """Return the same experiment at the size of a test."""
        return replace(
            self, loads=quick_loads(self.loads), networks=QUICK_NETWORKS, probes=QUICK_PROBES
        )


@dataclass(frozen=True, slots=True)
class SparseySequences:
    """Learn sequences of random frames in one presentation, recognise and replay them.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored sequences at which recall is tested, ascending.
    length : int
        Frames of a sequence.
    networks : int
        Independent networks; confidence intervals are across these.
    lines : int
        Pixels.
    least, most : int
        Bounds of the number of active pixels of a frame.
    moved : tuple of int
        Pixels that move from frame to frame, for the kinds of sequence beside noise.
    modules, units : int
        Q and K.
    selection : Selection
        How codes are drawn.
    period : CriticalPeriod
        When synapses freeze, in the mac that has a critical period.
    """

    loads: tuple[int, ...]
    length: int = 10
    networks: int = 12
    lines: int = 144
    least: int = 9
    most: int = 12
    moved: tuple[int, ...] = (1, 2)
    modules: int = 9
    units: int = 16
    selection: Selection = field(default_factory=Selection)
    period: CriticalPeriod = field(default_factory=lambda: CriticalPeriod("mac", 0.22))

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, 1)
        if self.length < 2 or min(self.modules, self.units) < 2:
            raise SpecError("length, modules and units must be at least 2")
        if not 0 < self.least <= self.most <= self.lines // 2:
            raise SpecError(f"least {self.least}, most {self.most}; needed: 1 to half of the lines")
        if self.moved and not 0 <= min(self.moved) <= max(self.moved) <= self.least:
            raise SpecError(f"moved {list(self.moved)}; needed: 0 to least {self.least}")

    def quick(self) -> SparseySequences:
        """Return the same experiment at the size of a test."""
        return replace(self, loads=quick_loads(self.loads), networks=QUICK_NETWORKS)


@dataclass(frozen=True, slots=True)
class SparseyVideo:
    """Learn clips of actions in one presentation each, recognise them and tell the action.

    Attributes
    ----------
    loads : tuple of int
        Numbers of clips learnt at which they are asked for, ascending.
    levels : tuple of Level
        From the lowest to the highest.
    networks : int
        Independent networks, each with clips of its own.
    length : int
        Frames of a clip.
    new : int
        Clips that are not learnt.
    folder : str
        Clips as CLASS/CLIP/FRAME, say Weizmann's; empty for stick figures.
    """

    loads: tuple[int, ...]
    levels: tuple[Level, ...]
    networks: int = 5
    length: int = 16
    new: int = 60
    folder: str = ""

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, 1)
        if len(self.levels) < 2:
            raise SpecError(f"levels: {len(self.levels)} given; needed: at least 2")
        if self.length < 2 or self.new < 1:
            raise SpecError(f"length {self.length}, new {self.new}; needed: at least 2 and 1")

    def objections(self, _described: Described) -> Iterator[Objection]:
        """Yield that the folder of clips is not there, or holds less than is asked for."""
        if not self.folder:
            return
        from experiments.figures.frames import clip_folders

        try:
            n_clips = sum(map(len, clip_folders(Path(self.folder)).values()))
        except EnvironmentFault as fault:
            yield Objection(("experiment", "folder"), str(fault))
            return
        if n_clips < self.loads[-1] + self.new:
            message = f"{self.folder}: {n_clips} clips; loads and new ask for "
            yield Objection(("experiment", "folder"), f"{message}{self.loads[-1] + self.new}")

    def quick(self) -> SparseyVideo:
        """Return the same experiment at the size of a test."""
        return replace(
            self, loads=quick_loads(self.loads), networks=QUICK_NETWORKS, new=6, length=8
        )


@dataclass(frozen=True, slots=True)
class SparseySpiking:
    """Compare the winners of a spiking mac with those of the algorithm.

    Attributes
    ----------
    loads : tuple of int
        Numbers of inputs learnt before a test, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues of each test, fewer if fewer inputs were learnt.
    active : int
        Active pixels of each input; a synapse adds one part in so many to the support.
    replaced : tuple of int
        Active pixels that are replaced by others in a cue; a test for each.
    selection : Selection
        How the algorithm draws the codes that are learnt.
    item : Time
        From one lesson to the next.
    ramp : Time
        The ramp climbs by full support in this time; as the cells' `tau_ramp`.
    rest : Time
        From the end of a race to the next cue.
    excess : float
        Mean of the cells' thresholds less 1.
    """

    loads: tuple[int, ...]
    networks: int = 5
    probes: int = 20
    active: int = 20
    replaced: tuple[int, ...] = (0, 4)
    selection: Selection = field(default_factory=Selection)
    item: Time = parse("20 ms")
    ramp: Time = parse("40 ms")
    rest: Time = parse("30 ms")
    excess: float = 0.021

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        if not self.replaced or not 0 <= min(self.replaced) <= max(self.replaced) <= self.active:
            raise SpecError(f"replaced {list(self.replaced)}; needed: 0 to active {self.active}")
        if min(self.item.value, self.ramp.value, self.rest.value) <= 0:
            raise SpecError("item, ramp and rest must last longer than 0 s")

    def quick(self) -> SparseySpiking:
        """Return the same experiment at the size of a test."""
        return replace(
            self, loads=quick_loads(self.loads), networks=1, probes=min(self.probes, 5),
            replaced=self.replaced[:1],
        )  # fmt: skip
