"""What a dendritic segment tells of coincident spikes: a power of their number, or a step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Power:
    """Say what a segment tells of q coincident spikes: q ** degree, or a step.

    Attributes
    ----------
    degree : int
        1 or more; without meaning for a step.
    step : int
        Least q of which a step tells 1; 0 for a power.
    """

    degree: int = 1
    step: int = 0

    def __post_init__(self) -> None:
        if self.degree < 1 or self.step < 0:
            raise SpecError(f"degree {self.degree}, step {self.step}; needed: from 1, from 0")

    def __call__(self, count: NDArray[np.int64] | int) -> NDArray[np.int64]:
        """Return g of counts."""
        known = np.asarray(count, dtype=np.int64)
        return (known >= self.step).astype(np.int64) if self.step else known**self.degree
