"""Empty monitors while a simulation runs, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Window:
    """Hold what all monitors found up to one time.

    Attributes
    ----------
    until : float
        That time in s: all that is earlier was handed over when this window is.
    content : sequence of tuple
        Tap, times and data.
    """

    until: float
    content: Sequence[tuple[Tap, Array, Array]]

    def hand_over(self) -> None:
        """Write the content of every tap."""
        for tap, times, data in self.content:
            tap.write(times, data)


def windows(taps: Sequence[Tap], now: float) -> Iterator[Window]:
    """Yield what monitors hold, time after time for all of them together.

    Parameters
    ----------
    taps : sequence of Tap
        The monitors and where their content goes.
    now : float
        Model time in s, up to which the monitors have recorded.

    Yields
    ------
    Window
        At least one, the last one up to `now`; of no tap more than `MAX_EVENTS` spikes or
        `MAX_SAMPLES` samples, unless they are of one instant.
    """
    left = [_Content(tap) for tap in taps]
    while True:
        until = min((content.bound(now) for content in left), default=now)
        is_last = not any(content.bound(now) < now for content in left)
        yield Window(until, [content.take(until, is_last) for content in left])
        if is_last:
            return


def empty(taps: Sequence[Tap]) -> None:
    """Forget what monitors hold; their counts of spikes stay.

    Safe between two steps: a monitor's code reads its length anew in every step, and keeps the
    memory it has grown to, which so is that of the largest block (Brian2 2.9 to 2.11).

    Parameters
    ----------
    taps : sequence of Tap
        The monitors.
    """
    for tap in taps:
        tap.monitor.resize(0)
        tap.monitor.variables["N"].set_value(0)


@dataclass(slots=True)
class _Content:
    """Hold what a monitor has, and how much of it was taken."""

    tap: Tap
    times: Array = field(init=False)
    data: Array = field(init=False)
    length: int = field(init=False)
    at: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        variables, variable = self.tap.monitor.variables, self.tap.variable
        self.times = variables["t"].get_value()
        self.data = variables[variable or "i"].get_value()
        width = self.data.shape[1] if self.data.ndim == 2 else 1
        self.length = max(1, MAX_SAMPLES // max(1, width)) if variable else MAX_EVENTS

    def bound(self, now: float) -> float:
        """Return up to when a window may go: later than the next instant, at most now."""
        stop = self.at + self.length
        if stop >= len(self.times):
            return now
        first, last = self.times[self.at], self.times[stop]
        if last == first:
            stop = int(np.searchsorted(self.times, first, side="right"))
            return min(now, float(self.times[stop])) if stop < len(self.times) else now
        return min(now, float(last))

    def take(self, until: float, is_last: bool) -> tuple[Tap, Array, Array]:
        """Return what is earlier than a time, or all that is left: copies."""
        stop = len(self.times) if is_last else int(np.searchsorted(self.times, until))
        taken = slice(self.at, stop)
        self.at = stop
        return self.tap, np.array(self.times[taken]), np.array(self.data[taken])
