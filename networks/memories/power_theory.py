"""Closed form of a memory whose units add powers of overlaps: one step from part of a pattern.

Patterns of k of N units. The overlap of a cue of c of its units with another pattern nu is q_nu;
a unit hears h_j = sum g(q_nu) over the patterns that it is in, and becomes active if h_j reaches
g(c), what the pattern of the cue alone brings to its units. A unit of the pattern never stays
silent. Another one is in r of the P - 1 others, r binomial; given that, a q_nu is hypergeometric,
c draws of the k - 1 other units of the pattern among N - 1, and the g(q_nu) add up: the
distribution of the sum is a convolution. Patterns that bring g(c) at once wake all of their units
together and are counted as such; apart from these, units are taken as independent.

References
----------
Derived here. D. Krotov, J. J. Hopfield (2016). Dense associative memory for pattern recognition
(powers of overlaps); P. Poirazi, B. W. Mel (2001). Neuron 29, 779-796 (dendrites that have them).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from networks.memories.power import Power
from neuro.errors import SpecError

Array = NDArray[np.float64]


def spurious(power: Power, size: int, active: int, cued: int, n_patterns: int) -> float:
    """Compute the chance that a unit becomes active that is not in the pattern.

    Parameters
    ----------
    power : Power
        g.
    size, active, cued : int
        N, k and c.
    n_patterns : int
        P.
    """
    return float(_power_of(_brought(power, size, active, cued), n_patterns - 1)[-1])


def exact(power: Power, size: int, active: int, cued: int, n_patterns: int) -> float:
    """Compute the chance that one step gives exactly the pattern.

    No other pattern may bring g(c) at once, which would wake all of its cells together; given
    that, cells are taken as independent.
    """
    each = _brought(power, size, active, cued)
    count = np.arange(cued + 1)
    alone = float(stats.hypergeom(size, active, cued).pmf(count) @ (power(count) >= power(cued)))
    each[-1] = 0.0
    each[0] = 1 - alone - each[1:].sum()
    wrong = float(_power_of(each / (1 - alone), n_patterns - 1)[-1])
    none = (n_patterns - 1) * np.log1p(-alone)
    return float(np.exp(none + (size - active) * np.log1p(-wrong))) if wrong < 1 else 0.0


def _brought(power: Power, size: int, active: int, cued: int) -> Array:
    """Return the law of what another pattern brings to a cell, from 0 to g(c) or more."""
    if not 0 < cued <= active < size:
        raise SpecError(f"{cued} cued of {active} active of {size} units")
    enough, count = int(power(cued)), np.arange(cued + 1)
    law = stats.hypergeom(size - 1, active - 1, cued).pmf(count)
    found = np.zeros(enough + 1)
    # What reaches g(c) does not have to be told apart: the last entry.
    np.add.at(found, np.minimum(power(count), enough), active / size * law)
    found[0] += 1 - active / size
    return found


def _power_of(law: Array, times: int) -> Array:
    """Return the law of a sum of so many, all beyond the last entry gathered in it."""
    found = np.zeros_like(law)
    found[0] = 1.0
    square = law
    while times:
        if times & 1:
            found = _sum_of(found, square)
        square, times = _sum_of(square, square), times >> 1
    return found


def _sum_of(one: Array, other: Array) -> Array:
    full = np.convolve(one, other)
    full[len(one) - 1] = full[len(one) - 1 :].sum()
    return np.asarray(full[: len(one)])
