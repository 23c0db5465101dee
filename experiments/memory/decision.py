"""Which cells a network has recalled, the last volley of a trial, and whether it had settled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Recalled:
    """Hold what the trials of one test ended in.

    Attributes
    ----------
    sets : array of bool, shape (n_trials, N)
        Cells of the last volley before the reset. A network that fell silent has recalled the
        last volley it fired, which is the cue itself if nothing followed it.
    is_settled : array of bool, shape (n_trials,)
        Whether the last two volleys are the same set, as far as a trial tells: a fixed point.
    n_steps : array of int, shape (n_trials,)
        Volleys after the cue's.
    """

    sets: NDArray[np.bool_]
    is_settled: NDArray[np.bool_]
    n_steps: NDArray[np.int64]


def volleys(times: Times, ids: Ids, silence: float) -> list[tuple[Times, Ids]]:
    """Split spikes where nobody fires for longer than a silence.

    Parameters
    ----------
    times, ids : array, shape (n_spikes,)
        Spikes in order of time.
    silence : float
        In the unit of the times.

    Returns
    -------
    list of (times, ids)
        Volleys in order; empty if there are no spikes.
    """
    if times.size == 0:
        return []
    cuts = np.flatnonzero(np.diff(times) > silence) + 1
    return list(zip(np.split(times, cuts), np.split(ids, cuts), strict=True))


def active_sets(
    times: Times, ids: Ids, starts: Times, settle: float, silence: float, size: int
) -> Recalled:
    """Decide what each trial has recalled: the cells of its last volley before the reset.

    Parameters
    ----------
    times, ids : array, shape (n_spikes,)
        Spikes of the cells in order of time.
    starts : array, shape (n_trials,)
        When the trials begin.
    settle : float
        Length of a trial before its reset.
    silence : float
        Volleys are told apart by a silence longer than this; all in one unit of time.
    size : int
        Number of cells.

    Returns
    -------
    Recalled
        A row for each trial.
    """
    found = np.zeros((len(starts), size), dtype=np.bool_)
    before = np.zeros_like(found)
    n_volleys = np.zeros(len(starts), dtype=np.int64)
    first, last = np.searchsorted(times, [starts, starts + settle])
    for trial, (begin, end) in enumerate(zip(first, last, strict=True)):
        fired = volleys(times[begin:end], ids[begin:end], silence)
        n_volleys[trial] = len(fired)
        if fired:
            found[trial, fired[-1][1]] = True
        if len(fired) > 1:
            before[trial, fired[-2][1]] = True
    settled = (n_volleys > 1) & (found == before).all(axis=1)
    return Recalled(found, settled, np.maximum(n_volleys - 1, 0))
