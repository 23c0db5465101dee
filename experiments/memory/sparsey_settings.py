"""Settings of the experiments on Sparsey; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from experiments.memory.trials import QUICK_NETWORKS, QUICK_PROBES, check_trials, quick_loads
from networks.bounds import check_range
from networks.memories.sparsey.settings import CriticalPeriod, Level, Selection
from networks.objections import Described, Objection
from neuro.errors import EnvironmentFault, SpecError


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
        check_range(self, "modules", "units", low=1)


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
        check_range(self, "familiar", low=1)
        check_range(self, "active", low=1, high=self.lines // 2, what="half of the lines")
        if not self.sizes:
            raise SpecError("sizes []; needed: at least one mac")
        if not self.overlaps or not 0 <= min(self.overlaps) <= max(self.overlaps) <= self.active:
            raise SpecError(f"overlaps {list(self.overlaps)}; needed: 0 to active {self.active}")

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
        check_range(self, "length", "modules", "units", low=2)
        check_range(self, "most", low=1, high=self.lines // 2, what="half of the lines")
        check_range(self, "least", low=1, high=self.most, what="most")
        check_range(self, "moved", low=0, high=self.least, what="least")

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
        check_range(self, "length", low=2)
        check_range(self, "new", low=1)

    def objections(self, _described: Described) -> Iterator[Objection]:
        """Yield fields larger than what they look at, and a folder with too few clips, or none."""
        from networks.inputs.clips import HEIGHT, WIDTH

        height, width, seen = HEIGHT, WIDTH, "pixels"
        for number, level in enumerate(self.levels):
            if level.side > min(height, width):
                message = f"fields of {level.side} {seen} in {height} x {width}"
                yield Objection(("experiment", "levels", number, "side"), message)
            height = width = level.grid
            seen = "macs"
        if self.folder:
            yield from self._lacking()

    def _lacking(self) -> Iterator[Objection]:
        """Yield that the folder of clips is not there, or holds less than is asked for."""
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
