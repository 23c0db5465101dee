"""Write the body of the time loop.

The loop is a state machine: it returns to Python when a buffer is full or when an object has to
run in Python, and is called again to go on at the same place of the same time step. Its first
argument, ``control`` (int64), holds the place to resume at, the place that returned, the number of
steps still to do, the last step of each clock, and what `neuro.device.alarm` keeps there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from neuro.device import alarm, clocks
from neuro.device.fast.counter import Counter
from neuro.device.profile import Profile, timed
from neuro.device.source import Step, indented
from neuro.device.threads import region as regions
from neuro.device.threads.region import Region
from neuro.device.threads.team import Team

RESUME, PLACE, BUDGET, STOPS = 0, 1, 2, 3
#: Why the loop returned.
PAUSED, OVER, ROOM, PYTHON, FAILED = 0, 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class Item:
    """Hold one place of the time loop.

    Parameters
    ----------
    clock
        The number of its clock.
    owner
        The Brian2 object.
    step
        What to do, or None if the object runs in Python.
    """

    clock: int
    owner: Any
    step: Step | None


def _place(number: int, item: Item, profile: Profile | None, team: Team | None) -> list[str]:
    """Write one place: its resumption, its condition and its call."""
    condition = f"if _resume <= {number} and _due_{item.clock}:"
    leave = [f"control[{PLACE}] = {number}", f"control[{RESUME}] = {number}"]
    if item.step is None:
        leave[1] = f"control[{RESUME}] = {number + 1}"
        return [condition, *indented([*leave, f"return {PYTHON}"])]
    lines = [*_region(number, item.step.region, team), *item.step.lines]
    if profile is not None:
        lines = timed(lines, number)
    if item.step.room:
        lines = [f"if not ({item.step.room}):", *indented([*leave, f"return {ROOM}"]), *lines]
    return [condition, *indented(lines)]


def _region(number: int, region: Region | None, team: Team | None) -> list[str]:
    """Write what threads share of a place; without helpers one thread does all of it."""
    if region is None:
        return []
    if team is None:
        return regions.alone(region)
    return regions.shared(region, number, team.n_threads, f"return {FAILED}")


def write(
    items: Sequence[Item],
    ticking: Sequence[Any],
    device: Any,
    profile: Profile | None,
    team: Team | None,
) -> list[str]:
    """Write the body of a time loop.

    Parameters
    ----------
    items
        The places of the loop in order.
    ticking
        The clocks that the loop advances; none for a single pass over the items.
    device
        Names the arrays.
    profile
        Measures the time of each place, if there is one.
    team
        The threads that help, if there are any.
    """
    numbered = enumerate(items, start=1)
    places = [line for k, item in numbered for line in _place(k, item, profile, team)]
    bindings = [item.step.bindings for item in items if item.step is not None]
    draws = any(Counter.SYMBOL in names for names in bindings)
    count = [f"{Counter.SYMBOL}[2] += np.uint64(1)"] if draws else []
    entry = [line for item in items if item.step is not None for line in item.step.entry]
    if not ticking:
        return [*entry, "_resume = control[0]", "_due_0 = True", *places, *count, f"return {OVER}"]
    step_begin = ["_step_begin = cycles()"] if profile else []
    step_end = [f"{Profile.SYMBOL}[0] += cycles() - _step_begin"] if profile else []
    return [
        *entry,
        f"_resume = control[{RESUME}]",
        "while True:",
        *indented(
            [
                *clocks.begin(ticking, device),
                "if _resume == 0:",
                "    if _is_over:",
                f"        return {OVER}",
                f"    if control[{BUDGET}] <= 0:",
                f"        return {PAUSED}",
                *indented(alarm.lines(f"control[{BUDGET}]", f"return {PAUSED}")),
                *step_begin,
                *places,
                *count,
                *step_end,
                "_resume = 0",
                f"control[{RESUME}] = 0",
                f"control[{BUDGET}] -= 1",
                *clocks.advance(ticking, device),
            ]
        ),
    ]
