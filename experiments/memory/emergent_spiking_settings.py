"""Settings of the spiking network that becomes a binary sparse memory; light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated

from experiments.memory.trials import check_trials
from networks.objections import Described, Objection, engine_objections, missing, unlike
from neuro.errors import SpecError
from neuro.units import Dim, Quantity, parse

Time = Annotated[Quantity, Dim("second")]
QUICK_LOADS, QUICK_PROBES = (2, 4), 4


@dataclass(frozen=True, slots=True)
class Cycle:
    """Say when what happens in a presentation or a trial.

    Attributes
    ----------
    period : Time
        From one presentation to the next.
    trial : Time
        From one cue to the next: late waves of a trial, and the refractory times and currents
        that they leave, are over by then.
    jitter : Time
        The spikes of a presentation are spread evenly over this time; those of a cue come at once.
    read : Time
        Cells that fire within this time of a cue are recalled: the cue itself and its answer.
    pause : Time
        After each message, and between learning and recall.
    """

    period: Time = parse("50 ms")
    trial: Time = parse("250 ms")
    jitter: Time = parse("3 ms")
    read: Time = parse("16 ms")
    pause: Time = parse("100 ms")

    def __post_init__(self) -> None:
        for name in ("period", "trial", "read"):
            if getattr(self, name).value <= 0:
                raise SpecError(f"{name} {getattr(self, name).text}; needed: above 0 s")
        if self.jitter.value < 0 or self.pause.value < 0:
            raise SpecError("jitter and pause must be 0 s or more")
        if self.read.value > self.trial.value or self.jitter.value > self.period.value:
            raise SpecError("read must not be longer than a trial, jitter not than a period")


@dataclass(frozen=True, slots=True)
class EmergentSpiking:
    """Let spiking cells under noise become a binary sparse memory by consolidated learning.

    Attributes
    ----------
    loads : tuple of int
        Numbers of learnt messages at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer messages are learnt.
    active : int
        k, active cells of a message.
    repetitions : int
        R, noisy presentations of each message.
    noise_erase, noise_insert : float
        Chance that a cell of the message does not hear it, and that another one does.
    erase : int
        Cells of the message that a cue lacks at recall.
    cells, cue : str
        Populations: the memory's cells and the source of messages.
    recurrent : str
        The projection that learns.
    cycle : Cycle
        When what happens.
    """

    loads: tuple[int, ...]
    networks: int = 3
    probes: int = 50
    active: int = 10
    repetitions: int = 20
    noise_erase: float = 0.2
    noise_insert: float = 0.01
    erase: int = 5
    cells: str = "cells"
    cue: str = "cue"
    recurrent: str = "recurrent"
    cycle: Cycle = field(default_factory=Cycle)

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        if not 0 <= self.erase < self.active:
            raise SpecError(f"erase {self.erase} of {self.active} active cells")
        if self.repetitions < 1:
            raise SpecError(f"repetitions {self.repetitions}; needed: at least 1")
        for name in ("noise_erase", "noise_insert"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpecError(f"{name} {getattr(self, name)}; needed: 0 to 1")

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield what is wrong with the network on which the experiment plays."""
        yield from engine_objections(described, "synapses and answers between phases")
        for role in ("cells", "cue"):
            at = ("experiment", role)
            yield from missing(at, getattr(self, role), described.populations, "population")
        at = ("experiment", "recurrent")
        yield from missing(at, self.recurrent, described.projections, "projection")
        cells = described.populations.get(self.cells)
        if cells is not None and self.active >= cells.size:
            message = f"{self.active} active of {cells.size} cells; expected 1 to {cells.size - 1}"
            yield Objection(("experiment", "active"), message)
        yield from unlike(described, self.cue, self.cells)
        learning = described.projections.get(self.recurrent)
        if learning is not None and learning.plasticity is None:
            message = "needs plasticity, as experiment.recurrent"
            yield Objection(("projections", learning.name), message)

    def quick(self) -> EmergentSpiking:
        """Return the same experiment at the size of a test: few messages and cues."""
        return replace(self, loads=QUICK_LOADS, networks=1, probes=QUICK_PROBES)
