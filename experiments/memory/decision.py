"""Which cells a settled network has recalled: the last volley of the trial."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.float64]
Ids = NDArray[np.int64]


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
) -> NDArray[np.bool_]:
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
    array of bool, shape (n_trials, size)
        The sets. A network that fell silent has recalled the last volley it fired, which is the
        cue itself if nothing followed it.
    """
    found = np.zeros((len(starts), size), dtype=np.bool_)
    first, last = np.searchsorted(times, [starts, starts + settle])
    for trial, (begin, end) in enumerate(zip(first, last, strict=True)):
        fired = volleys(times[begin:end], ids[begin:end], silence)
        if fired:
            found[trial, fired[-1][1]] = True
    return found
