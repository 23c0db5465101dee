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

    Looking ahead they change by -rate (gradient + decay m) instead.

    Attributes
    ----------
    rate : float
        Above 0.
    decay : float
        What a step leaves of the moment, 0 to below 1; with 0 this is plain descent.
    looks_ahead : bool
        Whether a step goes on as the next one would, as Nesterov's method does.
    moments : list of array
        One for each layer, 0 before the first step.

    References
    ----------
    Polyak, "Some methods of speeding up the convergence of iteration methods", 1964. Sutskever et
    al., "On the importance of initialization and momentum in deep learning", ICML 2013.
    """

    rate: float
    decay: float
    looks_ahead: bool = False
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
            step = each + moment.dtype.type(self.decay) * moment if self.looks_ahead else moment
            descend(weight, step, self.rate)


def bound(gradient: Sequence[Array], largest: float) -> None:
    """Shorten gradients, in place, so that the norm of all together is at most the largest."""
    norm = float(np.sqrt(sum(float(np.vdot(each, each)) for each in gradient)))
    if norm > largest:
        for each in gradient:
            each *= each.dtype.type(largest / norm)
