"""Watch which time loops run: those that the device compiled, or Brian2's own."""

from __future__ import annotations

import functools
from typing import Any

from brian2.core.network import Network
from brian2.devices.device import get_device

from neuro.device import numba_device
from neuro.device.loop import Loop

#: Portions of compiled loops ("loops"), of loops with objects in Python among them ("python"), and
#: runs on another device ("elsewhere").
counts: dict[str, int] = {}


def reset() -> None:
    """Begin to count anew."""
    counts.update(loops=0, python=0, elsewhere=0)


def watch() -> None:
    """Count from now on."""
    portion, before_run = Loop.portion, Network.before_run

    def watched_portion(self: Loop, *args: Any, **kwds: Any) -> bool:
        steps = [item.step is not None for item in self.program.items]
        counts["loops"] += any(steps)
        counts["python"] += not all(steps)
        return portion(self, *args, **kwds)

    # Brian2's own `Network.run` begins with it; the device has another way.
    @functools.wraps(before_run)
    def watched_before_run(self: Network, *args: Any, **kwds: Any) -> Any:
        counts["elsewhere"] += get_device() is not numba_device
        return before_run(self, *args, **kwds)

    reset()
    Loop.portion = watched_portion  # type: ignore[method-assign]
    Network.before_run = watched_before_run
