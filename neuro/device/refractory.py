"""Compare times instead of counting steps since the last spike.

Brian2 frees a neuron when `timestep(t - lastspike, dt) >= K`: a division and a conversion per
neuron and step. Both the difference and the count fall as `lastspike` grows, so the neurons that
are free are those with `lastspike <= latest`, where `latest` is the largest double for which
the original condition holds. It is found by bisection, once per step, from the original
condition itself, so that every neuron is freed in the same step (for spike times whose step
counts fit 64 bits).
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from neuro.device.intrinsics import timestep
from neuro.device.jit import kernel

_STEPS = (
    r"timestep\(np\.float64\(t - (?P<past>\w+)\), np\.float64\(dt\)\)",
    r"np\.int64\(\(np\.float64\(t - (?P<past>\w+)\) \+ (?:1e-3|0\.001) \* np\.float64\(dt\)\)"
    r" / np\.float64\(dt\)\)",
)
_CONDITIONS = [
    re.compile(rf"(?P<name>\w+) = np\.bool_\(\(*{steps}\)* >= (?P<count>\w+)\)$")
    for steps in _STEPS
]
#: Relative to the largest of the times, far more than the rounding of the condition.
_WIDTH = 1e-15


@kernel
def latest(t: Any, dt: Any, count: Any) -> Any:
    """Return the largest time of which `t` is at least `count` steps away.

    Parameters
    ----------
    t, dt
        The time and the length of a step, in seconds.
    count
        A number of steps.
    """
    guess = t - (count * dt - 1e-3 * dt)
    width = _WIDTH * (math.fabs(t) + math.fabs(count * dt) + dt)
    low, high = guess - width, guess + width
    while timestep(t - low, dt) < count:
        width *= 2
        low -= width
    while timestep(t - high, dt) >= count:
        width *= 2
        high += width
    while True:
        middle = low + (high - low) / 2
        if middle <= low or middle >= high:
            return low
        if timestep(t - middle, dt) >= count:
            low = middle
        else:
            high = middle


def compare_times(scalar: Sequence[str], vector: Sequence[str]) -> tuple[list[str], list[str]]:
    """Replace the count of steps since a time of the past by a comparison with `latest`.

    Parameters
    ----------
    scalar, vector
        Lines for all elements together and for each.

    Returns
    -------
    tuple of list of str
        The lines, changed if the vector code holds such a condition whose number of steps the
        scalar code knows.
    """
    known = {line.split(" = ")[0] for line in scalar}
    before, changed = list(scalar), []
    for line in vector:
        match = next((m for m in (c.match(line) for c in _CONDITIONS) if m), None)
        if match is None or not {"t", "dt", match["count"]} <= known:
            changed.append(line)
            continue
        name = f"_latest_{match['count']}"
        before.append(f"{name} = latest(t, dt, {match['count']})")
        changed.append(f"{match['name']} = {match['past']} <= {name}")
    return before, changed
