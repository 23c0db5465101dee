"""Ridge regression from states to targets, its penalty chosen on data that did not train it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Array = NDArray[Any]
#: Per sample and for standardised states, so that they suit volts and spike counts alike.
PENALTIES = tuple(10.0**k for k in range(-10, 1, 2))
#: A unit whose deviation is below this share of its mean does not vary: the rest is rounding.
STILL = 1e-12


@dataclass(frozen=True, slots=True)
class Division:
    """Divide a series in time, so that nothing of the future trains.

    Attributes
    ----------
    train, validation, test : slice
        One after the other, without a step between them.
    """

    train: slice
    validation: slice
    test: slice

    @property
    def learn(self) -> slice:
        """Return training and validation as one."""
        return slice(self.train.start, self.validation.stop)


def divide(n_steps: int, washout: int, validation: float = 0.2, test: float = 0.3) -> Division:
    """Divide the steps of a series.

    Parameters
    ----------
    n_steps : int
        Length of the series.
    washout : int
        Steps at the beginning that are left out: the network still remembers how it started.
    validation, test : float
        Shares of the other steps.

    Returns
    -------
    Division

    Raises
    ------
    SpecError
        If a part would have fewer than two steps.
    """
    rest = n_steps - washout
    n_test, n_validation = round(test * rest), round(validation * rest)
    n_train = rest - n_test - n_validation
    if min(washout, n_train - 2, n_validation - 2, n_test - 2) < 0:
        raise SpecError(
            f"{n_steps} steps less {washout} are {n_train} to train, {n_validation} to validate "
            f"and {n_test} to test; needed: at least 2 each"
        )
    ends = np.cumsum([washout, n_train, n_validation, n_test]).tolist()
    return Division(*(slice(ends[k], ends[k + 1]) for k in range(3)))


@dataclass(frozen=True, slots=True)
class Linear:
    """Read targets out of states: y = x W + b.

    Attributes
    ----------
    weight : array of float64, shape (n_units, n_targets)
        W.
    offset : array of float64, shape (n_targets,)
        b.
    penalty : float
        With which they were found.
    """

    weight: Array
    offset: Array
    penalty: float

    def __call__(self, states: Array) -> Array:
        """Return targets, shape (..., n_targets), of states, shape (..., n_units)."""
        found: Array = states @ self.weight + self.offset
        return found


def ridge(states: Array, target: Array, penalty: float) -> Linear:
    """Minimise mean |y - x W - b|^2 + penalty |s W|^2, s the deviations of the units.

    Parameters
    ----------
    states : array of floats, shape (n_samples, n_units)
        x; a unit that does not vary gets no weight.
    target : array of floats, shape (n_samples, n_targets)
        y.
    penalty : float
        Above 0.

    Returns
    -------
    Linear

    Raises
    ------
    SpecError
        If there are not as many states as targets, or they are no numbers.
    """
    return _path(states, target, (penalty,))[0]


def fit(
    states: Array, target: Array, division: Division, penalties: Sequence[float] = PENALTIES
) -> Linear:
    """Choose the penalty that does best in validation, then learn from training and validation.

    Parameters
    ----------
    states : array of floats, shape (n_steps, n_units)
        Of the whole series; nothing of its test part is read.
    target : array of floats, shape (n_steps, n_targets)
        One penalty serves all of them.
    division : Division
        Of the steps.
    penalties : sequence of float
        To choose from.

    Returns
    -------
    Linear
    """
    best = penalties[0]
    if len(penalties) > 1:
        path = _path(states[division.train], target[division.train], penalties)
        held, wanted = states[division.validation], target[division.validation]
        spread = np.maximum(wanted.var(axis=0), np.finfo(np.float64).tiny)
        errors = [float((((each(held) - wanted) ** 2).mean(axis=0) / spread).mean())
                  for each in path]  # fmt: skip
        best = penalties[int(np.argmin(errors))]
    return ridge(states[division.learn], target[division.learn], best)


def standardise(states: Array) -> tuple[Array, Array, Array]:
    """Return states of mean 0 and deviation 1, the means, and the deviations, all float64.

    A unit that does not vary becomes 0; its deviation is infinite.
    """
    wide = np.asarray(states, dtype=np.float64)  # small penalties are lost in single precision
    centre, scale = wide.mean(axis=0), wide.std(axis=0)
    scale = np.where(scale > STILL * np.abs(centre), scale, np.inf)
    return (wide - centre) / scale, centre, scale


def _path(states: Array, target: Array, penalties: Sequence[float]) -> list[Linear]:
    """Return a read-out for each penalty, all from one singular value decomposition."""
    # Loaded where a read-out is asked for, not by whoever reads a configuration.
    from sklearn.linear_model import ridge_regression

    if target.ndim != 2 or states.shape[:-1] != target.shape[:1] or min(penalties) <= 0:
        raise SpecError(
            f"states {states.shape}, targets {target.shape}, penalties from {min(penalties):g}; "
            "needed: (n, n_units), (n, n_targets), above 0"
        )
    if not (np.isfinite(states).all() and np.isfinite(target).all()):
        raise SpecError("states or targets are no numbers; needed: finite ones")
    standard, centre, scale = standardise(states)
    mean, n_targets = target.mean(axis=0), target.shape[1]
    weight = ridge_regression(
        standard, np.tile(target - mean, len(penalties)),
        np.repeat(penalties, n_targets) * len(states), solver="svd",
    ).reshape(len(penalties), n_targets, -1)  # fmt: skip
    weights = [(each / scale).T for each in weight]
    return [
        Linear(each, mean - centre @ each, penalty)
        for each, penalty in zip(weights, penalties, strict=True)
    ]
