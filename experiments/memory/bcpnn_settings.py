"""Settings of the spiking attractor memory that estimates log odds; light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Annotated

from experiments.memory.trials import check_loads, check_trials
from networks.objections import Described, Objection, engine_objections, missing, unlike
from neuro.errors import SpecError
from neuro.units import Dim, Quantity, parse

Time = Annotated[Quantity, Dim("second")]
RULE = "bcpnn"


@dataclass(frozen=True, slots=True)
class Timing:
    """Say when what happens in a presentation and in a trial.

    Attributes
    ----------
    interval : Time
        A cell that is shown fires once in each, at a random phase of its own.
    shown : Time
        How long a pattern or a cue is shown: whole intervals.
    period : Time
        From one pattern to the next.
    settle, read : Time
        From the end of a cue to the time in which spikes are counted, and that time.
    trial : Time
        From one cue to the next: the rest of it, in which activity is stopped, clears all currents.
    """

    interval: Time = parse("10 ms")
    shown: Time = parse("60 ms")
    period: Time = parse("100 ms")
    settle: Time = parse("40 ms")
    read: Time = parse("40 ms")
    trial: Time = parse("280 ms")

    def __post_init__(self) -> None:
        for name in ("interval", "read"):
            if getattr(self, name).value <= 0:
                raise SpecError(f"{name} {getattr(self, name).text}; needed: above 0 s")
        if self.settle.value < 0:
            raise SpecError(f"settle {self.settle.text}; needed: 0 s or more")
        if not self.interval.value <= self.shown.value <= self.period.value:
            raise SpecError(
                f"shown {self.shown.text}; needed: from one interval, {self.interval.text}, to one "
                f"period, {self.period.text}"
            )
        if self.shown.value + self.settle.value + self.read.value >= self.trial.value:
            raise SpecError(f"trial {self.trial.text} ends before its spikes are counted")

    @property
    def n_intervals(self) -> int:
        """Return how often a cell that is shown fires."""
        return round(self.shown.value / self.interval.value)


@dataclass(frozen=True, slots=True)
class SpacingSettings:
    """Say how often and how far apart patterns are shown in a list.

    Attributes
    ----------
    gaps : tuple of int
        Other patterns between one presentation and the next.
    times : int
        Presentations of each pattern of the list.
    items : int
        Patterns of the list; a multiple of every gap + 1, because gaps hold patterns of the list.
    before, retention : int
        Other patterns before the list; and after the last presentation of a pattern, mean of the
        list, the same for all gaps.
    silenced : int
        Modules that a cue leaves silent.
    """

    gaps: tuple[int, ...] = (0, 1, 3, 11)
    times: int = 4
    items: int = 12
    before: int = 100
    retention: int = 150
    silenced: int = 14

    def __post_init__(self) -> None:
        if not self.gaps or self.gaps[0] < 0 or list(self.gaps) != sorted(set(self.gaps)):
            raise SpecError(f"gaps {list(self.gaps)}; needed: ascending numbers from 0")
        for name in ("times", "items"):
            if getattr(self, name) < 1:
                raise SpecError(f"{name} {getattr(self, name)}; needed: at least 1")
        for gap in self.gaps:
            if self.items % (gap + 1):
                raise SpecError(f"items {self.items}; needed: a multiple of {gap + 1}, for {gap=}")
        if self.before < 0 or self.retention < self.items * self.times:
            raise SpecError(
                f"before {self.before} and retention {self.retention}; needed: 0 or more, and at "
                f"least {self.items * self.times}, the whole list"
            )


@dataclass(frozen=True, slots=True)
class HoldingSettings:
    """Say how long a sample is to stay active after it was shown.

    Attributes
    ----------
    loads : tuple of int
        Patterns that the network has learnt, ascending.
    delays : tuple of Time
        From the end of a sample to the time in which spikes are counted, ascending.
    samples : int
        Of the learnt patterns, at most; as many that were never learnt are shown, too.
    """

    loads: tuple[int, ...] = (40, 100, 160)
    delays: tuple[Time, ...] = (
        parse("40 ms"),
        parse("150 ms"),
        parse("500 ms"),
        parse("1 s"),
        parse("2 s"),
    )
    samples: int = 8

    def __post_init__(self) -> None:
        check_loads(self.loads)
        values = [each.value for each in self.delays]
        if not values or values[0] < 0 or values != sorted(set(values)):
            shown = ", ".join(each.text for each in self.delays)
            raise SpecError(f"delays {shown}; needed: at least one, ascending from 0 s")
        if self.samples < 1:
            raise SpecError(f"samples {self.samples}; needed: at least 1")


@dataclass(frozen=True, slots=True)
class BcpnnStudy:
    """Let spiking cells whose synapses estimate log odds store patterns, and recall them.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer patterns are stored.
    modules : int
        Modules of cells, one of each active in a pattern.
    silenced : int
        Modules that a cue leaves silent.
    aged : int
        Patterns after which every one of them is asked for, by age; 0 for none.
    spacing : SpacingSettings, optional
        Massed and spaced presentation; left out if null.
    holding : HoldingSettings, optional
        How long samples stay active; left out if null.
    theory : int
        Networks of units at constant rates that are averaged for a theory.
    timing : Timing
        When what happens.
    cells, cue, tired, stop : str
        Populations: the memory's cells; sources that show patterns, one by synapses that do not
        tire and one by synapses that do; the source that ends a trial.
    recurrent : str
        The projection that learns.
    """

    loads: tuple[int, ...]
    networks: int = 5
    probes: int = 40
    modules: int = 20
    silenced: int = 10
    aged: int = 200
    spacing: SpacingSettings | None = field(default_factory=SpacingSettings)
    holding: HoldingSettings | None = field(default_factory=HoldingSettings)
    theory: int = 20
    timing: Timing = field(default_factory=Timing)
    cells: str = "cells"
    cue: str = "cue"
    tired: str = "tired"
    stop: str = "stop"
    recurrent: str = "recurrent"

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        if self.modules < 2:
            raise SpecError(f"modules {self.modules}; needed: at least 2")
        if not 0 <= self.silenced < self.modules:
            raise SpecError(f"silenced {self.silenced} of {self.modules} modules")
        if self.spacing is not None and not 0 <= self.spacing.silenced < self.modules:
            raise SpecError(f"spacing.silenced {self.spacing.silenced} of {self.modules} modules")
        if self.aged < 0 or self.theory < 1:
            raise SpecError(f"aged {self.aged}, theory {self.theory}; needed: from 0, from 1")

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield what is wrong with the network on which the experiment plays."""
        yield from engine_objections(described, "synapses and answers between phases")
        for role in ("cells", "cue", "tired", "stop"):
            name = getattr(self, role)
            yield from missing(("experiment", role), name, described.populations, "population")
        at = ("experiment", "recurrent")
        yield from missing(at, self.recurrent, described.projections, "projection")
        cells = described.populations.get(self.cells)
        if cells is not None and (cells.size % self.modules or cells.size <= self.modules):
            message = f"{self.modules} modules of {cells.size} cells; needed: of 2 or more each"
            yield Objection(("experiment", "modules"), message)
        for source in (self.cue, self.tired):
            yield from unlike(described, source, self.cells)
        yield from self._rule(described)

    def _rule(self, described: Described) -> Iterator[Objection]:
        learning = described.projections.get(self.recurrent)
        if learning is None:
            return
        at = ("projections", learning.name, "plasticity")
        if learning.plasticity is None or learning.plasticity.rule.name != RULE:
            message = f"needs plasticity by rule '{RULE}', as experiment.recurrent"
            yield Objection(at[:2], message)
            return
        given = learning.plasticity.parameters
        if not all(isinstance(value, Quantity) for value in given.values()):
            yield Objection(at, "needs one value of each parameter, for theory")
        elif given["tau_zi"] != given["tau_zj"]:
            yield Objection(at, "needs tau_zi and tau_zj that are equal, for theory")

    def quick(self) -> BcpnnStudy:
        """Return the same experiment at the size of a test: few patterns and cues."""
        small = self.spacing and replace(
            self.spacing, gaps=(1,), times=2, items=2, before=0, retention=4
        )
        held = self.holding and replace(
            self.holding, loads=(2,), delays=self.holding.delays[:2], samples=1
        )
        return replace(
            self, loads=(1, 2), networks=1, probes=2, aged=0, spacing=small, holding=held, theory=2
        )
