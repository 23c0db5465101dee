"""Settings of codes that stand for several hypotheses; light."""

from __future__ import annotations

from dataclasses import dataclass

from networks.bounds import check_range
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """Say how a code that stands for several hypotheses drives the units that see it.

    zeta is the number of units of a module with V >= `threshold`, averaged over modules and
    rounded, at least 1. The lines of the code then count F(zeta) = zeta ** A up to zeta = B; a
    code of more hypotheses is not heard at all. Each signal stays at most 1.

    Attributes
    ----------
    power : float
        A, 0 to 1.
    most : int
        B, 1 or more.
    threshold : float
        Support of a hypothesis, above 0, at most 1.

    References
    ----------
    Rinkus, Frontiers in Computational Neuroscience 8:160 (2014), code selection algorithm.
    """

    power: float = 1.0
    most: int = 4
    threshold: float = 0.95

    def __post_init__(self) -> None:
        check_range(self, "power", low=0, high=1)
        check_range(self, "most", low=1)
        if not 0 < self.threshold <= 1:
            raise SpecError(f"threshold {self.threshold}; needed: above 0, at most 1")
