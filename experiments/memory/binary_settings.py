"""Settings of the experiments on binary sparse memories; light."""

from __future__ import annotations

from dataclasses import dataclass, replace

from experiments.memory.trials import (
    QUICK_NETWORKS,
    QUICK_PROBES,
    check_damage,
    check_trials,
    quick_loads,
)
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class WillshawStudy:
    """Measure recall, fill and spurious units of a Willshaw memory against its theory.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer patterns are stored.
    size : int
        N, units.
    active : int
        k, active units of a pattern.
    erase, insert : int
        Active units that a cue lacks, and others that it has instead.
    threshold : int, optional
        A unit becomes active if it hears this many; without it the k largest sums win. With
        autapses all correct units of a cue, `active - erase`, is what Willshaw proposed.
    iterations : int
        Most steps of one recall; 1 with a threshold, whose theory covers one step.
    autapses : bool
        Whether a unit may connect to itself.
    """

    loads: tuple[int, ...]
    networks: int = 8
    probes: int = 300
    size: int = 1000
    active: int = 10
    erase: int = 5
    insert: int = 0
    threshold: int | None = None
    iterations: int = 1
    autapses: bool = True

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        check_damage(self.active, self.size, self.erase, self.insert)
        if self.iterations < 1 or (self.threshold is not None and self.iterations > 1):
            raise SpecError(
                f"iterations {self.iterations}; needed: at least 1, and 1 with a threshold"
            )
        if self.threshold is not None and not 0 < self.threshold <= self.size:
            raise SpecError(f"threshold {self.threshold}; needed: 1 to {self.size}")

    def quick(self) -> WillshawStudy:
        """Return the same experiment at the size of a test."""
        return replace(
            self, loads=quick_loads(self.loads), networks=QUICK_NETWORKS, probes=QUICK_PROBES
        )
