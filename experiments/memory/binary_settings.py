"""Settings of the experiments on binary sparse memories; light."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from experiments.memory.trials import check_damage, check_trials, check_winners, quick
from neuro.errors import SpecError

Variant = Literal["complete", "clean_willshaw", "no_energy_limit", "no_consolidation"]


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
        if self.threshold is None:
            check_winners(self.active, self.size, self.insert)
        heard = self.active - self.erase + self.insert
        if self.threshold is not None and not 0 < self.threshold <= heard:
            raise SpecError(
                f"threshold {self.threshold}; needed: 1 to {heard}, the active units of a cue"
            )

    def quick(self) -> WillshawStudy:
        """Return the same experiment at the size of a test."""
        return quick(self)


@dataclass(frozen=True, slots=True)
class CliqueStudy:
    """Measure recall, ambiguity and density of a clique memory against its theory.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored messages at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer messages are stored.
    clusters : int
        c, clusters; a message has one active unit in each.
    units : int
        l, units of each cluster.
    erase : int
        c_e, clusters that a cue lacks.
    iterations : int, optional
        Most steps of one recall; without it until nothing changes. Closed forms know that, and one.
    """

    loads: tuple[int, ...]
    networks: int = 5
    probes: int = 300
    clusters: int = 8
    units: int = 256
    erase: int = 4
    iterations: int | None = None

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        if self.clusters < 2:
            raise SpecError(f"clusters {self.clusters}; needed: at least 2")
        if self.units < 2:
            raise SpecError(f"units {self.units}; needed: at least 2")
        if not 0 < self.erase < self.clusters:
            raise SpecError(f"erase {self.erase}; needed: 1 to {self.clusters - 1} clusters")
        if self.iterations is not None and self.iterations < 1:
            raise SpecError(f"iterations {self.iterations}; needed: at least 1, or null")

    def quick(self) -> CliqueStudy:
        """Return the same experiment at the size of a test."""
        return quick(self)


@dataclass(frozen=True, slots=True)
class CovarianceStudy:
    """Measure recall and the errors of units of a sparse covariance memory against its theory.

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
        k, active units of a pattern; the coding level f is k / N.
    erase, insert : int
        Active units that a cue lacks, and others that it has instead.
    threshold : float
        x, where the threshold lies between the drives of silent and active units, 0 to 1.
    """

    loads: tuple[int, ...]
    networks: int = 6
    probes: int = 300
    size: int = 1000
    active: int = 50
    erase: int = 0
    insert: int = 0
    threshold: float = 0.5

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        check_damage(self.active, self.size, self.erase, self.insert)
        if not 0 < self.threshold < 1:
            raise SpecError(f"threshold {self.threshold}; needed: between 0 and 1")

    def quick(self) -> CovarianceStudy:
        """Return the same experiment at the size of a test."""
        return quick(self)


@dataclass(frozen=True, slots=True)
class EmergentStudy:
    """Let a noisy recurrent network become a binary sparse memory, and take away what it needs.

    Attributes
    ----------
    loads : tuple of int
        Numbers of learnt messages at which recall is tested, ascending.
    networks : int
        Independent networks; confidence intervals are across these.
    probes : int
        Cues tried at each load, fewer if fewer messages are learnt.
    variants : tuple of str
        What is run: complete, clean_willshaw (a Willshaw memory that stores the same messages
        without noise, asked with the same cues), no_energy_limit (all that are called up stay
        active), no_consolidation (the first coincidence switches a synapse on).
    size : int
        n, units.
    active : int
        k, active units of a message.
    repetitions : int
        R, noisy presentations of each message.
    noise_erase, noise_insert : float
        Chance that an active unit is erased, and that another one is inserted.
    theta : int
        Coincidences within one message that consolidate a synapse.
    energy : int
        E_max, most units active at once.
    recruit : int
        Active units that a silent unit must hear to become active while a message is presented.
    leak : float
        What a tag loses in each presentation without coincidence.
    erase, insert : int
        Active units that a cue lacks at recall, and others that it has instead.
    iterations : int
        Most steps of one recall.
    """

    loads: tuple[int, ...]
    networks: int = 5
    probes: int = 200
    variants: tuple[Variant, ...] = (
        "complete", "clean_willshaw", "no_energy_limit", "no_consolidation",
    )  # fmt: skip
    size: int = 500
    active: int = 10
    repetitions: int = 30
    noise_erase: float = 0.2
    noise_insert: float = 0.01
    theta: int = 5
    energy: int = 12
    recruit: int = 6
    leak: float = 0.0
    erase: int = 5
    insert: int = 0
    iterations: int = 8

    def __post_init__(self) -> None:
        check_trials(self.loads, self.networks, self.probes)
        check_damage(self.active, self.size, self.erase, self.insert)
        check_winners(self.active, self.size, self.insert)
        if not self.variants or len(set(self.variants)) < len(self.variants):
            raise SpecError(f"variants {list(self.variants)}; needed: at least one, each once")
        for name in ("repetitions", "theta", "energy", "recruit", "iterations"):
            if getattr(self, name) < 1:
                raise SpecError(f"{name} {getattr(self, name)}; needed: at least 1")
        for name in ("noise_erase", "noise_insert"):
            if not 0 <= getattr(self, name) <= 1:
                raise SpecError(f"{name} {getattr(self, name)}; needed: 0 to 1")
        if self.leak < 0:
            raise SpecError(f"leak {self.leak}; needed: 0 or more")
        if self.theta > self.repetitions:
            raise SpecError(
                f"theta {self.theta} of {self.repetitions} repetitions: nothing is kept"
            )

    def quick(self) -> EmergentStudy:
        """Return the same experiment at the size of a test; long learning is left out."""
        return quick(replace(self, loads=self.loads[:2]))
