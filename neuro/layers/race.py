"""A race of cells: inhibition silences a population as soon as enough of it has spiked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from neuro.layers.events import Events

Array = NDArray[Any]
# A cell that has spiked falls so far that it cannot spike again in the same race.
SPENT = -1e30


@dataclass(frozen=True, slots=True)
class Race:
    """Declare cells that integrate a constant current, each until it spikes or the race ends.

    m <- decay m + (1 - decay) I from 0, a spike at m >= threshold. The race ends with the step
    in which `active` cells have spiked; of several that cross in this step those of larger m
    come first, as they would between steps, and of equal m the lower index.

    Attributes
    ----------
    active : int
        Spikes that end the race.
    decay : float
        What a step leaves of the potential, from 0 to below 1.
    threshold : float
        In units of the current; above 0.
    steps : int
        After which the race ends at the latest.
    """

    active: int
    decay: float = 0.9
    threshold: float = 1.0
    steps: int = 40

    def __post_init__(self) -> None:
        if self.active < 1 or self.steps < 1:
            raise SpecError(f"active {self.active}, steps {self.steps}; needed: at least 1")
        if not 0 <= self.decay < 1 or self.threshold <= 0:
            raise SpecError(
                f"decay {self.decay}, threshold {self.threshold}; needed: 0 to below 1, above 0"
            )


def race(current: Array, settings: Race) -> Events:
    """Let a population race for each of a batch of inputs.

    Parameters
    ----------
    current : array of floats, shape (n_samples, n_cells)
        The input of each cell, the same at every step.
    settings : Race
        The cells, and how many may spike.

    Returns
    -------
    Events
        Who spiked; a row for each sample, of `active` cells, or fewer if the others were too
        slow.
    """
    n_samples, n_cells = current.shape
    room = min(settings.active, n_cells)
    cells = np.empty(n_samples * room, dtype=np.int32)
    start = np.zeros(n_samples + 1, dtype=np.int64)
    kind = current.dtype.type
    count = _race(
        current, cells, start, room, settings.steps, kind(settings.decay), kind(1 - settings.decay),
        kind(settings.threshold), kind(SPENT),
    )  # fmt: skip
    return Events(cells[:count], start, n_cells)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _race(
    current: Any, cells: Any, start: Any, active: int, steps: int, decay: Any, gain: Any,
    threshold: Any, spent: Any,
) -> int:  # fmt: skip
    n_samples, n_cells = current.shape
    potential = np.empty(n_cells, current.dtype)
    crossing = np.empty(n_cells, np.int32)
    has_spiked = np.empty(n_cells, np.bool_)
    count = 0
    for sample in range(n_samples):
        potential[:] = 0
        has_spiked[:] = False
        left = active
        for _ in range(steps):
            for i in range(n_cells):
                potential[i] = decay * potential[i] + gain * current[sample, i]
            n = 0
            for i in range(n_cells):
                crossing[n] = i
                n += int(potential[i] >= threshold)
            _take(crossing[:n], potential, left, has_spiked, spent)
            left -= min(n, left)
            if left == 0:
                break
        for i in range(n_cells):
            if has_spiked[i]:
                cells[count] = i
                count += 1
        start[sample + 1] = count
    return count


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _take(crossing: Any, potential: Any, left: int, has_spiked: Any, spent: Any) -> None:
    """Let cells that cross in one step spike, the furthest ones if not all may."""
    if len(crossing) <= left:
        for i in crossing:
            has_spiked[i] = True
            potential[i] = spent
        return
    for _ in range(left):
        furthest = crossing[0]
        for i in crossing:
            if potential[i] > potential[furthest]:
                furthest = i
        has_spiked[furthest] = True
        potential[furthest] = spent
