"""A constant number of synapses onto each cell, and cells that lose all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.pruning.protocol import best
from plasticity.rewiring.protocol import Mask, Rewired, Seen, check_share, known

Array = NDArray[Any]


def draw_fan_in(shape: tuple[int, int], fan_in: int, rng: np.random.Generator) -> Mask:
    """Draw so many synapses onto each cell, all sets with the same chance.

    Parameters
    ----------
    shape : tuple of int
        (n_before, n_after).
    fan_in : int
        Synapses onto each cell, 1 to n_before.
    rng : numpy.random.Generator
        Draws.

    Raises
    ------
    SpecError
        If there are fewer cells before than synapses asked for.
    """
    if not 1 <= fan_in <= shape[0]:
        raise SpecError(f"fan-in {fan_in} from {shape[0]} cells; needed: 1 to {shape[0]}")
    return _largest(rng.random(shape), np.full(shape[1], fan_in))


@dataclass(frozen=True, slots=True)
class ConstantFanIn:
    """Move synapses as RigL does, but leave each cell that has any the same number of them.

    With k synapses onto each of the cells, of which there are A in the layer and a `share` moves:

    1. The A (1 - share) largest |w| stay; the A share largest |gradient| of all other pairs, of
       cells that have synapses, are candidates. Both kinds are salient.
    2. A cell with fewer salient synapses than `salient` k, or none, loses all its synapses, for
       good; the last one never does.
    3. Each cell left grows those of the largest |gradient| up to the same new fan-in, the largest
       that keeps the layer within its budget.

    The number of synapses stays within the budget by less than the number of cells left, unless
    these have every synapse that there can be.

    Attributes
    ----------
    salient : float
        Share of salient synapses below which a cell goes; 0 to below 1.
    may_return : bool
        Whether a synapse that goes may be among those that come; otherwise it does only where a
        cell has no others left.

    References
    ----------
    Lasby et al., "Dynamic sparse training with structured sparsity", ICLR 2024.
    """

    salient: float = 0.3
    may_return: bool = True

    def __post_init__(self) -> None:
        if not 0 <= self.salient < 1:
            raise SpecError(f"salient {self.salient}; needed: 0 to below 1")

    @property
    def needs_gradient(self) -> bool:
        """Return that the rule looks at gradients."""
        return True

    @property
    def needs_similarity(self) -> bool:
        """Return that the rule does not look at activities."""
        return False

    def __call__(
        self, weight: Array, mask: Mask, seen: Seen, share: float, rng: np.random.Generator
    ) -> Rewired:
        """Rewire a layer; see `Rule`.

        Raises
        ------
        SpecError
            If the share is none, no gradient was seen, or cells have different fan-ins.
        """
        check_share(share)
        promise = np.abs(known(seen.gradient, "gradient", mask))
        stays = _stays(weight, mask, share, rng)
        if not self.may_return:
            # Below all others.
            promise = np.where(mask, promise - promise.max() - 1, promise)
        lives = self._left(stays, promise, mask)
        budget = max(seen.budget, int(mask.sum()))
        fan_in = min(len(mask), budget // max(1, int(lives.sum())))
        stays &= lives
        wanted = np.where(lives, fan_in, 0) - stays.sum(axis=0)
        grown = _largest(np.where(stays, -np.inf, promise), wanted)
        return Rewired(stays | grown, mask & ~stays, grown)

    def _left(self, stays: Mask, promise: Array, mask: Mask) -> Mask:
        """Return which cells keep synapses, shape (n_after,)."""
        lives, fan_in = _fan_in(mask)
        may_grow = np.flatnonzero(~stays & lives)
        candidate = np.zeros(mask.size, dtype=bool)
        candidate[may_grow[best(promise.ravel()[may_grow], int(mask.sum() - stays.sum()))]] = True
        n_salient = stays.sum(axis=0) + candidate.reshape(mask.shape).sum(axis=0)
        left: Mask = n_salient >= max(1.0, self.salient * fan_in)
        if lives.any() and not left.any():
            left[np.argmax(n_salient)] = True
        return left


def _stays(weight: Array, mask: Mask, share: float, rng: np.random.Generator) -> Mask:
    """Return the synapses of the largest weights; of equal ones chance decides."""
    there = rng.permutation(np.flatnonzero(mask))
    count = len(there) - round(share * len(there))
    stays = np.zeros(mask.size, dtype=bool)
    stays[there[best(np.abs(weight.ravel()[there]), count)]] = True
    return stays.reshape(mask.shape)


def _fan_in(mask: Mask) -> tuple[Mask, int]:
    """Return which cells have synapses, shape (n_after,), and how many each of these has."""
    counts = mask.sum(axis=0)
    lives = counts > 0
    found = np.unique(counts[lives])
    if len(found) > 1:
        raise SpecError(
            f"fan-ins of {found[0]} to {found[-1]}; needed: the same of each cell that has any"
        )
    return lives, int(found[0]) if len(found) else 0


def _largest(score: Array, count: Array) -> Mask:
    """Return the `count[j]` highest scores of each column j."""
    rank = np.empty(score.shape, dtype=np.int64)
    order = np.argsort(-score, axis=0, kind="stable")
    np.put_along_axis(rank, order, np.arange(len(score))[:, None], axis=0)
    found: Mask = rank < count
    return found
