"""Steps that go on in the direction of earlier ones: one moment for each weight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.gradient.descent import descend

Array = NDArray[Any]


@dataclass(slots=True)
class Momentum:
    """Hold m <- decay m + gradient of each weight, and change weights by -rate m.

    Attributes
    ----------
    rate : float
        Above 0.
    decay : float
        What a step leaves of the moment, 0 to below 1; with 0 this is plain descent.
    moments : list of array
        One for each layer, 0 before the first step.

    References
    ----------
    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964.
    """

    rate: float
    decay: float
    moments: list[Array] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.rate <= 0 or not 0 <= self.decay < 1:
            raise SpecError(f"rate {self.rate}, decay {self.decay}; needed: above 0, 0 to below 1")

    def step(self, weights: Sequence[Array], gradient: Sequence[Array]) -> None:
        """Change weights, in place, along a gradient of the same shapes."""
        if not self.moments:
            self.moments = [np.zeros_like(weight) for weight in weights]
        for weight, moment, each in zip(weights, self.moments, gradient, strict=True):
            moment *= moment.dtype.type(self.decay)
            moment += each
            descend(weight, moment, self.rate)
