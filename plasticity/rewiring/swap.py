"""Rules that take some synapses away and let as many grow elsewhere in the layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from plasticity.pruning.protocol import best
from plasticity.rewiring.protocol import Mask, Rewired, Seen, check_share, known

Array = NDArray[Any]
Prune = Literal["magnitude", "random", "hebb"]
Grow = Literal["random", "hebb", "gradient"]


@dataclass(frozen=True, slots=True)
class Swap:
    """Take away the synapses that matter least, and let as many grow where they may matter most.

    The number of synapses of a layer never changes. Of equal ones chance decides.

    Attributes
    ----------
    prune : {"magnitude", "random", "hebb"}
        Those that go have the smallest |w|, any, or the smallest similarity of activities.
    grow : {"random", "hebb", "gradient"}
        Those that come are any, or have the largest similarity or |gradient|, of all that are not
        there.
    may_return : bool
        Whether a synapse that goes may be among those that come: hebb with hebb then moves no
        synapse to a place of less similarity.

    References
    ----------
    magnitude, random: SET, Mocanu et al., Nature Communications 9 (2018), with the smallest
    absolute weights of either sign. magnitude, gradient: RigL, Evci et al., ICML 2020. hebb:
    Konstantaropoulos et al., arXiv 2508.14140 (2025).
    """

    prune: Prune = "magnitude"
    grow: Grow = "random"
    may_return: bool = False

    @property
    def needs_gradient(self) -> bool:
        """Return whether the rule looks at gradients."""
        return self.grow == "gradient"

    @property
    def needs_similarity(self) -> bool:
        """Return whether the rule looks at activities."""
        return "hebb" in (self.prune, self.grow)

    def __call__(
        self, weight: Array, mask: Mask, seen: Seen, share: float, rng: np.random.Generator
    ) -> Rewired:
        """Rewire a layer; see `Rule`.

        Raises
        ------
        SpecError
            If the share is none, or what the rule looks at was not seen.
        """
        check_share(share)
        there, free = np.flatnonzero(mask), np.flatnonzero(~mask)
        count = round(share * len(there))
        if not self.may_return:
            count = min(count, len(free))
        pruned, grown = np.zeros(mask.size, dtype=bool), np.zeros(mask.size, dtype=bool)
        gone = _choose(there, -self._worth(weight, seen, mask, rng).ravel(), count, rng)
        pruned[gone] = True
        if self.may_return:
            free = np.concatenate([free, gone])
        grown[_choose(free, self._promise(seen, mask, rng).ravel(), count, rng)] = True
        after = (mask.ravel() & ~pruned) | grown
        return Rewired(*(each.reshape(mask.shape) for each in (after, pruned, grown)))

    def _worth(self, weight: Array, seen: Seen, mask: Mask, rng: np.random.Generator) -> Array:
        """Return what a synapse that is there is worth."""
        if self.prune == "magnitude":
            return np.abs(weight)
        if self.prune == "hebb":
            return known(seen.similarity, "similarity", mask)
        return rng.random(mask.shape)

    def _promise(self, seen: Seen, mask: Mask, rng: np.random.Generator) -> Array:
        """Return what a synapse that is not there may be worth."""
        if self.grow == "gradient":
            return np.abs(known(seen.gradient, "gradient", mask))
        if self.grow == "hebb":
            return known(seen.similarity, "similarity", mask)
        return rng.random(mask.shape)


def _choose(places: Array, score: Array, count: int, rng: np.random.Generator) -> Array:
    """Return the places with the highest scores; of equal ones chance decides."""
    shuffled = rng.permutation(places)
    chosen: Array = shuffled[best(score[shuffled], count)]
    return chosen
