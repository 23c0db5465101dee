"""Decay a trace over a whole number of time steps by looking two factors up."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.device.jit import kernel

#: Steps of the fine part of a table; the coarse part has one factor for so many steps.
FINE = 1024


def decay_table(rate: float, dt: float, n_steps: int) -> NDArray[np.float64]:
    """Tabulate exp(rate k dt): k from 0 to `FINE` - 1, then in multiples of `FINE`.

    Parameters
    ----------
    rate
        In 1/s.
    dt
        The time step in seconds.
    n_steps
        The largest number of steps that will be asked for.
    """
    fine = np.arange(FINE)
    coarse = np.arange(n_steps // FINE + 1) * FINE
    table: NDArray[np.float64] = np.exp(rate * dt * np.concatenate([fine, coarse]))
    return table


@kernel
def decay(table: Any, n_steps: Any) -> Any:
    """Return exp(rate n_steps dt) from a table of `decay_table`."""
    return table[n_steps & 1023] * table[1024 + (n_steps >> 10)]
