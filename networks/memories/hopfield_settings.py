"""Settings of the learning rules of a Hopfield memory; light, because validation reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from networks.bounds import check_range
from neuro.errors import SpecError

RuleName = Literal["hebb", "covariance", "pseudo_inverse", "storkey", "perceptron"]


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Hold what rules are told.

    Attributes
    ----------
    level : float
        f, fraction of units at +1; the covariance rule subtracts their mean, 2 f - 1.
    margin : float
        kappa, at least 0: the perceptron rule wants xi_i h_i > kappa |J_i|.
    sweeps : int
        Most presentations of all patterns to the perceptron rule.
    """

    level: float = 0.5
    margin: float = 0.0
    sweeps: int = 1000

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise SpecError(f"level {self.level}; needed: between 0 and 1")
        check_range(self, "margin", low=0.0)
        check_range(self, "sweeps", low=1)
