"""Know the time of the last event of each synapse from those of its two neurons.

Every event of a neuron reaches all of its synapses, so `lastupdate`, which event-driven equations
keep for each synapse, is the later of two times that are known for each neuron.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Synapses that are looked at together.
PIECE = 2**18
Times = tuple[NDArray[np.float64], NDArray[np.float64]]


def times_of_neurons(synapses: Any) -> Times | None:
    """Return times of the sources and of the targets whose later one is that of each synapse.

    Parameters
    ----------
    synapses
        Synapses with event-driven equations.

    Returns
    -------
    tuple of arrays or None
        In seconds, indexed as the arrays of the neurons' groups are. None if there are no such
        times, as after somebody wrote to `lastupdate`, or if one lies in the future.
    """
    last = np.asarray(synapses.variables["lastupdate"].get_value())
    ends = [synapses.variables[n].get_value() for n in ("_synaptic_pre", "_synaptic_post")]
    sides = [
        np.full(int(group.start) + len(group), -np.inf)
        for group in (synapses.source, synapses.target)
    ]
    if len(last) == 0:
        return sides[0], sides[1]
    first, latest = float(last.min()), float(last.max())
    # No number fails every comparison.
    if not latest <= float(synapses.clock.variables["t"].get_value()[0]):
        return None
    if first == latest:
        sides[0][:] = latest
        return sides[0], sides[1]
    for times, end in zip(sides, ends, strict=True):
        # The earliest of a neuron's synapses: no greater time would do.
        times[:] = np.inf
        np.minimum.at(times, end, last)
        times[times == np.inf] = -np.inf
    # Piece by piece: there may be millions of synapses.
    for begin in range(0, len(last), PIECE):
        part = slice(begin, begin + PIECE)
        later = np.maximum(sides[0][ends[0][part]], sides[1][ends[1][part]])
        if not np.array_equal(later, last[part]):
            return None
    return sides[0], sides[1]
