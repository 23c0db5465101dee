"""Turn Ctrl+C into a request that the simulation honours between two steps."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType


@dataclass(slots=True)
class Interruption:
    """Tell whether the user asked to stop.

    Attributes
    ----------
    requested : bool
        Whether Ctrl+C was pressed.
    stepping : bool
        Whether the simulation looks at `requested` often by itself. Elsewhere (building,
        compiling) the first Ctrl+C raises KeyboardInterrupt. Later ones change nothing: the
        file is being closed.
    """

    requested: bool = False
    stepping: bool = False

    def __call__(self, _number: int, _frame: FrameType | None) -> None:
        """Receive the signal."""
        if self.requested:
            return
        self.requested = True
        if not self.stepping:
            raise KeyboardInterrupt


@contextlib.contextmanager
def listening() -> Iterator[Interruption]:
    """Receive Ctrl+C inside the block; outside the main thread nothing is changed.

    Yields
    ------
    Interruption
        To be asked between steps.
    """
    interruption = Interruption()
    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = signal.signal(signal.SIGINT, interruption)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
