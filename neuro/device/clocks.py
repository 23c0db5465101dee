"""Write the part of the time loop that finds the clocks of a step and moves them on.

Brian2's rule (`Network._nextclocks`): the clock with the smallest time is next, and every clock
whose time differs from it by less than 1e-4 of the smaller dt ticks in the same step. An
`EventClock` (Brian2 2.10 and later) has a list of times instead of a dt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from brian2.core.clocks import Clock

from neuro.device.source import Getter

#: Relative to dt, `brian2.Clock.epsilon_dt`.
EPSILON = 1e-4
#: In seconds, between two clocks that have no dt.
EPSILON_EVENTS = 1e-14

#: Brian2 warns of a run that ends after so many steps.
MANY_STEPS = 2**40


def has_dt(clock: Any) -> bool:
    """Return whether a clock ticks at multiples of a time step."""
    return "dt" in clock.variables


def set_interval(clock: Any, start: Any, end: Any) -> None:
    """Set a clock to the start of a run and tell it the end: `Clock.set_interval`, without its log.

    Parameters
    ----------
    clock
        The clock.
    start, end
        The interval, as quantities. Times that are no multiples of dt are rounded up.
    """
    is_plain = type(clock) is Clock and has_dt(clock)
    dt = clock.variables["dt"].get_value().item() if is_plain else math.nan
    is_plain = is_plain and getattr(clock, "_old_dt", math.nan) in (None, dt)
    stop = _timestep(float(end), dt) if is_plain else 0
    if not is_plain or stop > MANY_STEPS:
        # Another kind of clock, a changed dt, or something to warn of.
        clock.set_interval(start, end)
        return
    step = _timestep(float(start), dt)
    clock.variables["timestep"].get_value()[0] = step
    clock.variables["t"].get_value()[0] = step * dt
    clock._i_end = stop


def _timestep(time: float, dt: float) -> int:
    """Return the step of a time: the nearest within `EPSILON`, else the next."""
    step = round(time / dt)
    is_near = step * dt == time or abs(step * dt - time) / dt <= EPSILON
    return step if is_near else math.ceil(time / dt)


def _name(clock: Any, variable: str, device: Any) -> str:
    return str(device.get_array_name(clock.variables[variable]))


def _dt(clock: Any, device: Any) -> str:
    return f"{_name(clock, 'dt', device)}[0]" if has_dt(clock) else "math.inf"


def bindings(clocks: Sequence[Any], device: Any) -> dict[str, Getter]:
    """Return the arrays of the clocks by name."""
    found: dict[str, Getter] = {}
    for clock in clocks:
        for name in ("timestep", "t", "dt" if has_dt(clock) else "times"):
            found[_name(clock, name, device)] = clock.variables[name].get_value
    return found


def _over(clock: Any, number: int, device: Any) -> str:
    return f"_is_over = {_name(clock, 'timestep', device)}[0] >= control[{3 + number}]"


def begin(clocks: Sequence[Any], device: Any) -> list[str]:
    """Write what determines the clocks that are due, and whether the run is over.

    ``control[3 + c]`` is the step at which clock ``c`` ends.
    """
    if len(clocks) == 1:
        return ["_due_0 = True", _over(clocks[0], 0, device)]
    lines = [
        f"_t = {_name(clocks[0], 't', device)}[0]",
        f"_dt = {_dt(clocks[0], device)}",
        _over(clocks[0], 0, device),
    ]
    for c, clock in enumerate(clocks[1:], start=1):
        t = f"{_name(clock, 't', device)}[0]"
        lines += [
            f"if {t} < _t:",
            f"    _t = {t}",
            f"    _dt = {_dt(clock, device)}",
            f"    {_over(clock, c, device)}",
        ]
    return lines + [line for c, clock in enumerate(clocks) for line in _due(clock, c, device)]


def _due(clock: Any, number: int, device: Any) -> list[str]:
    t = f"{_name(clock, 't', device)}[0]"
    return [
        f"_width = min(_dt, {_dt(clock, device)})",
        f"_gap = abs({t} - _t)",
        f"_due_{number} = {t} == _t or _gap / _width < {EPSILON}",
        "if _width == math.inf:",
        f"    _due_{number} = _gap < {EPSILON_EVENTS}",
    ]


def advance(clocks: Sequence[Any], device: Any) -> list[str]:
    """Write what moves the clocks that were due to their next step."""
    lines = []
    for c, clock in enumerate(clocks):
        timestep, t = (_name(clock, name, device) for name in ("timestep", "t"))
        time = f"{timestep}[0] * {_dt(clock, device)}"
        if not has_dt(clock):
            time = f"{_name(clock, 'times', device)}[{timestep}[0]]"
        lines += [f"if _due_{c}:", f"    {timestep}[0] += 1", f"    {t}[0] = {time}"]
    return lines
