"""Linear memory capacity: how much of past inputs can be read out of the state of now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.readout import PENALTIES, Division, fit
from neuro.errors import SpecError

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class MemoryCapacity:
    """Hold how well inputs of the past are remembered.

    Attributes
    ----------
    correlation : array of float64, shape (n_delays,)
        Squared correlation of u(t - d) with its read-out on held-out data, d = 1, 2, ...
    floor : array of float64, shape (n_delays,)
        What a read-out that knows nothing reaches by chance.
    penalty : float
        Of the ridge regression.
    """

    correlation: Array
    floor: Array
    penalty: float

    @property
    def by_delay(self) -> Array:
        """Return what is remembered of each delay above chance; without memory 0 on average."""
        return self.correlation - self.floor

    @property
    def total(self) -> float:
        """Return MC, the sum over delays: at most the number of units, but for sampling."""
        return float(self.by_delay.sum())


def memory_capacity(
    states: Array,
    inputs: Array,
    n_delays: int,
    division: Division,
    penalties: Sequence[float] = PENALTIES,
) -> MemoryCapacity:
    """Measure the linear memory of a network that is driven by independent inputs.

        MC = sum over d = 1..D of cov^2(u(t - d), y_d(t)) / (var u var y_d) - 1 / (n - 1)

    over n held-out steps. Given what is read out, independent inputs might as well come in any
    other order, and over all orders the mean of the squared correlation is 1 / (n - 1): the floor,
    whatever the number of units and however slowly they change. Where nothing varies in what is
    read out, correlation and floor are 0.

    Parameters
    ----------
    states : array of floats, shape (n_steps, n_units)
        x(t), after u(t) came in.
    inputs : array of floats, shape (n_steps,)
        u, independent from step to step.
    n_delays : int
        D; some twice the number of units reaches far enough.
    division : Division
        Of the steps, at least D of them washed out.
    penalties : sequence of float
        For the read-outs y_d; the one that does best in validation serves all delays.

    Returns
    -------
    MemoryCapacity

    Raises
    ------
    SpecError
        If the delays reach back beyond the first input, or shapes do not fit.

    References
    ----------
    Jaeger, "Short term memory in echo state networks", GMD report 152 (2001).
    """
    if inputs.shape != states.shape[:1] or not 1 <= n_delays <= division.train.start:
        raise SpecError(
            f"{len(states)} states, inputs of shape {inputs.shape}, delays to {n_delays}, washout "
            f"{division.train.start}; needed: an input for each state, delays from 1 to the washout"
        )
    past = delayed(inputs, n_delays)
    readout = fit(states, past, division, penalties)
    found = readout(states[division.test])
    correlation = squared_correlation(found, past[division.test])
    floor = np.where(np.ptp(found, axis=0) > 0, 1 / (len(found) - 1), 0.0)
    return MemoryCapacity(correlation, floor, readout.penalty)


def delayed(inputs: Array, n_delays: int) -> Array:
    """Return u(t - 1), ..., u(t - D) of each step, shape (n_steps, D); 0 before the first input."""
    past = np.zeros((len(inputs), n_delays))
    for delay in range(1, n_delays + 1):
        past[delay:, delay - 1] = inputs[:-delay]
    return past


def squared_correlation(a: Array, b: Array) -> Array:
    """Return the squared correlation of each column of a with that of b; 0 where one is still."""
    varies = (np.ptp(a, axis=0) > 0) & (np.ptp(b, axis=0) > 0)
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    both = (a * b).sum(axis=0) ** 2
    size = (a**2).sum(axis=0) * (b**2).sum(axis=0)
    found: Array = np.divide(both, size, out=np.zeros_like(both), where=varies)
    return found
