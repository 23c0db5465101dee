"""Settings of the experiment on sparse distributed memory; light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from experiments.memory.trials import check_trials, quick
from neuro.errors import SpecError

Reading = Literal["locations", "circles", "softmax"]


@dataclass(frozen=True, slots=True)
class SdmStudy:
    """Measure what a sparse distributed memory reads, and what attention reads in its place.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer patterns are stored.
    reads : tuple of str
        What is asked, with the same patterns and cues: locations (the memory itself), circles
        (patterns weighed by the mean number of locations that they share with the query), softmax
        (by exp(beta cos), beta fitted to the circles). The first one's metrics bear plain names.
    size : int
        n, bits of a pattern.
    locations : int
        r, hard locations.
    radius : int, optional
        d, most bits in which an address differs from that of a location that hears it; left out,
        the least one of which (2 m r) ** (-1/3) of all addresses are heard, m the middle load.
    flip : int
        Bits of a cue that are wrong.
    iterations : int
        Most reads of one recall.
    reach : int, optional
        Distance up to which beta is fitted; the radius if left out.
    """

    loads: tuple[int, ...]
    networks: int = 6
    probes: int = 150
    reads: tuple[Reading, ...] = ("locations", "circles", "softmax")
    size: int = 256
    locations: int = 20000
    radius: int | None = None
    flip: int = 20
    iterations: int = 5
    reach: int | None = None

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        if not self.reads or len(set(self.reads)) < len(self.reads):
            raise SpecError(f"reads {list(self.reads)}; needed: at least one, each once")
        if self.size < 8:
            raise SpecError(f"size {self.size}; needed: at least 8 bits")
        for name in ("locations", "iterations"):
            if getattr(self, name) < 1:
                raise SpecError(f"{name} {getattr(self, name)}; needed: at least 1")
        half = self.size // 2
        if self.radius is not None and not 0 < self.radius <= half:
            raise SpecError(f"radius {self.radius} of {self.size} bits; needed: 1 to {half}")
        if not 0 <= self.flip < half:
            raise SpecError(f"flip {self.flip} of {self.size} bits; needed: 0 to {half - 1}")
        if self.reach is not None and not 1 <= self.reach <= half:
            raise SpecError(f"reach {self.reach}; needed: 1 to {half}")

    def quick(self) -> SdmStudy:
        """Return the same experiment at the size of a test."""
        return quick(replace(self, locations=min(self.locations, 2000)))
