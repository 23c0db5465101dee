"""The bias at which a population fires at a given rate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import brentq

from networks.build.network import build
from networks.spec import Spec
from networks.variants import parameter, shifted, with_parameter
from neuro.engines.brian import brian2
from neuro.engines.simulation import Stretch, simulate
from neuro.errors import SpecError

#: A bias is found to this part of the range that it is looked for in.
RESOLUTION = 1e-5
#: The first step from no shift, of the way to an end.
FIRST_STEP = 1 / 8


@dataclass(frozen=True, slots=True)
class Matched:
    """Hold a network whose bias was moved.

    Attributes
    ----------
    spec : Spec
        The description with the bias that was found.
    shift : float
        By how much that was moved, in SI.
    rate : float
        The mean rate that was measured with it, 1/s.
    """

    spec: Spec
    shift: float
    rate: float


def mean_rate(
    spec: Spec, population: str, duration: float, warm_up: float = 0.0, **given: Any
) -> float:
    """Measure the mean rate of a population, in 1/s; the engine must be active.

    Parameters
    ----------
    spec : Spec
        The description.
    population : str
        Whose rate.
    duration, warm_up : float
        Time to count over, and before, s.
    **given
        For `build`: replicate, spikes, graphs.

    Raises
    ------
    SpecError
        If the engine is standalone, which counts nothing between two runs.
    """
    if brian2.get_device() is brian2.all_devices["cpp_standalone"]:
        raise SpecError("engine 'brian2_standalone' cannot measure rates while a network is built")
    built = build(spec, **given)
    counter, before = built.counters[population], []
    first = Stretch("warm-up", warm_up, finish=lambda *_: before.append(int(counter.num_spikes)))
    stretches = [first, Stretch("count", duration)]
    simulate(built.network, stretches if warm_up else stretches[1:])
    n_spikes = int(counter.num_spikes) - sum(before)
    return n_spikes / (spec.populations[population].size * duration)


def match_rate(
    spec: Spec,
    population: str,
    rate: float,
    shifts: tuple[float, float],
    duration: float,
    warm_up: float = 0.0,
    bias: str = "I_e",
    **given: Any,
) -> Matched:
    """Move the bias of a population until it fires at a mean rate; the engine must be active.

    Every network on the way draws the same, so that the rate is a function of the bias: a
    staircase, as fine as the spikes that are counted.

    Parameters
    ----------
    spec : Spec
        The description.
    population : str
        Whose rate.
    rate : float
        In 1/s.
    shifts : tuple of float
        Between what shifts of the bias it is looked for, in SI.
    duration, warm_up : float
        Time to count over, and before, s.
    bias : str
        The parameter that is moved: a value, or a distribution that can be.
    **given
        For `build`: replicate, spikes, graphs.

    Returns
    -------
    Matched
        The bias is found to a 1e-5 of the range.

    Raises
    ------
    SpecError
        If the rates at both ends are above or below, or the bias cannot be moved.
    """
    own = parameter(spec, population, bias)

    def moved(shift: float) -> Spec:
        return with_parameter(spec, population, bias, shifted(own, shift))

    found: dict[float, float] = {}

    def rate_at(shift: float) -> float:
        found[shift] = mean_rate(moved(shift), population, duration, warm_up, **given)
        return found[shift]

    best = find_shift(rate_at, rate, shifts, f"{bias} of population '{population}'")
    return Matched(moved(best), best, found[best])


def find_shift(
    rate_at: Callable[[float], float],
    rate: float,
    shifts: tuple[float, float],
    what: str,
    tolerance: float = 0.0,
) -> float:
    """Look for the shift of a bias at which something fires at a rate.

    Parameters
    ----------
    rate_at : callable
        Of a shift, in SI: the rate, 1/s. It is asked once for each.
    rate : float
        In 1/s.
    shifts : tuple of float
        Between what shifts it is looked for.
    what : str
        What is moved, for the message.
    tolerance : float
        A rate so near ends the search, 1/s.

    Returns
    -------
    float
        Of the shifts that were tried, the one whose rate is nearest.

    Raises
    ------
    SpecError
        If the rates at both ends are above or below.
    """
    found: dict[float, float] = {}

    def excess(shift: float) -> float:
        if shift not in found:
            found[shift] = rate_at(shift)
        beyond = found[shift] - rate
        return 0.0 if abs(beyond) <= tolerance else beyond

    low, high = sorted(shifts)
    begin = min(max(0.0, low), high)
    upwards = _bracket(excess, begin, high), _bracket(excess, begin, low)
    first, second = upwards if excess(begin) < 0 else upwards[::-1]
    between = next(first, None) or next(second, None)
    if between is None:
        raise SpecError(
            f"the rates are {found[low]:.4g} and {found[high]:.4g} Hz where {what} is moved "
            f"by {low:.4g} and {high:.4g} (SI units); needed: on either side of {rate:.4g} Hz"
        )
    brentq(excess, *between, xtol=RESOLUTION * (high - low))
    return min(found, key=lambda shift: abs(found[shift] - rate))


def _bracket(
    excess: Callable[[float], float], begin: float, end: float
) -> Iterator[tuple[float, float]]:
    """Go from one shift towards another by growing steps; yield where the excess changes sign."""
    near, step = begin, (end - begin) * FIRST_STEP
    while near != end:
        far = near + step if abs(near + step - end) > abs(step) else end
        if np.sign(excess(near)) * np.sign(excess(far)) <= 0:
            yield near, far
        near, step = far, 2 * step
