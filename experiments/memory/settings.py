"""Settings of the experiments on memories; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from experiments.memory.objections import objections
from experiments.memory.trials import check_loads
from networks.objections import Described, Objection
from neuro.units import Dim, Quantity, parse

Codes = Literal["homeostatic", "whitened", "plain", "random"]
Time = Annotated[Quantity, Dim("second")]


@dataclass(frozen=True, slots=True)
class Condition:
    """Say what is stored, and how much of it.

    Attributes
    ----------
    codes : str
        homeostatic, whitened or plain codes of digits, or random patterns.
    loads : tuple of int
        Numbers of stored patterns at which recall is tested, ascending.
    """

    codes: Codes
    loads: tuple[int, ...]

    def __post_init__(self) -> None:
        check_loads(self.loads)


@dataclass(frozen=True, slots=True)
class Roles:
    """Name the parts of the network that the experiment plays on.

    Attributes
    ----------
    cells, cue, reset : str
        Populations: the memory's cells; the generators of cues and of the pulses between trials.
    recurrent, inhibition : str
        Projections that transmit during recall only; the first one learns.
    pixels, image, readout : str
        Populations of pixel cells and of the images shown to them, and the projection from the
        cells to the pixels. They are left out of all networks but the first.
    """

    cells: str = "exc"
    cue: str = "cue"
    reset: str = "reset"
    recurrent: str = "recurrent"
    inhibition: str = "inh_exc"
    pixels: str = "pixels"
    image: str = "image"
    readout: str = "readout"


@dataclass(frozen=True, slots=True)
class Timing:
    """Say when what is shown.

    Attributes
    ----------
    item : Time
        From one item to the next while learning; less the jitter, it is above the window of the
        rule, which would link neighbouring items, and above t_ref of the cells.
    jitter : Time
        The spikes of an item are spread evenly over this time.
    axons : Time
        Pause after learning, until all spikes on their way have arrived.
    settle : Time
        From a cue to the first pulse of the reset; above the delay of the recurrent projection.
    pulse : Time
        From one pulse of the reset to the next.
    pulses : int
        Pulses of a reset.
    pause : Time
        From the last pulse to the next cue.
    silence : Time
        Volleys of one trial are told apart by a silence longer than this.
    """

    item: Time = parse("6 ms")
    jitter: Time = parse("1 ms")
    axons: Time = parse("30 ms")
    settle: Time = parse("126 ms")
    pulse: Time = parse("4 ms")
    pulses: int = 20
    pause: Time = parse("12 ms")
    silence: Time = parse("10 ms")


@dataclass(frozen=True, slots=True)
class DigitMemory:
    """Store handwritten digits in a spiking memory and recall them from damaged cues.

    Attributes
    ----------
    conditions : tuple of Condition
        What is stored; the first one is the one that is recorded and drawn.
    networks : int
        Independent networks of each condition; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer patterns are stored.
    active : int
        k, active cells of a pattern.
    erase, insert : int
        Active cells that a cue lacks, and others that it has instead.
    iterations : int
        Most steps of the clocked oracle and of the theory: as many as volleys follow the cue's
        within `timing.settle`, which are 5 by default, so that both sides settle equally long.
    fitted : int
        Images on which the map from images to codes is fitted; none of them is stored.
    components : int
        Principal components of whitened codes.
    drawn_load : int
        Load at which digits are decoded, and damaged images are tried.
    workers : int
        Processes beside this one, 0 for none; results do not depend on it.
    timing : Timing
        When what is shown.
    roles : Roles
        Which parts of the network do what.
    """

    conditions: tuple[Condition, ...] = ()
    networks: int = 5
    probes: int = 20
    active: int = 50
    erase: int = 15
    insert: int = 15
    iterations: int = 5
    fitted: int = 4000
    components: int = 200
    drawn_load: int = 300
    workers: int = 2
    timing: Timing = field(default_factory=Timing)
    roles: Roles = field(default_factory=Roles)

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield everything that would keep the experiment from running on a network."""
        return objections(self, described)

    def alone(self) -> DigitMemory:
        """Return the same experiment, run by this process."""
        return replace(self, workers=0)

    def quick(self) -> DigitMemory:
        """Return the same experiment at the size of a test: one network, few items.

        The other networks, which have no image layer, are another program to compile.
        """
        return replace(
            self, conditions=(replace(self.conditions[0], loads=QUICK_LOADS),), networks=1,
            probes=2, fitted=400, components=50, drawn_load=QUICK_LOADS[-1], workers=0,
        )  # fmt: skip


QUICK_LOADS = (5, 20)
