"""Settings of synapses that fade with age; light."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from networks.bounds import check_range
from neuro.errors import SpecError

MAX_STEPS = 10**9


@dataclass(frozen=True, slots=True)
class Decay:
    """Say how synapses fade with the steps since they were last set.

    A synapse of age a counts w(a) = (1 + c/S) / (1 + c/(S - a)), and is gone from a = S on. If it
    is set again while w is `high` or more, its permanence goes up one class, of `classes`; S is
    `steps` in the first class and `slower` times longer from each class to the next. A step is one
    presentation to a mac that learns, before its code is drawn; recall lets no time pass, and the
    synapses of a frozen unit do not age.

    Attributes
    ----------
    steps : int
        S, steps until a synapse of the first class is forgotten.
    convexity : float
        c; 0: the synapse counts 1 and drops at S; much larger than S: it falls linearly.
    classes : int
        Classes of permanence.
    slower : float
        Ratio of the lives of two successive classes, 1 or more.
    high : float
        Weight at which a synapse that is set again becomes more permanent, 0 to 1.

    References
    ----------
    Rinkus, "Sparsey: event recognition via deep hierarchical sparse distributed codes",
    Frontiers in Computational Neuroscience 8:160 (2014), on age and permanence; the closed form
    of w and the geometric lives of the classes are not from there.
    """

    steps: int
    convexity: float = 0.5
    classes: int = 1
    slower: float = 2.0
    high: float = 0.5

    def __post_init__(self) -> None:
        check_range(self, "steps", low=1)
        check_range(self, "classes", low=1, high=256)
        check_range(self, "high", low=0, high=1)
        check_range(self, "slower", low=1)
        if not 0 <= self.convexity < math.inf:
            raise SpecError(f"convexity {self.convexity}; needed: 0 or more, finite")
        longest = self.steps * self.slower ** (self.classes - 1)
        if not longest <= MAX_STEPS:
            raise SpecError(
                f"steps {self.steps}, {self.classes} classes, each {self.slower} times slower: "
                f"{longest:.3g} steps; needed: at most {MAX_STEPS}"
            )

    @property
    def lives(self) -> NDArray[np.int64]:
        """Return S of each class, shape (classes,)."""
        lives = self.steps * self.slower ** np.arange(self.classes)
        return np.asarray(np.rint(lives), dtype=np.int64)
