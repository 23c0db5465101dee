"""Settings of synapses that learn on and on; light, because validation reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from networks.bounds import check_range
from neuro.errors import SpecError

SynapseKind = Literal[
    "additive", "binary", "bounded", "cascade", "fast_slow", "chain", "rounded_chain"
]
KINDS: tuple[SynapseKind, ...] = get_args(SynapseKind)


@dataclass(frozen=True, slots=True)
class SynapseSettings:
    """Hold what the kinds of synapses are told.

    Attributes
    ----------
    chance : float
        q of `binary`: how likely it follows an event.
    levels : int
        Values of `bounded`, from -1 to +1.
    depth : int
        States of each sign of `cascade`.
    ratio : float
        x of `cascade`: how much rarer transitions are one state deeper.
    fast, slow : float
        How likely the fast synapse of `fast_slow` follows an event, and the slow one the fast one.
    variables : int
        m of `chain` and `rounded_chain`.
    step, bound : float
        What the variables of `rounded_chain` are multiples of, and their largest absolute value.
    """

    chance: float = 0.1
    levels: int = 20
    depth: int = 8
    ratio: float = 0.5
    fast: float = 0.5
    slow: float = 0.05
    variables: int = 8
    step: float = 0.5
    bound: float = 10.0

    def __post_init__(self) -> None:
        for name in ("chance", "fast", "slow"):
            check_range(self, name, high=1.0)
            _check_positive(self, name)
        check_range(self, "levels", low=2, high=256)
        check_range(self, "depth", low=1, high=128)
        check_range(self, "ratio", high=0.5)
        check_range(self, "variables", low=1, high=24)
        for name in ("ratio", "step", "bound"):
            _check_positive(self, name)
        if self.step > self.bound:
            raise SpecError(f"step {self.step}; needed: at most the bound, {self.bound:g}")


def _check_positive(settings: SynapseSettings, name: str) -> None:
    value = getattr(settings, name)
    if not value > 0:
        raise SpecError(f"{name} {value}; needed: above 0")
