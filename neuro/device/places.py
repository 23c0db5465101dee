"""List the places of a time loop: what the objects of a network do there, in Brian2's order."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from brian2.core.base import BrianObject
from numba.core.errors import NumbaError

from neuro.device.body import Item
from neuro.device.codeobject import NumbaCodeObject
from neuro.device.fast.replay import lazy_steps
from neuro.device.fuse import Program
from neuro.device.invariant import written

if TYPE_CHECKING:
    from neuro.device.device import NumbaDevice


def items(objects: Sequence[Any], ticking: Sequence[Any], device: NumbaDevice) -> list[Item]:
    """Return the places of the time loop, in the order of the schedule."""
    lazy = lazy_steps(objects, device)
    found = []
    active = [obj for obj in objects if obj.active]
    device.next_place = 0
    device.written = written(
        code
        for obj in active
        for code in map(_strong, obj.code_objects)
        if isinstance(code, NumbaCodeObject)
    )
    for obj in active:
        clock = ticking.index(obj.clock)
        if type(obj).run is not BrianObject.run:
            found.append(Item(clock, weakref.proxy(obj), None))
            continue
        codes = [_strong(code) for code in obj.code_objects]
        if all(isinstance(code, NumbaCodeObject) for code in codes):
            steps = [lazy.get(id(code)) or code.lower() for code in codes]
            found += [Item(clock, weakref.proxy(obj), step) for step in steps]
        else:
            found.append(Item(clock, weakref.proxy(obj), None))
    return found


def _strong(code: Any) -> Any:
    """Return the code object behind one of Brian2's weak proxies."""
    return code.__repr__.__self__


def compiles(item: Item, device: NumbaDevice) -> bool:
    """Return whether Numba compiles a place by itself."""
    if item.step is None:
        return True
    try:
        Program([item], [], device).compile()
    except NumbaError:
        return False
    return True
