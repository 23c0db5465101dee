"""Which synapses of a projection are not built: the rules that a projection may name.

None sees a task. This file declares; `networks.build.thinning` asks `plasticity.pruning`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal

from neuro.dimensions import FREQUENCY
from neuro.errors import SpecError
from neuro.units import Frequency, Quantity

When = Literal["after_build"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomPruning:
    """Keep as many synapses as asked for, all sets of them with the same chance.

    Attributes
    ----------
    density : float
        Share of the synapses that stays, above 0, at most 1.
    rescale : bool
        Divide the weights that stay by the density.
    when : {"after_build"}
        Once the synapses are drawn, before the first step.
    """

    rule: ClassVar[str] = "random"

    density: float
    rescale: bool = False
    when: When = "after_build"

    def __post_init__(self) -> None:
        check_density(self.density)


@dataclass(frozen=True, slots=True, kw_only=True)
class MagnitudePruning:
    """Keep the largest absolute weights.

    Attributes
    ----------
    density : float
        Share of the synapses that stays, above 0, at most 1.
    when : {"after_build"}
        Once the synapses are drawn, before the first step.
    """

    rule: ClassVar[str] = "magnitude"

    density: float
    when: When = "after_build"

    def __post_init__(self) -> None:
        check_density(self.density)


@dataclass(frozen=True, slots=True, kw_only=True)
class SketchPruning:
    """Keep synapses with a chance that grows with their weight, and divide the weight by it.

    Attributes
    ----------
    density : float
        Share of the synapses that stays in the mean, above 0, at most 1.
    power : float
        Of the absolute weight: 1 or 2.
    when : {"after_build"}
        Once the synapses are drawn, before the first step.
    """

    rule: ClassVar[str] = "sketch"

    density: float
    power: float = 1.0
    when: When = "after_build"

    def __post_init__(self) -> None:
        check_density(self.density)
        if self.power not in (1, 2):
            raise SpecError(f"power {self.power:g}; needed: 1 or 2")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoisePruning:
    """Keep synapses with the chance that the answers of the network to noise give them.

    The network is that of all populations of model `lif`, close to a working point.

    Attributes
    ----------
    density : float
        Share of the synapses that stays in the mean, above 0, at most 1.
    rate : Quantity
        At which every neuron of the network is taken to fire at the working point.
    rescale : bool
        Divide the weights that stay by their chances.
    when : {"after_build"}
        Once the synapses are drawn, before the first step.
    """

    rule: ClassVar[str] = "lyapunov_noise"

    density: float
    rate: Frequency = Quantity(10.0, FREQUENCY, "10 Hz")
    rescale: bool = True
    when: When = "after_build"

    def __post_init__(self) -> None:
        check_density(self.density)
        if self.rate.value < 0:
            raise SpecError(f"rate {self.rate.value:g} Hz; needed: 0 Hz or more")


Pruning = RandomPruning | MagnitudePruning | SketchPruning | NoisePruning
PRUNING: Mapping[str, type[Pruning]] = MappingProxyType(
    {each.rule: each for each in (RandomPruning, MagnitudePruning, SketchPruning, NoisePruning)}
)
#: Rules of `plasticity.pruning` that no projection can name, and why.
ELSEWHERE: Mapping[str, str] = MappingProxyType(
    {
        "activity": "needs the rates of the neurons, which only a run tells",
        "lnp": "takes neurons away and adds synapses: it prunes networks, not a projection",
        "random_search": "compares spectra of whole networks, not of a projection",
        "rewind": "trains in between",
        "gradual": "trains in between",
    }
)


def check_density(density: float) -> None:
    """Refuse a share of the synapses that no rule can keep."""
    if not 0 < density <= 1:
        raise SpecError(f"density {density:g}; needed: above 0, at most 1")
