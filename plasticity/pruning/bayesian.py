"""Bayesian optimisation: the next arguments are where the most improvement is expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from neuro.errors import SpecError

Array = NDArray[Any]
#: Of the range of an argument: how far costs are alike.
LENGTH_SCALE = 0.3
#: Of the variance of costs: noise, which also keeps equal arguments apart.
NOISE = 1e-6
#: Arguments among which the next ones are chosen, and the share of them near the best so far.
N_CANDIDATES, SHARE_NEAR, NEAR = 500, 0.2, 0.05

#: Deviations of what is predicted are at least this share of the range of costs.
CERTAIN = 1e-12


@dataclass(frozen=True, slots=True)
class Bayesian:
    """Look for the smallest cost by a Gaussian process; an `Optimise`.

    Its kernel is Matern's with nu = 5/2, over the ranges of the arguments; the next arguments are
    those, of many drawn, with the largest expected improvement.

    Attributes
    ----------
    n_trials : int
        How often a cost is asked for.
    n_drawn : int
        The first of these: the start, and arguments drawn between the bounds.

    References
    ----------
    Jones, Schonlau and Welch, Journal of Global Optimization 13 (1998); Snoek, Larochelle and
    Adams, "Practical Bayesian optimization of machine learning algorithms", NIPS 2012.
    """

    n_trials: int = 40
    n_drawn: int = 10

    def __post_init__(self) -> None:
        if not 1 <= self.n_drawn <= self.n_trials:
            raise SpecError(
                f"{self.n_trials} trials, {self.n_drawn} of them drawn; needed: 1 or more, and no "
                "fewer trials"
            )

    def __call__(
        self,
        cost: Callable[[Array], float],
        start: Array,
        bounds: Array,
        rng: np.random.Generator,
    ) -> Array:
        """Return the best arguments found; see `Optimise`."""
        low, width = bounds[:, 0], np.ptp(bounds, axis=1)
        first = np.clip((start - low) / width, 0.0, 1.0)
        tried = np.concatenate([first[None], rng.random((self.n_drawn - 1, len(start)))])
        costs = np.array([cost(low + width * each) for each in tried])
        for _ in range(self.n_trials - self.n_drawn):
            following = _most_promising(tried, costs, rng)
            tried = np.concatenate([tried, following[None]])
            costs = np.append(costs, cost(low + width * following))
        return np.asarray(low + width * tried[np.argmin(costs)])


def _most_promising(tried: Array, costs: Array, rng: np.random.Generator) -> Array:
    """Return arguments, from 0 to 1, where the most improvement is expected."""
    from sklearn.gaussian_process import GaussianProcessRegressor
    from sklearn.gaussian_process.kernels import Matern

    process = GaussianProcessRegressor(
        Matern(LENGTH_SCALE, nu=2.5), alpha=NOISE, optimizer=None, normalize_y=True
    )
    process.fit(tried, costs)
    n_near, n_arguments = round(SHARE_NEAR * N_CANDIDATES), tried.shape[1]
    near = tried[np.argmin(costs)] + NEAR * rng.standard_normal((n_near, n_arguments))
    anywhere = rng.random((N_CANDIDATES - n_near, n_arguments))
    candidates = np.concatenate([np.clip(near, 0.0, 1.0), anywhere])
    mean, deviation = process.predict(candidates, return_std=True)
    better = costs.min() - mean
    score = better / np.maximum(deviation, CERTAIN * max(1.0, float(np.ptp(costs))))
    density = np.exp(-(score**2) / 2) / np.sqrt(2 * np.pi)
    improvement = better * ndtr(score) + deviation * density
    return np.asarray(candidates[np.argmax(improvement)])
