"""Settings of the experiment on branches that learn; light, because every validation reads them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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
        if not self.name.isidentifier() or self.sites < 1 or self.power < 1:
            raise SpecError(
                f"name {self.name!r}, sites {self.sites}, power {self.power}; needed: a word, at "
                f"least 1, at least 1"
            )


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
        if not self.neurons or len({each.name for each in self.neurons}) < len(self.neurons):
            raise SpecError("neurons: at least one, each with a name of its own")
        for each in self.neurons:
            if self.sites % each.sites:
                raise SpecError(f"sites {self.sites} cannot be laid on branches of {each.sites}")
        if not self.loads or self.loads[0] < 1 or list(self.loads) != sorted(set(self.loads)):
            raise SpecError(f"loads {list(self.loads)}; needed: ascending numbers from 1")
        if not 0 < self.active <= self.lines or self.networks < 1:
            raise SpecError(f"active {self.active} of {self.lines} lines, {self.networks} networks")

    def quick(self) -> DendriteCapacity:
        """Return the same experiment at the size of a test."""
        return replace(self, networks=2, loads=self.loads[:2], swaps=min(self.swaps, 3))
