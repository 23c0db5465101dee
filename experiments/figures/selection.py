"""What of a recording a figure shows: some populations, some neurons, some time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from neuro.dimensions import TIME
from neuro.errors import SpecError, nearest
from neuro.recording import Recording
from neuro.units import UnitError, parse

MS = 1000.0  # in a second


@dataclass(frozen=True, slots=True)
class Selection:
    """Choose what is drawn.

    Attributes
    ----------
    populations : tuple of str
        Their names; all if empty.
    neurons : tuple of int or None
        First, and first that is not drawn any more.
    start_ms, stop_ms : float or None
        Window of time; the whole run if left out.
    """

    populations: tuple[str, ...] = ()
    neurons: tuple[int, int] | None = None
    start_ms: float | None = None
    stop_ms: float | None = None

    def named(self, among: list[str], where: Recording) -> list[str]:
        """Return the populations to draw of those that there are."""
        for name in self.populations:
            if name not in among:
                there = ", ".join(among) or "none"
                known = nearest(name, among)
                raise SpecError(f"{where.path}: nothing of population '{name}'{known} ({there})")
        return [name for name in among if not self.populations or name in self.populations]

    def window(self, recording: Recording) -> tuple[float, float]:
        """Return begin and end of what is drawn, in ms.

        Raises
        ------
        NothingToDrawError
            If the run does not reach into it.
        """
        duration = recording.progress[0]
        start = self.start_ms or 0.0
        stop = duration if self.stop_ms is None else min(self.stop_ms, duration)
        if self != ALL and start >= stop:
            raise NothingToDrawError(
                f"{recording.path}: nothing simulated from {start:g} ms on: it ends at {stop:g} ms"
            )
        return start, stop

    def rows(self, size: int) -> tuple[int, int]:
        """Return the first neuron to draw of `size`, and the first that is not."""
        first, end = self.neurons or (0, size)
        if first >= size:
            raise NothingToDrawError(f"no neuron {first}: there are {size}, from 0")
        return first, min(end, size)

    def spikes(
        self, recording: Recording, name: str
    ) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
        """Return times (ms) and neurons of the spikes of a population that are drawn."""
        times, ids = recording.spikes(name)
        if self == ALL:
            return times, ids
        start, stop = self.window(recording)
        first, end = self.rows(recording.size(name))
        shown = (times >= start) & (times <= stop) & (ids >= first) & (ids < end)
        return times[shown], ids[shown]


ALL = Selection()


def selection(populations: tuple[str, ...], neurons: str, start: str, stop: str) -> Selection:
    """Read a selection from the words of a command line.

    Parameters
    ----------
    populations : tuple of str
        Names.
    neurons : str
        "10:20", "7" or "".
    start, stop : str
        Times with units, or "".

    Returns
    -------
    Selection
        What the words say.

    Raises
    ------
    SpecError
        If they are no range or no times.
    """
    return Selection(
        populations, _range(neurons), _milliseconds(start, "--from"), _milliseconds(stop, "--until")
    )


def _range(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    first, colon, end = text.partition(":")
    if not (first.isdecimal() and (end.isdecimal() if colon else True)):
        raise SpecError(f"--neurons '{text}': needed are neurons as '10:20' (10 to 19), or one")
    low, high = int(first), int(end) if colon else int(first) + 1
    if low >= high:
        raise SpecError(f"--neurons '{text}': the end {high} must lie behind the begin {low}")
    return low, high


def _milliseconds(text: str, option: str) -> float | None:
    if not text:
        return None
    try:
        given = parse(text)
    except UnitError as fault:
        raise SpecError(f"{option}: {fault}") from None
    if given.dimension != TIME or given.value < 0:
        raise SpecError(f"{option} '{text}': needed is a time from 0 on, such as '20 ms'")
    return given.value * MS
