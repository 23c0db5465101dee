"""Write the part of the time loop that finds the clocks of a step and moves them on.

Brian2's rule (`Network._nextclocks`): the clock with the smallest time is next, and every clock
whose time differs from it by less than 1e-4 of the smaller dt ticks in the same step.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuro.device.source import Getter

#: Relative to dt, `brian2.Clock.epsilon_dt`.
EPSILON = 1e-4


def bindings(clocks: Sequence[Any], device: Any) -> dict[str, Getter]:
    """Return the arrays of the clocks by name."""
    found: dict[str, Getter] = {}
    for clock in clocks:
        for name in ("timestep", "t", "dt"):
            variable = clock.variables[name]
            found[device.get_array_name(variable)] = variable.get_value
    return found


def _names(clock: Any, device: Any) -> tuple[str, str, str]:
    timestep, t, dt = (device.get_array_name(clock.variables[n]) for n in ("timestep", "t", "dt"))
    return timestep, t, dt


def begin(clocks: Sequence[Any], device: Any) -> list[str]:
    """Write what determines the clocks that are due, and whether the run is over.

    ``control[3 + c]`` is the step at which clock ``c`` ends.
    """
    if len(clocks) == 1:
        timestep, _, _ = _names(clocks[0], device)
        return ["_due_0 = True", f"_is_over = {timestep}[0] >= control[3]"]
    timestep, t, dt = _names(clocks[0], device)
    lines = [f"_t = {t}[0]", f"_dt = {dt}[0]", f"_is_over = {timestep}[0] >= control[3]"]
    for c, clock in enumerate(clocks[1:], start=1):
        timestep, t, dt = _names(clock, device)
        lines += [
            f"if {t}[0] < _t:",
            f"    _t = {t}[0]",
            f"    _dt = {dt}[0]",
            f"    _is_over = {timestep}[0] >= control[{3 + c}]",
        ]
    for c, clock in enumerate(clocks):
        _, t, dt = _names(clock, device)
        near = f"abs({t}[0] - _t) / min(_dt, {dt}[0]) < {EPSILON}"
        lines.append(f"_due_{c} = {t}[0] == _t or {near}")
    return lines


def advance(clocks: Sequence[Any], device: Any) -> list[str]:
    """Write what moves the clocks that were due to their next step."""
    lines = []
    for c, clock in enumerate(clocks):
        timestep, t, dt = _names(clock, device)
        lines += [
            f"if _due_{c}:",
            f"    {timestep}[0] += 1",
            f"    {t}[0] = {timestep}[0] * {dt}[0]",
        ]
    return lines
