"""Turn Ctrl+C into a request that the simulation honours between two steps."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

# Seconds until Ctrl+C is heard again, when the destructor that ignored it has ended.
AGAIN = 0.01


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
        with _repeated(interruption):
            yield interruption
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _repeated(interruption: Interruption) -> Iterator[None]:
    """Press Ctrl+C again where Python ignored it: in a destructor or the callback of a weakref."""
    told = sys.unraisablehook
    timers: list[threading.Timer] = []

    def hook(ignored: Any) -> None:
        if ignored.exc_type is not KeyboardInterrupt:
            told(ignored)
            return
        interruption.requested = False
        main = threading.main_thread().ident
        timers.append(threading.Timer(AGAIN, signal.pthread_kill, (main, signal.SIGINT)))
        timers[-1].start()

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = told
        for timer in timers:
            timer.cancel()
