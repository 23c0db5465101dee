"""A layer of step cells over the steps of a batch: potentials and spikes from currents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from neuro.layers.cells import StepCell
from neuro.layers.surrogate import SIGMOID_SLOPE

Array = NDArray[Any]
_RESETS = {"subtract": 0, "hard": 1, "none": 2}


@dataclass(slots=True)
class StepState:
    """Hold what a layer carries from one step to the next.

    Attributes
    ----------
    potential : array, shape (n_samples, n_cells)
        After the reset of the last step.
    """

    potential: Array


def at_rest(n_samples: int, n_cells: int, dtype: Any = np.float32) -> StepState:
    """Return the state of a layer that has received nothing."""
    return StepState(np.zeros((n_samples, n_cells), dtype=dtype))


def advance(
    current: Array,
    cell: StepCell,
    state: StepState,
    smooth: bool = False,
    n_steps: int | None = None,
) -> tuple[Array, Array]:
    """Advance a layer by several steps.

    Parameters
    ----------
    current : array, shape (n_steps, n_samples, n_cells)
        Input of each step; from its last one on the input stays what it is.
    cell : StepCell
        The cell.
    state : StepState
        Where the layer is; it is moved on.
    smooth : bool
        Send 1 / (1 + exp(-a (u - threshold))) in place of spikes: for checks of gradients.
    n_steps : int, optional
        Steps to take; as many as there are inputs if left out.

    Returns
    -------
    spikes, potential : array, shape (n_steps, n_samples, n_cells)
        Zeros and ones; the potential that was compared with the threshold.
    """
    shape = (len(current) if n_steps is None else n_steps, *current.shape[1:])
    spikes, potential = np.empty(shape, current.dtype), np.empty(shape, current.dtype)
    number = current.dtype.type
    _advance(
        current, state.potential, spikes, potential, number(cell.decay), number(cell.threshold),
        _RESETS[cell.reset], smooth, number(SIGMOID_SLOPE),
    )  # fmt: skip
    return spikes, potential


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _advance(
    current: Any, carried: Any, spikes: Any, potential: Any, decay: Any, threshold: Any, reset: int,
    smooth: bool, slope: Any,
) -> None:  # fmt: skip
    n_steps, n_samples, n_cells = spikes.shape
    last = len(current) - 1
    one, zero = type(decay)(1), type(decay)(0)
    for step in range(n_steps):
        for sample in range(n_samples):
            left, drive = carried[sample], current[min(step, last), sample]
            for i in range(n_cells):
                u = decay * left[i] + drive[i]
                s = one if u >= threshold else zero
                potential[step, sample, i] = u
                spikes[step, sample, i] = s
                if reset == 0:
                    left[i] = u - threshold * s
                elif reset == 1:
                    left[i] = u * (one - s)
                else:
                    left[i] = u
            if smooth:
                for i in range(n_cells):
                    u = potential[step, sample, i]
                    spikes[step, sample, i] = one / (one + np.exp(-slope * (u - threshold)))
