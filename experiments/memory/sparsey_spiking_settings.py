"""Settings of the experiment on a spiking mac; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from experiments.memory.settings import Time
from experiments.memory.trials import check_trials, quick_loads
from networks.bounds import check_range
from networks.memories.sparsey.settings import Selection
from networks.objections import Described, Objection, engine_objections, missing
from neuro.errors import SpecError
from neuro.units import parse

# Populations and projections of the network that is played on.
PIXELS, TEACHER, START, STOP = "pixels", "teacher", "start", "stop"
CELLS, STOPPERS = "cells", "stoppers"
UP, TO_STOPPERS, FROM_STOPPERS = "up", "cells_stoppers", "stoppers_cells"
PLAYED = (UP, "teacher_cells", "start_cells", "stop_cells", TO_STOPPERS, FROM_STOPPERS)


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
        check_range(self, "active", low=1)
        check_range(self, "replaced", low=0, high=self.active, what="active pixels")
        if not self.replaced:
            raise SpecError("replaced []; needed: at least one number")
        for name in ("item", "ramp", "rest"):
            if getattr(self, name).value <= 0:
                raise SpecError(f"{name} {getattr(self, name).text}; needed: above 0 s")

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield what is wrong with the network on which the experiment plays."""
        yield from engine_objections(described, "synapses between lessons")
        sizes = {}
        for name in (PIXELS, TEACHER, START, STOP, CELLS, STOPPERS):
            yield from missing(("populations",), name, described.populations, "population")
            population = described.populations.get(name)
            sizes[name] = population.size if population is not None else 0
        for name in PLAYED:
            yield from missing(("projections",), name, described.projections, "projection")
        cells, modules, pixels = sizes[CELLS], sizes[STOPPERS], sizes[PIXELS]
        if cells and modules and cells % modules:
            message = f"{modules} modules cannot share {cells} cells; needed: as many in each"
            yield Objection(("populations", STOPPERS, "size"), message)
        if cells and sizes[TEACHER] not in (0, cells):
            message = f"expected {cells}, as population '{CELLS}', not {sizes[TEACHER]}"
            yield Objection(("populations", TEACHER, "size"), message)
        if pixels and self.active + max(self.replaced) > pixels:
            message = (
                f"{pixels} pixels; experiment.active and replaced need {self.active} and "
                f"{max(self.replaced)} others"
            )
            yield Objection(("populations", PIXELS, "size"), message)

    def quick(self) -> SparseySpiking:
        """Return the same experiment at the size of a test."""
        return replace(
            self, loads=quick_loads(self.loads), networks=1, probes=min(self.probes, 5),
            replaced=self.replaced[:1],
        )  # fmt: skip
