"""What a rewiring rule is given of a layer and what it returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Array = NDArray[Any]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Seen:
    """Hold what a layer showed lately, of synapses that are there and of those that are not.

    Attributes
    ----------
    gradient : array of floats, shape (n_before, n_after), or None
        Of the loss with respect to every weight; None where no rule needs it.
    similarity : array of floats, shape (n_before, n_after), or None
        Of the activities of the two cells, as `Similarity` gives it; None where no rule needs it.
    budget : int
        Synapses that the layer may have, for rules that cannot keep their number to one; 0 for as
        many as there are.
    """

    gradient: Array | None = None
    similarity: Array | None = None
    budget: int = 0


@dataclass(frozen=True, slots=True)
class Rewired:
    """Hold what a rule changes; all of shape (n_before, n_after).

    Attributes
    ----------
    mask : array of bools
        Synapses that there are from now on.
    pruned : array of bools
        Those that went.
    grown : array of bools
        Those that came; their weights start at 0. One that went and came back is in both.
    """

    mask: Mask
    pruned: Mask
    grown: Mask

    def start(self, weight: Array) -> None:
        """Set to 0, in place, the weights of synapses that went or came."""
        weight[self.pruned | self.grown | ~self.mask] = 0


class Rule(Protocol):
    """Move synapses of a layer from where they matter least to where they may matter more."""

    @property
    def needs_gradient(self) -> bool:
        """Return whether the rule looks at gradients."""
        ...

    @property
    def needs_similarity(self) -> bool:
        """Return whether the rule looks at activities."""
        ...

    def __call__(
        self, weight: Array, mask: Mask, seen: Seen, share: float, rng: np.random.Generator
    ) -> Rewired:
        """Rewire a layer.

        Parameters
        ----------
        weight : array of floats, shape (n_before, n_after)
            Weights; they are not changed.
        mask : array of bools, shape (n_before, n_after)
            Synapses that there are.
        seen : Seen
            What the layer showed.
        share : float
            Of the synapses, those that move; 0 to 1.
        rng : numpy.random.Generator
            Draws, and breaks ties.

        Returns
        -------
        Rewired
        """


def known(found: Array | None, what: str, mask: Mask) -> Array:
    """Return what was seen, or refuse that it was not.

    Raises
    ------
    SpecError
        If it is missing or of another shape than the mask.
    """
    if found is None or found.shape != mask.shape:
        shape = "none" if found is None else f"{what} of shape {found.shape}"
        raise SpecError(f"{shape} was seen; needed: {what} of all pairs, shape {mask.shape}")
    return found


def check_share(share: float) -> None:
    """Refuse a share that is none.

    Raises
    ------
    SpecError
        If it is not from 0 to 1.
    """
    if not 0 <= share <= 1:
        raise SpecError(f"share {share} of the synapses; needed: 0 to 1")


def scaled(weight: Array, mask: Mask) -> Array:
    """Return weights that are 0 outside of a mask and as strong in sum as those of whole layers.

    Each cell's weights are multiplied by sqrt(n_before / fan-in), so that drawn ones bring its
    potential the variance that all of them would.

    Parameters
    ----------
    weight : array of floats, shape (n_before, n_after)
        Drawn for whole layers.
    mask : array of bools, shape (n_before, n_after)
        Synapses that there are.
    """
    fan_in = np.maximum(mask.sum(axis=0), 1)
    gain = np.sqrt(len(mask) / fan_in).astype(weight.dtype)
    return np.where(mask, weight * gain, weight.dtype.type(0))
