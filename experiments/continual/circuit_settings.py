"""Settings of the lateral circuit of spiking subspace neurons; light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated

from networks.objections import Described, Objection, engine_objections
from neuro.errors import SpecError
from neuro.units import Dim, Quantity, parse

Time = Annotated[Quantity, Dim("second")]
Rate = Annotated[Quantity, Dim("hertz")]
# Roles that a network must fill: populations, then projections.
POPULATIONS = ("input", "population", "subspace")
PROJECTIONS = ("onto", "back")


@dataclass(frozen=True, slots=True)
class HlopCircuit:
    """Let spiking subspace neurons learn the principal subspace of a population's traces.

    Factors, each of which drives all cells by strengths of its own, are on or off at random, anew
    in every interval; cells fire as independent Poisson processes at the sum of their strengths.
    The network has populations `input` (a source of spikes), `population` (with the trace u) and
    `subspace`, and projections `onto` the subspace neurons and `back`.

    Attributes
    ----------
    networks : int
        Independent networks, each with factors and initial weights of its own.
    factors : int
        How many.
    on : float
        Chance of a factor to be on.
    rate : Quantity
        Greatest rate that one factor gives a cell; strengths are fourth powers of uniform numbers,
        so that each factor drives some cells much and most of them little.
    hold : Quantity
        Length of an interval.
    duration, every : Quantity
        Length of learning, and how often angles are measured meanwhile.
    trace : Quantity
        Time constant of the traces that principal components are taken of; that of u.
    """

    networks: int = 5
    factors: int = 4
    on: float = 0.3
    rate: Rate = parse("60 Hz")
    hold: Time = parse("200 ms")
    duration: Time = parse("300 s")
    every: Time = parse("15 s")
    trace: Time = parse("40 ms")

    def __post_init__(self) -> None:
        if self.networks < 1 or self.factors < 1 or not 0 < self.on < 1:
            raise SpecError(
                f"networks {self.networks}, factors {self.factors}, on {self.on}; needed: at "
                "least 1, at least 1, between 0 and 1"
            )
        for name in ("rate", "hold", "every", "trace"):
            if getattr(self, name).value <= 0:
                raise SpecError(f"{name} must be above 0")
        if self.duration.value < self.every.value:
            raise SpecError("duration is shorter than every")

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield everything that would keep the experiment from running on a network."""
        yield from engine_objections(described, "weights between phases")
        for kind, names in (("populations", POPULATIONS), ("projections", PROJECTIONS)):
            found = getattr(described, kind)
            for name in names:
                if name not in found:
                    yield Objection(("experiment",), f"needs {kind[:-1]} '{name}'", ((kind,),))

    def quick(self) -> HlopCircuit:
        """Return the same experiment at the size of a test: too short to learn much."""
        return replace(self, networks=2, duration=parse("4 s"), every=parse("2 s"))
