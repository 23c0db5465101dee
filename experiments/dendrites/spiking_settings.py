"""Settings of the experiment on spiking segments; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from networks.bounds import check_range
from networks.connectivity import FixedIndegree
from networks.objections import Described, Objection, engine_objections, missing
from neuro.errors import SpecError
from neuro.units import Quantity, Time, Voltage, parse


@dataclass(frozen=True, slots=True)
class SegmentRoles:
    """Name the parts of the network that the experiment plays on.

    Attributes
    ----------
    input : str
        Population whose active cells are the pattern.
    cells, counters : str
        Populations of neurons with an NMDA segment, and of their event-driven reduction.
    segments : str
        Projection whose connections are drawn, for all of these, once for each network.
    nmda, arrive, leave : str
        Projections that get the same connections: onto the segment; onto the count, as a spike
        arrives and as it leaves the window.
    """

    input: str = "input"
    cells: str = "cells"
    counters: str = "counters"
    segments: str = "ampa"
    nmda: str = "nmda"
    arrive: str = "arrive"
    leave: str = "leave"


@dataclass(frozen=True, slots=True)
class DendriteSpiking:
    """Compare plateaus of spiking neurons with the theory of segments that count.

    Attributes
    ----------
    active : tuple of int
        Active cells of random patterns, which a segment should not detect.
    learnt : int
        Active cells of the pattern that a segment has learnt.
    lost : tuple of int
        Cells of the learnt pattern that stay silent.
    patterns : int
        Patterns shown to each network at each number of active or lost cells.
    networks : int
        Independent networks; confidence intervals are across these.
    calibration : int
        Cells whose plateaus are counted at each step of the bisection.
    jitter : Time
        The spikes of a pattern are spread evenly over this time.
    interval : Time
        From one pattern to the next; long enough for NMDA receptors to close.
    sample : Time
        How often the voltage of a segment is looked at.
    level : Voltage
        A segment above it is depolarised.
    duration : Time
        A segment that is depolarised for longer has a plateau.
    roles : SegmentRoles
        Which parts of the network do what.
    """

    active: tuple[int, ...]
    learnt: int
    lost: tuple[int, ...]
    patterns: int = 40
    networks: int = 5
    calibration: int = 20
    jitter: Time = parse("2 ms")
    interval: Time = parse("400 ms")
    sample: Time = parse("1 ms")
    level: Voltage = parse("-40 mV")
    duration: Time = parse("40 ms")
    roles: SegmentRoles = field(default_factory=SegmentRoles)

    def __post_init__(self) -> None:
        for name in ("active", "lost"):
            if not getattr(self, name):
                raise SpecError(f"{name} []; needed: at least one number of cells")
        check_range(self, "active", low=0)
        check_range(self, "learnt", "patterns", "networks", "calibration", low=1)
        check_range(self, "lost", low=0, high=self.learnt, what="learnt cells")
        for name in ("interval", "sample", "duration"):
            if getattr(self, name).value <= 0:
                raise SpecError(f"{name}: {getattr(self, name).text} given; needed: above 0 s")
        if not 0 <= self.jitter.value < self.interval.value:
            raise SpecError(f"jitter {self.jitter.text}; needed: from 0 s, below interval")

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield everything that would keep the experiment from running on a network."""
        yield from engine_objections(described, "voltages while it runs")
        for role in ("input", "cells", "counters"):
            at = ("experiment", "roles", role)
            yield from missing(at, getattr(self.roles, role), described.populations, "population")
        for role in ("segments", "nmda", "arrive", "leave"):
            at = ("experiment", "roles", role)
            yield from missing(at, getattr(self.roles, role), described.projections, "projection")
        yield from self._crowded(described)
        yield from self._unlike(described)
        yield from self._steps(described)
        yield from self._uncounted(described)

    def _unlike(self, described: Described) -> Iterator[Objection]:
        """Yield parts that do not fit each other: connections of segments, and their number."""
        roles = self.roles
        at = ("projections", roles.segments, "connectivity")
        drawn = described.projections.get(roles.segments)
        for name in (roles.nmda, roles.arrive, roles.leave):
            other = described.projections.get(name)
            if drawn and other and other.connectivity != drawn.connectivity:
                message = f"differs from that of '{drawn.name}', whose connections it gets"
                yield Objection(("projections", name, "connectivity"), message, (at,))
        rule = drawn.connectivity if drawn else None
        if drawn and (not isinstance(rule, FixedIndegree) or rule.allow_multapses):
            yield Objection(at, "needed: fixed_indegree without multapses")
        cells, counters = (described.populations.get(n) for n in (roles.cells, roles.counters))
        if cells and counters and cells.size != counters.size:
            message = f"{counters.size}; needed: {cells.size}, as many as '{cells.name}'"
            place = ("populations", counters.name, "size")
            yield Objection(place, message, (("populations", cells.name, "size"),))

    def _steps(self, described: Described) -> Iterator[Objection]:
        """Yield times that are shorter than a step of the simulation."""
        dt = described.simulation.dt if described.simulation else None
        for name in ("interval", "sample", "duration"):
            time = getattr(self, name)
            if dt is not None and round(time.value / dt.value) < 1:
                message = f"{time.text} is shorter than simulation.dt, {dt.text}"
                yield Objection(("experiment", name), message, (("simulation", "dt"),))

    def _uncounted(self, described: Described) -> Iterator[Objection]:
        """Yield a window of the counters that is none, or shorter than the jitter of a pattern."""
        roles = self.roles
        first, last = (described.projections.get(name) for name in (roles.arrive, roles.leave))
        if first is None or last is None:
            return
        begin, end = first.synapse.delay, last.synapse.delay
        places = [("projections", each.name, "synapse", "delay") for each in (first, last)]
        for place, delay in zip(places, (begin, end), strict=True):
            if not isinstance(delay, Quantity):
                yield Objection(place, "needed: one delay for all synapses")
        if not isinstance(begin, Quantity) or not isinstance(end, Quantity):
            return
        if end.value <= begin.value:
            message = f"{end.text}; needed: above that of '{first.name}', {begin.text}"
            yield Objection(places[1], message, (places[0],))
        elif self.jitter.value >= end.value - begin.value:
            message = f"{self.jitter.text}; needed: below the window of the counters, from"
            yield Objection(
                ("experiment", "jitter"), f"{message} {begin.text} to {end.text}", tuple(places)
            )

    def _crowded(self, described: Described) -> Iterator[Objection]:
        """Yield patterns of more cells than there are, and of fewer than a segment has synapses."""
        source = described.populations.get(self.roles.input)
        if source is not None:
            for number, active in enumerate(self.active):
                if active > source.size:
                    message = f"{active} active of {source.size} cells of '{source.name}'"
                    yield Objection(("experiment", "active", number), message)
            if self.learnt > source.size:
                message = f"a pattern of {self.learnt} of {source.size} cells of '{source.name}'"
                yield Objection(("experiment", "learnt"), message)
        segments = described.projections.get(self.roles.segments)
        rule = segments.connectivity if segments is not None else None
        if isinstance(rule, FixedIndegree) and rule.indegree > self.learnt:
            yield Objection(
                ("experiment", "learnt"),
                f"a pattern of {self.learnt} cells; '{self.roles.segments}' puts {rule.indegree} "
                "synapses of a segment on different ones of them",
            )

    def quick(self) -> DendriteSpiking:
        """Return the same experiment at the size of a test."""
        return replace(
            self, active=self.active[-2:], lost=self.lost[-2:], patterns=1, networks=1,
            calibration=2,
        )  # fmt: skip
