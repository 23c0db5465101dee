"""A layer of rate cells over all steps of a batch, from constant input or from spikes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from neuro.layers.cells import RateCell
from neuro.layers.events import Events, add_spikes, list_spikes

Floats = NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class RateActivity:
    """Hold what a layer did with a batch.

    Attributes
    ----------
    events : Events
        Spikes; row sample * n_steps + step.
    rate : array of floats, shape (n_samples, n_cells)
        Weighted mean of the output, threshold / dt per spike.
    drive : array of floats, shape (n_samples, n_cells)
        Weighted mean of the input current.
    """

    events: Events
    rate: Floats
    drive: Floats


def from_constant(current: Floats, cell: RateCell, n_steps: int) -> RateActivity:
    """Run a layer whose input is the same at every step.

    Parameters
    ----------
    current : array of floats, shape (n_samples, n_cells)
        The input.
    cell : RateCell
        The cell.
    n_steps : int
        T.

    Returns
    -------
    RateActivity
        Spikes and means.
    """
    cells, start, rate = _room(len(current), n_steps, current.shape[1], current.dtype)
    n = _constant(current, cells, start, rate, *_constants(cell, n_steps, current.dtype))
    return RateActivity(Events(cells[:n], start, current.shape[1]), rate, current)


def from_events(
    events: Events, weight: Floats, cell: RateCell, n_steps: int, amplitude: float
) -> RateActivity:
    """Run a layer that is driven by the spikes of another one.

    Parameters
    ----------
    events : Events
        Row sample * n_steps + step.
    weight : array of floats, shape (n_before, n_cells)
        Synapses.
    cell : RateCell
        The cell.
    n_steps : int
        T.
    amplitude : float
        What one spike of the layer before sends.

    Returns
    -------
    RateActivity
        Spikes and means.
    """
    n_samples = events.n_rows // n_steps
    cells, start, rate = _room(n_samples, n_steps, weight.shape[1], weight.dtype)
    drive, sparse = np.zeros_like(rate), events.is_sparse
    total = np.empty((0, 0), weight.dtype) if sparse else events.dense(weight.dtype) @ weight
    n = _driven(
        sparse, events.cells, events.start, weight, total, cells, start, rate, drive,
        weight.dtype.type(amplitude), *_constants(cell, n_steps, weight.dtype),
    )  # fmt: skip
    return RateActivity(Events(cells[:n], start, weight.shape[1]), rate, drive)


def _room(n_samples: int, n_steps: int, n_cells: int, dtype: Any) -> tuple[NDArray[Any], ...]:
    """Make room for every cell to spike at every step; pages never written take no memory."""
    cells = np.empty(n_samples * n_steps * n_cells + 1, dtype=np.int32)
    start = np.zeros(n_samples * n_steps + 1, dtype=np.int64)
    return cells, start, np.zeros((n_samples, n_cells), dtype=dtype)


def _constants(cell: RateCell, n_steps: int, dtype: Any) -> tuple[Any, ...]:
    """Return weights of the steps, beta, 1 - beta, where it fires, what it loses, what it sends."""
    numbers = (cell.beta, 1 - cell.beta, cell.firing * cell.threshold, cell.threshold)
    weights = cell.step_weights(n_steps).astype(dtype)
    return (weights, *(dtype.type(x) for x in numbers), dtype.type(cell.amplitude))


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _advance(
    current: Any, potential: Any, fired: Any, rate: Any, share: Any, beta: Any, gain: Any,
    firing: Any, threshold: Any,
) -> None:  # fmt: skip
    """Advance the cells of one sample by one step."""
    for i in range(len(current)):
        m = beta * potential[i] + gain * current[i]
        spike = type(beta)(1) if m >= firing else type(beta)(0)
        fired[i] = spike
        potential[i] = m - threshold * spike
        rate[i] += share * spike


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _constant(
    current: Any, cells: Any, start: Any, rate: Any, share: Any, beta: Any, gain: Any, firing: Any,
    threshold: Any, height: Any,
) -> int:  # fmt: skip
    n_samples, n_cells = current.shape
    n_steps = len(share)
    potential, fired = np.empty(n_cells, rate.dtype), np.empty(n_cells, rate.dtype)
    count = 0
    for sample in range(n_samples):
        potential[:] = 0
        for step in range(n_steps):
            _advance(
                current[sample], potential, fired, rate[sample], share[step] * height, beta, gain,
                firing, threshold,
            )  # fmt: skip
            count = list_spikes(fired, cells, count)
            start[sample * n_steps + step + 1] = count
    return count


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _driven(
    is_sparse: bool, before: Any, begin: Any, weight: Any, total: Any, cells: Any, start: Any,
    rate: Any, drive: Any, amplitude: Any, share: Any, beta: Any, gain: Any, firing: Any,
    threshold: Any, height: Any,
) -> int:  # fmt: skip
    n_samples, n_cells = rate.shape
    n_steps = len(share)
    potential, fired = np.empty(n_cells, rate.dtype), np.empty(n_cells, rate.dtype)
    current = np.empty(n_cells, rate.dtype)
    count = 0
    for sample in range(n_samples):
        potential[:] = 0
        for step in range(n_steps):
            row = sample * n_steps + step
            if is_sparse:
                add_spikes(before, begin[row], begin[row + 1], weight, current)
            else:
                current[:] = total[row]
            for i in range(n_cells):
                current[i] *= amplitude
                drive[sample, i] += share[step] * current[i]
            _advance(
                current, potential, fired, rate[sample], share[step] * height, beta, gain, firing,
                threshold,
            )  # fmt: skip
            count = list_spikes(fired, cells, count)
            start[row + 1] = count
    return count
