"""Presynaptic factors of a gradient: rows as they are, or spikes and their traces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numba
import numpy as np
from numpy.typing import NDArray

from neuro.layers.trains import Trains

Array = NDArray[Any]


class Factor(Protocol):
    """Stand on the presynaptic side of a gradient."""

    def rows(self) -> Array:
        """Return the factor, shape (n_rows, n_before)."""
        ...

    def correlation(self, error: Array) -> Array:
        """Return factor^T error, shape (n_before, n_after); error has shape (n_rows, n_after)."""
        ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Be rows of any numbers.

    Attributes
    ----------
    values : array, shape (n_rows, n_before)
        The rows.
    """

    values: Array

    def rows(self) -> Array:
        """Return them."""
        return self.values

    def correlation(self, error: Array) -> Array:
        """Return their product with an error."""
        found: Array = self.values.T @ error
        return found


@dataclass(frozen=True, slots=True)
class Traces:
    """Be the traces a_t = decay a_(t-1) + s_t of spikes over some steps, rows step by step.

    Attributes
    ----------
    spikes : array, shape (n_steps, n_samples, n_before)
        Zeros and ones.
    trains : Trains or None
        The same as groups of cells that fire alike, if they are few enough to be worth it.
    decay : float
        What a step leaves; with 0 the traces are the spikes.
    before : array, shape (n_samples, n_before), or None
        The traces that the first step finds; None for 0.
    """

    spikes: Array
    trains: Trains | None
    decay: float = 0.0
    before: Array | None = None

    def rows(self) -> Array:
        """Return the traces of every step."""
        if not self.decay:
            return _flat(self.spikes)
        traces = np.empty_like(self.spikes)
        last: Any = 0 if self.before is None else self.before
        for step, now in enumerate(self.spikes):
            last = np.add(now, self.spikes.dtype.type(self.decay) * last, out=traces[step])
        return _flat(traces)

    def last(self) -> Array:
        """Return the traces of the last step, shape (n_samples, n_before)."""
        if not self.decay:
            final: Array = self.spikes[-1]
            return final
        shape = self.spikes.shape[1:]
        trace = np.zeros(shape, self.spikes.dtype) if self.before is None else self.before.copy()
        _move_on(trace, self.spikes, self.spikes.dtype.type(self.decay))
        return trace

    @property
    def is_grouped(self) -> bool:
        """Return whether few enough cells fire differently to be worth it."""
        return self.trains is not None and self.trains.is_cheap

    def correlation(self, error: Array) -> Array:
        """Return traces^T error: by groups where these are few, what came before them apart."""
        if self.trains is None or not self.is_grouped:
            found: Array = self.rows().T @ error
            return found
        n_steps = len(self.spikes)
        steps = error.reshape(n_steps, -1, error.shape[1])
        found = self.trains.correlation(steps, self.decay)
        if self.decay and self.before is not None:
            left = (self.decay ** np.arange(1, n_steps + 1)).astype(error.dtype)
            found += self.before.T @ np.tensordot(left, steps, 1)
        return found


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _move_on(trace: Any, spikes: Any, decay: Any) -> None:
    n_steps, n_samples, width = spikes.shape
    for step in range(n_steps):
        for sample in range(n_samples):
            for i in range(width):
                trace[sample, i] = decay * trace[sample, i] + spikes[step, sample, i]


def _flat(steps: Array) -> Array:
    return steps.reshape(-1, steps.shape[2])
