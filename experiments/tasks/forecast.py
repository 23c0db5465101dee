"""Forecasts of a series: one step ahead, and on their own until they are no longer valid."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.readout import PENALTIES, Division, Linear, fit
from neuro.errors import SpecError

Array = NDArray[Any]
#: Of a state and an input: the next state.
Step = Callable[[Array, Array], Array]
#: An error above this share of the deviation of the series ends a forecast.
VALID_ERROR = 0.4


@dataclass(frozen=True, slots=True)
class Scale:
    """Standardise a series, by its training part.

    Attributes
    ----------
    mean, deviation : array of floats, shape (n_variables,)
        Of the part that was given.
    """

    mean: Array
    deviation: Array

    @staticmethod
    def of(part: Array) -> Scale:
        """Return the scale of a part of a series, shape (n_steps, n_variables)."""
        deviation = part.std(axis=0)
        if not np.all(deviation > 0):
            raise SpecError(f"deviations {deviation}; needed: a series that varies")
        return Scale(part.mean(axis=0), deviation)

    def standard(self, series: Array) -> Array:
        """Return a series in units of its deviation."""
        found: Array = (series - self.mean) / self.deviation
        return found


def nrmse(predicted: Array, truth: Array) -> float:
    """Return the root of the mean squared error over the variance, both summed over variables.

    Parameters
    ----------
    predicted, truth : array of floats, shape (n_steps, n_variables)

    Returns
    -------
    float
        0 of a perfect forecast, 1 of the mean of what was to be forecast.
    """
    wrong = ((predicted - truth) ** 2).sum()
    return float(np.sqrt(wrong / ((truth - truth.mean(axis=0)) ** 2).sum()))


def one_step(
    states: Array, series: Array, division: Division, penalties: Sequence[float] = PENALTIES
) -> tuple[Linear, float]:
    """Learn to say from the state of now what comes next.

    Parameters
    ----------
    states : array of floats, shape (n_steps, n_units)
        x(t), after u(t) came in.
    series : array of floats, shape (n_steps, n_variables)
        u; the target of x(t) is u(t + 1), and the last state has none.
    division : Division
        Of the steps.
    penalties : sequence of float
        For the read-out.

    Returns
    -------
    readout : Linear
        From x(t) to u(t + 1).
    error : float
        Its `nrmse` on the test part.

    Raises
    ------
    SpecError
        If there are not as many states as inputs.
    """
    if len(states) != len(series):
        raise SpecError(f"{len(states)} states of {len(series)} inputs; needed: as many")
    ahead = np.concatenate([series[1:], series[-1:]])
    readout = fit(states, ahead, division, penalties)
    tested = slice(division.test.start, min(division.test.stop, len(series) - 1))
    return readout, nrmse(readout(states[tested]), ahead[tested])


def free_run(step: Step, readout: Callable[[Array], Array], state: Array, n_steps: int) -> Array:
    """Let a network forecast from its own forecasts.

    Parameters
    ----------
    step : callable
        Takes a state and an input, shape (n_variables,), and returns the next state.
    readout : callable
        From x(t) to a forecast of u(t + 1).
    state : array of floats
        After the last true input.
    n_steps : int
        Forecasts.

    Returns
    -------
    array of floats, shape (n_steps, n_variables)
        What was forecast for the steps after the last true input.
    """
    forecasts = []
    for _ in range(n_steps):
        forecasts.append(readout(state))
        state = step(state, forecasts[-1])
    return np.array(forecasts)


@dataclass(frozen=True, slots=True)
class ValidTime:
    """Hold how long a forecast was valid.

    Attributes
    ----------
    value : float
        In Lyapunov times: time times the largest exponent.
    is_censored : bool
        Whether it was valid to the end of what was compared; then it is at least the value.
    """

    value: float
    is_censored: bool


def valid_time(
    predicted: Array,
    truth: Array,
    deviation: Array,
    dt: float,
    exponent: float,
    largest: float = VALID_ERROR,
) -> ValidTime:
    """Measure the time until the error of a forecast first exceeds its bound.

    Parameters
    ----------
    predicted, truth : array of floats, shape (n_steps, n_variables)
        From the first forecast on. A forecast that is no number is not valid.
    deviation : array of floats, shape (n_variables,)
        Of the whole series; the error is |predicted - truth| / |deviation|, Euclidean norms.
    dt : float
        Time between steps; the first forecast reaches one dt ahead.
    exponent : float
        Largest Lyapunov exponent of what is forecast.
    largest : float
        The bound.

    Returns
    -------
    ValidTime
        Of n valid forecasts, n dt exponent.
    """
    error = np.linalg.norm(predicted - truth, axis=1) / np.linalg.norm(deviation)
    ended = np.flatnonzero(~(error <= largest))
    n_valid = int(ended[0]) if len(ended) else len(error)
    return ValidTime(n_valid * dt * exponent, not len(ended))
