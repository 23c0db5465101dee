"""Empty monitors while a simulation runs, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
# What one call hands over, so that a long standalone recording is not copied whole.
MAX_EVENTS = 262_144
MAX_SAMPLES = 4_000_000


@dataclass(frozen=True, slots=True)
class Tap:
    """Say where the content of a monitor goes.

    Attributes
    ----------
    monitor : brian2.SpikeMonitor or brian2.StateMonitor
        The monitor; one variable of a StateMonitor.
    write : callable
        Receives times in s, shape (n,), and node numbers, shape (n,), or samples, shape
        (n, n_nodes), in order of time.
    variable : str
        Variable of a StateMonitor; empty for spikes.
    """

    monitor: Any
    write: Callable[[Array, Array], None]
    variable: str = ""


def pour(tap: Tap) -> None:
    """Hand over what a monitor holds.

    Parameters
    ----------
    tap : Tap
        The monitor and where its content goes.
    """
    for times, data in _blocks(tap):
        tap.write(times, data)


def drain(tap: Tap) -> None:
    """Hand over what a monitor holds, and empty it; its counts of spikes stay.

    Safe between two steps: the monitor's code reads its length anew in every step, and keeps the
    memory it has grown to, which so is that of the largest block (Brian2 2.9 to 2.11).

    Parameters
    ----------
    tap : Tap
        The monitor and where its content goes.
    """
    pour(tap)
    tap.monitor.resize(0)
    tap.monitor.variables["N"].set_value(0)


def _blocks(tap: Tap) -> Iterator[tuple[Array, Array]]:
    variables = tap.monitor.variables
    # A copy: the monitor's memory is used again.
    times = np.array(variables["t"].get_value())
    data = variables[tap.variable or "i"].get_value()
    width = data.shape[1] if data.ndim == 2 else 1
    length = max(1, MAX_SAMPLES // max(1, width)) if tap.variable else MAX_EVENTS
    for start in range(0, len(times), length):
        stop = start + length
        yield times[start:stop], np.array(data[start:stop])
