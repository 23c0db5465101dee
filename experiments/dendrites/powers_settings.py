"""Settings of the memory whose dendrites raise overlaps to a power; light."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from experiments.memory.trials import check_trials
from networks.bounds import check_order, check_range
from networks.memories.power import Power
from networks.objections import Described, Objection, engine_objections, missing, unlike
from neuro.errors import SpecError

ROLES = ("cue", "segments", "cells", "begin", "read", "end")
WIRED = ("dendrites", "told")


@dataclass(frozen=True, slots=True)
class DendritePowers:
    """Ask what a memory holds whose segments tell a power of their coincident spikes, or a step.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer patterns are stored.
    active : int
        k, active cells of a pattern.
    erase : int
        Cells of the pattern that a cue lacks.
    degrees : tuple of int
        Powers that are compared, ascending; units interact one more at a time.
    lacking : tuple of int
        Steps that are compared, too: how many cells of the cue may be missing for a segment to
        tell, ascending from 0.
    cue, segments, cells, begin, read, end : str
        Populations: sources of cues, segments, cells, and pulses that open cells, read segments,
        and close cells.
    """

    loads: tuple[int, ...]
    networks: int = 5
    probes: int = 50
    active: int = 10
    erase: int = 5
    degrees: tuple[int, ...] = (1, 2, 3)
    lacking: tuple[int, ...] = (0, 1)
    cue: str = "cue"
    segments: str = "segments"
    cells: str = "cells"
    begin: str = "begin"
    read: str = "read"
    end: str = "end"

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        if not 0 <= self.erase < self.active:
            raise SpecError(f"erase {self.erase} of {self.active} active cells")
        check_range(self, "degrees", low=1, high=6)
        check_order("degrees", self.degrees)
        if self.lacking:
            check_order("lacking", self.lacking)
        check_range(self, "lacking", low=0, high=self.active - self.erase - 1)

    @property
    def cued(self) -> int:
        """Return c, the cells of a cue."""
        return self.active - self.erase

    @property
    def powers(self) -> dict[str, Power]:
        """Return what segments tell, by name."""
        names = {1: "linear", 2: "square", 3: "cube"}
        found = {names.get(degree, f"power {degree}"): Power(degree) for degree in self.degrees}
        for lacking in self.lacking:
            found[f"step_{self.cued - lacking}"] = Power(step=self.cued - lacking)
        return found

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield what is wrong with the network on which the experiment plays."""
        yield from engine_objections(described, "answers between phases")
        for role in ROLES:
            at = ("experiment", role)
            yield from missing(at, getattr(self, role), described.populations, "population")
        for name in WIRED:
            yield from missing(("projections", name), name, described.projections, "projection")
        cells = described.populations.get(self.cells)
        if cells is not None and self.active >= cells.size:
            message = f"{self.active} active of {cells.size} cells; expected 1 to {cells.size - 1}"
            yield Objection(("experiment", "active"), message)
        yield from unlike(described, self.cue, self.cells)

    def quick(self) -> DendritePowers:
        """Return the same experiment at the size of a test."""
        return replace(
            self,
            loads=(10, 40),
            networks=1,
            probes=5,
            degrees=self.degrees[-1:],
            lacking=self.lacking[:1],
        )
