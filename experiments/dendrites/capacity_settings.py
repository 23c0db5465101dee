"""Settings of the experiment on branches that learn; light, because every validation reads them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from experiments.memory.trials import check_loads
from networks.bounds import check_range
from networks.objections import Described, Objection
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Branching:
    """Say how the sites of a neuron are laid out.

    Attributes
    ----------
    name : str
        Of the metrics and in the legend.
    sites : int
        k, sites of a branch; all sites on one branch and power 1 is a linear neuron.
    power : float
        Of the branch's nonlinearity.
    """

    name: str
    sites: int
    power: float = 1.0

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise SpecError(f"name {self.name!r}; needed: a word")
        check_range(self, "sites", "power", low=1)


@dataclass(frozen=True, slots=True)
class CountedBits:
    """Say for which neuron the bits of all branch sizes are counted.

    Attributes
    ----------
    sites, lines : int
        s and d.
    branches : tuple of int
        m, each a divisor of s.
    """

    sites: int = 10_000
    lines: int = 400
    branches: tuple[int, ...] = (10, 100, 500, 1000, 2000, 5000)

    def __post_init__(self) -> None:
        check_range(self, "sites", "lines", "branches", low=1)
        if not self.branches or any(self.sites % each for each in self.branches):
            raise SpecError(
                f"branches {list(self.branches)}; needed: divisors of {self.sites} sites"
            )


@dataclass(frozen=True, slots=True)
class DendriteCapacity:
    """Let neurons of equal numbers of synapses learn random classes by moving synapses.

    Attributes
    ----------
    neurons : tuple of Branching
        What is compared; the first one is the linear neuron.
    loads : tuple of int
        Numbers of patterns, ascending.
    lines, sites : int
        d, and s of each of the two cells.
    active : int
        Active lines of a pattern.
    networks : int
        Independent neurons with patterns of their own; confidence intervals are across these.
    swaps, poor, candidates : int
        Swaps tried for each site; sites and lines that are compared for each.
    temperature : float
        At which worse swaps are accepted at first.
    tolerated : float
        Fraction of errors up to which patterns count as learnt.
    bits : CountedBits
        The neuron whose capacity is counted in closed form.
    """

    neurons: tuple[Branching, ...]
    loads: tuple[int, ...]
    lines: int = 100
    sites: int = 400
    active: int = 30
    networks: int = 5
    swaps: int = 30
    poor: int = 10
    candidates: int = 10
    temperature: float = 0.1
    tolerated: float = 0.05
    bits: CountedBits = field(default_factory=CountedBits)

    def __post_init__(self) -> None:
        if not self.neurons:
            raise SpecError("neurons: at least one")
        check_loads(self.loads)
        check_range(self, "lines", "sites", "networks", "poor", "candidates", low=1)
        check_range(self, "active", low=1, high=self.lines, what="lines")
        check_range(self, "swaps", "temperature", low=0)
        check_range(self, "tolerated", low=0, high=1)

    def objections(self, _described: Described) -> Iterator[Objection]:
        """Yield neurons of one name, and branches on which the sites cannot be laid."""
        names = [each.name for each in self.neurons]
        for number, each in enumerate(self.neurons):
            at = ("experiment", "neurons", number)
            if each.name in names[:number]:
                yield Objection((*at, "name"), f"two neurons are called '{each.name}'")
            if self.sites % each.sites:
                message = f"{self.sites} sites cannot be laid on branches of {each.sites}"
                yield Objection((*at, "sites"), message, (("experiment", "sites"),))

    def quick(self) -> DendriteCapacity:
        """Return the same experiment at the size of a test."""
        return replace(self, networks=2, loads=self.loads[:2], swaps=min(self.swaps, 3))
