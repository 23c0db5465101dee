"""Settings of the experiment on branch strengths; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from networks.bounds import check_range
from networks.objections import Described, Objection, Path, engine_objections, missing
from neuro.errors import SpecError
from neuro.units import Frequency, Time, parse


@dataclass(frozen=True, slots=True)
class BranchRoles:
    """Name the parts of the network that the experiment plays on.

    Attributes
    ----------
    branches, soma : str
        Populations.
    strength : str
        Projection from the branches to the soma whose weights are their strengths.
    potential : str
        Variable of a branch that features drive.
    """

    branches: str = "branches"
    soma: str = "soma"
    strength: str = "strength"
    potential: str = "p"


@dataclass(frozen=True, slots=True)
class BranchStrength:
    """Let branches compete for objects, and ask the neuron for objects of exchanged features.

    Attributes
    ----------
    learnt, lures : tuple of tuple of str
        Objects: the populations of their features. Learnt ones are shown in turn while synapses
        learn; lures have the same features in other pairs.
    networks : int
        Independent neurons with input of their own.
    presentations : int
        Objects shown while synapses learn.
    tests : int
        How often each object is shown afterwards.
    rate, background : Frequency
        Poisson rates of cells whose feature is shown, and of the others.
    shown, pause : Time
        Length of a presentation, and of what follows it.
    settled : Time
        From the begin of a presentation until potentials are averaged.
    sample : Time
        How often potentials are looked at.
    selective : float
        Selectivity that a winning branch should exceed.
    roles : BranchRoles
        Which parts of the network do what.
    """

    learnt: tuple[tuple[str, ...], ...]
    lures: tuple[tuple[str, ...], ...]
    networks: int = 20
    presentations: int = 160
    tests: int = 10
    rate: Frequency = parse("40 Hz")
    background: Frequency = parse("1 Hz")
    shown: Time = parse("200 ms")
    pause: Time = parse("100 ms")
    settled: Time = parse("50 ms")
    sample: Time = parse("2 ms")
    selective: float = 0.8
    roles: BranchRoles = field(default_factory=BranchRoles)

    def __post_init__(self) -> None:
        if len(self.learnt) != 2:
            raise SpecError(f"learnt: {len(self.learnt)} objects; selectivity is between two")
        if not all((*self.learnt, *self.lures)):
            raise SpecError("learnt and lures: at least one feature of each object")
        check_range(self, "networks", "presentations", "tests", low=1)
        if not 0 <= self.settled.value < self.shown.value:
            raise SpecError(f"settled {self.settled.text}; needed: 0 s to shown, {self.shown.text}")
        for name in ("pause", "sample"):
            if getattr(self, name).value <= 0:
                raise SpecError(f"{name} {getattr(self, name).text}; needed: above 0 s")
        for name in ("rate", "background"):
            if getattr(self, name).value < 0:
                raise SpecError(f"{name} {getattr(self, name).text}; needed: 0 Hz or more")

    @property
    def objects(self) -> tuple[tuple[str, ...], ...]:
        """Return all objects, learnt ones first."""
        return (*self.learnt, *self.lures)

    def objections(self, described: Described) -> Iterator[Objection]:
        """Yield everything that would keep the experiment from running on a network."""
        yield from engine_objections(described, "weights between presentations")
        roles, populations = self.roles, described.populations
        for role in ("branches", "soma"):
            at = ("experiment", "roles", role)
            yield from missing(at, getattr(roles, role), populations, "population")
        at = ("experiment", "roles", "strength")
        yield from missing(at, roles.strength, described.projections, "projection")
        for name in ("learnt", "lures"):
            for number, features in enumerate(getattr(self, name)):
                for place, feature in enumerate(features):
                    yield from self._unfit(("experiment", name, number, place), feature, described)

    def _unfit(self, path: Path, feature: str, described: Described) -> Iterator[Objection]:
        """Yield that a feature is no population, or does not feed the branches once."""
        if feature not in described.populations:
            yield from missing(path, feature, described.populations, "population")
            return
        known = [each for each in described.projections.values() if each is not None]
        feeding = [
            each.name
            for each in known
            if (each.source, each.target) == (feature, self.roles.branches)
        ]
        is_whole = len(known) == len(described.projections)
        if is_whole and self.roles.branches in described.populations and len(feeding) != 1:
            yield Objection(
                path,
                f"{len(feeding)} projections from '{feature}' to '{self.roles.branches}'; needed: "
                "one",
            )

    def quick(self) -> BranchStrength:
        """Return the same experiment at the size of a test."""
        return replace(
            self, networks=min(self.networks, 2), presentations=min(self.presentations, 80),
            tests=min(self.tests, 2),
        )  # fmt: skip
