"""Distributions of membrane time constants that bring a pruned network's dynamics back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaincinv

from neuro.errors import SpecError

Array = NDArray[Any]
#: Shapes beyond are as good as no spread: a coefficient of variation of one tenth.
LARGEST_SHAPE = 100.0
SMALLEST_SHAPE = 0.5
#: Means are looked for up to so many times, and down to so small a part of, what they are.
RANGE = 3.0


class Optimise(Protocol):
    """Look for the arguments of the smallest cost."""

    def __call__(
        self,
        cost: Callable[[Array], float],
        start: Array,
        bounds: Array,
        rng: np.random.Generator,
    ) -> Array:
        """Return the best arguments found, shape (n,).

        Parameters
        ----------
        cost : callable
            Of arguments, shape (n,).
        start : array of floats, shape (n,)
            Where to begin.
        bounds : array of floats, shape (n, 2)
            Smallest and largest of each.
        rng : numpy.random.Generator
            For those that draw.
        """


def spectral_change(before: Array, after: Array, highest: float | None = None) -> float:
    """Return J = max(0, largest after - highest) + the distance of two spectra.

    Parameters
    ----------
    before, after : arrays of floats, shapes (n,), (m,)
        Lyapunov exponents of a network whole and pruned, 1/s, in any order.
    highest : float, optional
        What the largest exponent may be for free; what it was if left out, so that a network
        that is not changed costs nothing.

    Returns
    -------
    float
        In 1/s. The distance is Wasserstein's: for spectra of one length the mean absolute
        difference of the sorted exponents.
    """
    from scipy.stats import wasserstein_distance

    allowed = before.max() if highest is None else highest
    return float(max(0.0, after.max() - allowed) + wasserstein_distance(before, after))


@dataclass(frozen=True, slots=True)
class GammaConstants:
    """Give the neurons of each type time constants of a gamma distribution of their own.

    A neuron keeps its rank among those of its type, so that its constant is the quantile that
    belongs to it: nothing is drawn.

    Attributes
    ----------
    tau : array of floats, shape (n,)
        The constants that there are, s.
    kind : array of ints, shape (n,)
        The type of each neuron, such as excitatory or inhibitory.
    low, high : float
        Where constants are clipped, s.
    """

    tau: Array
    kind: Array
    low: float = 2e-3
    high: float = 0.2

    def __post_init__(self) -> None:
        if np.shape(self.kind) != np.shape(self.tau) or not 0 < self.low < self.high:
            raise SpecError(
                f"{len(self.kind)} types for {len(self.tau)} time constants from {self.low} s to "
                f"{self.high} s; needed: as many, and bounds above 0 that grow"
            )

    def __call__(self, arguments: Array) -> Array:
        """Return the constants for mean and shape of each type in turn, shape (n,)."""
        found = np.empty(len(self.tau))
        for kind, (mean, shape) in zip(self._kinds, np.reshape(arguments, (-1, 2)), strict=True):
            members = np.flatnonzero(self.kind == kind)
            order = np.argsort(self.tau[members], kind="stable")
            quantile = (np.arange(len(members)) + 0.5) / len(members)
            found[members[order]] = gammaincinv(shape, quantile) * mean / shape
        return np.clip(found, self.low, self.high)

    def moments(self) -> Array:
        """Return mean and shape of each type, as its constants have them."""
        found = []
        for kind in self._kinds:
            tau = self.tau[self.kind == kind]
            mean, variance = tau.mean(), tau.var()
            shape = mean**2 / variance if variance > 0 else LARGEST_SHAPE
            found += [mean, np.clip(shape, SMALLEST_SHAPE, LARGEST_SHAPE)]
        return np.array(found)

    def bounds(self) -> Array:
        """Return between what means and shapes are looked for, shape (2 * n_types, 2)."""
        means = np.outer(self.moments()[::2], [1 / RANGE, RANGE])
        shapes = np.tile([SMALLEST_SHAPE, LARGEST_SHAPE], (len(means), 1))
        return np.stack([means, shapes], axis=1).reshape(-1, 2)

    @property
    def _kinds(self) -> Array:
        return np.unique(self.kind)


def tune(
    constants: GammaConstants,
    cost: Callable[[Array], float],
    optimise: Optimise,
    rng: np.random.Generator,
) -> Array:
    """Return time constants whose cost is the smallest found, shape (n,); those there are else.

    Parameters
    ----------
    constants : GammaConstants
        What there is, and how it can be changed.
    cost : callable
        Of time constants, shape (n,); such as `spectral_change` of the network that has them.
    optimise : callable
        Looks through means and shapes, on a logarithmic scale.
    rng : numpy.random.Generator
        Handed to it.

    References
    ----------
    Chakraborty et al., ICLR 2024, and Chakraborty and Mukhopadhyay, "Heterogeneous neuronal and
    synaptic dynamics for spike-efficient unsupervised learning", ICLR 2023.
    """
    best = optimise(
        lambda logarithm: cost(constants(np.exp(logarithm))),
        np.log(constants.moments()),
        np.log(constants.bounds()),
        rng,
    )
    found = constants(np.exp(best))
    return found if cost(found) < cost(constants.tau) else constants.tau
