"""Write steps that threads share: the loop opens a region, everybody claims parts of it.

A region consists of a fixed number of parts that write to different places. The thread of the time
loop announces a region by the next *epoch*; whoever first turns the claim of a part from the last
epoch to this one does that part. Everybody begins with a part of their own, so that it stays in
the cache of one core, and then takes what is left. The loop goes on when all parts are done.
Which thread does a part makes no difference to any bit of the result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from neuro.device.source import indented
from neuro.device.threads.team import (
    CLAIMS,
    DONE,
    EPOCH,
    JOB_BITS,
    LINE,
    PLACE,
    Team,
)

#: In generated code: the parts to do are those from the first name to before the second.
FIRST, LAST = "_first_part", "_last_part"
#: Work, in the nanoseconds of `neuro.device.threads.work`, below which threads share nothing of a
#: network: arrays move between the caches of the cores at every step.
LEAST_STEP = 20_000
#: Work of one object at one step below which it is not worth a region, which takes a microsecond.
LEAST_REGION = 1_000

_T = Team.SYMBOL


@final
@dataclass(frozen=True, slots=True)
class Region:
    """Hold a step that threads may share.

    Parameters
    ----------
    call
        The statement that does the parts from `FIRST` to before `LAST`.
    n_parts
        The number of parts.
    is_large
        A condition under which the step is worth sharing.
    """

    call: str
    n_parts: int
    is_large: str = "True"


def alone(region: Region) -> list[str]:
    """Write a region for a loop that has no helpers."""
    return [f"{FIRST} = 0", f"{LAST} = {region.n_parts}", region.call]


def shared(region: Region, place: int, n_parts: int, failed: str) -> list[str]:
    """Write a region for the thread of the time loop.

    Parameters
    ----------
    region
        The region.
    place
        Its number in the loop.
    n_parts
        The number of its parts.
    failed
        The statement that leaves the loop when a helper has failed.
    """
    claim = f"{CLAIMS} + {LINE} * _part"
    return [
        f"_is_shared = {region.is_large}",
        "_epoch = 0",
        "_n_rounds = 1",
        "if _is_shared:",
        f"    _n_rounds = {n_parts}",
        f"    _epoch = atomic_load({_T}, {EPOCH}) + 1",
        f"    atomic_store({_T}, {PLACE}, {place})",
        f"    atomic_store({_T}, {DONE}, 0)",
        f"    atomic_store({_T}, {EPOCH}, _epoch)",
        "for _part in range(_n_rounds):",
        f"    if not _is_shared or compare_and_set({_T}, {claim}, _epoch - 1, _epoch):",
        f"        {FIRST} = _part",
        f"        {LAST} = _part + 1 if _is_shared else {n_parts}",
        f"        {region.call}",
        "        if _is_shared:",
        f"            atomic_add({_T}, {DONE}, 1)",
        "if _is_shared:",
        f"    if not gather({_T}, {n_parts}):",
        f"        {failed}",
        # Written out here, so that no compiler believes that arrays are what they were.
        f"    atomic_load({_T}, {DONE})",
    ]


def helper(regions: Sequence[tuple[int, Region]], n_parts: int) -> list[str]:
    """Write what a helper does until its job is over: `_number` is its own, `_job` the job's.

    Parameters
    ----------
    regions
        The regions with their places in the loop.
    n_parts
        The number of parts of each.
    """
    branches = []
    for k, (place, region) in enumerate(regions):
        branches += [f"{'el' if k else ''}if _place == {place}:", f"    {region.call}"]
    work = [
        f"_part = (_turn + _number) % {n_parts}",
        f"if compare_and_set({_T}, {CLAIMS} + {LINE} * _part, _epoch - 1, _epoch):",
        f"    _place = atomic_load({_T}, {PLACE})",
        f"    {FIRST} = _part",
        f"    {LAST} = _part + 1",
        *indented(branches),
        f"    atomic_add({_T}, {DONE}, 1)",
    ]
    return [
        f"_epoch = _job << {JOB_BITS}",
        "_count = 0",
        "while True:",
        f"    _now = atomic_load({_T}, {EPOCH})",
        f"    if _now >> {JOB_BITS} != _job:",
        "        return",
        "    if _now == _epoch:",
        "        wait(_count)",
        "        _count += 1",
        "    else:",
        "        _epoch = _now",
        "        _count = 0",
        f"        for _turn in range({n_parts}):",
        *indented(work, 3),
    ]
