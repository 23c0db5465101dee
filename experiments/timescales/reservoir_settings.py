"""Settings of the memory of a spiking reservoir; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from networks.objections import WATCHABLE, Described, Objection
from neuro.errors import SpecError
from neuro.units import Dim, Quantity, parse

Time = Annotated[Quantity, Dim("second")]
POPULATIONS = ("input", "cells")


@dataclass(frozen=True, slots=True)
class ReservoirMemory:
    """Measure how much of past inputs can be read out of the spikes of a described network.

    The network has a source of spikes, `input`, and `cells` that are read; whatever else it has is
    free. A number from -1 to 1 is held for an interval, in which the more input cells fire, the
    larger it is, each once and one after the other.

    Attributes
    ----------
    networks : int
        Independent ones, each with numbers of its own.
    inputs : int
        Numbers, one after the other.
    hold : Quantity
        Length of an interval.
    delays : int
        To how many intervals before memory is asked.
    washout : int
        Intervals at the beginning that are left out; at least as many as delays.
    trace : Quantity
        Time constant with which spikes are summed up before they are read out.
    """

    networks: int = 3
    inputs: int = 2000
    hold: Time = parse("10 ms")
    delays: int = 25
    washout: int = 100
    trace: Time = parse("20 ms")

    def __post_init__(self) -> None:
        if self.networks < 1 or not 1 <= self.delays <= self.washout:
            raise SpecError(
                f"networks {self.networks}, delays {self.delays}, washout {self.washout}; needed: "
                "at least 1, from 1 to the washout"
            )
        if self.inputs < self.washout + 20:
            raise SpecError(f"{self.inputs} inputs; needed: 20 more than the washout at least")
        if min(self.hold.value, self.trace.value) <= 0:
            raise SpecError("hold and trace must be above 0")

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield everything that would keep the experiment from running on a network."""
        simulation = described.simulation
        if simulation is not None and simulation.engine not in WATCHABLE and self.networks > 1:
            yield Objection(
                ("experiment", "networks"),
                f"{self.networks} networks; engine '{simulation.engine}' runs one program: 1",
                (("simulation", "engine"),),
            )
        for name in POPULATIONS:
            if name not in described.populations:
                yield Objection(("experiment",), f"needs population '{name}'", (("populations",),))
        source = described.populations.get("input")
        if simulation is None or source is None:
            return
        n_steps = self.hold.value / simulation.dt.value
        if abs(n_steps - round(n_steps)) > 1e-6 or round(n_steps) < source.size:
            yield Objection(
                ("experiment", "hold"),
                f"{n_steps:g} steps for {source.size} input cells that fire one after the other; "
                "needed: whole steps, as many as cells at least",
                (("simulation", "dt"), ("populations", "input", "size")),
            )

    def quick(self) -> ReservoirMemory:
        """Return the same experiment at the size of a test: one network, few numbers."""
        return replace(self, networks=1, inputs=100, delays=4, washout=20)
