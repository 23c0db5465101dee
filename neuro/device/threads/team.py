"""Keep threads that help the thread of the time loop, for as long as a run lasts.

The array ``_team`` tells helpers what there is to do (`neuro.device.threads.region`). Nobody ever
waits for a helper that has not begun, so helpers may sleep, be late or be missing. One that finds
nothing to do spins for some microseconds, then yields its core to whoever wants it, then sleeps.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from typing import Any, final

import numpy as np
from numba import types
from numpy.typing import NDArray

from neuro.device.jit import kernel
from neuro.device.threads.atomic import atomic_load, pause

#: Words of the array; each has a line of the cache of its own.
EPOCH, DONE, PLACE, BROKEN, CLAIMS = 0, 8, 16, 24, 32
LINE = 8
#: The upper bits of an epoch are the number of the job; a helper of another job does not touch it.
JOB_BITS = 36
#: Other systems have no function of these names; there the time loop works alone.
IS_AVAILABLE = os.name == "posix"
#: How often a helper looks for work before it yields, and before it sleeps.
SPINS, YIELDS = 400, 4000
#: Microseconds of sleep between two looks.
SLEEP = 50

_yield_core = types.ExternalFunction("sched_yield", types.int32())
_sleep = types.ExternalFunction("usleep", types.int32(types.uint32))


@kernel
def wait(count: Any) -> None:
    """Wait for a moment, for the `count`-th time in a row."""
    if count < SPINS:
        pause()
    elif count < YIELDS:
        _yield_core()
    else:
        _sleep(SLEEP)


@kernel
def gather(team: Any, n_parts: Any) -> Any:
    """Wait until all parts are done; return False if a helper failed."""
    count = 0
    while atomic_load(team, DONE) != n_parts:
        if atomic_load(team, BROKEN) != 0:
            return False
        if count < SPINS:
            pause()
        else:
            _yield_core()
        count += 1
    return True


@final
class Team:
    """Hold the helpers of one program.

    Parameters
    ----------
    n_threads
        The number of threads, the caller's included.

    Attributes
    ----------
    words
        What all threads see.
    """

    #: The name of the array in generated code.
    SYMBOL = "_team"

    def __init__(self, n_threads: int) -> None:
        self.n_threads = n_threads
        self.words: NDArray[np.int64] = np.zeros(CLAIMS + LINE * n_threads, dtype=np.int64)
        self.error: BaseException | None = None
        self._helpers: list[threading.Thread] = []
        self._changed = threading.Condition()
        self._job: tuple[int, Callable[..., Any], tuple[Any, ...]] | None = None
        self._number = 0

    def get(self) -> NDArray[np.int64]:
        """Return the array that compiled code uses."""
        return self.words

    def serve(self, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        """Let helpers work on these arrays from now on.

        Parameters
        ----------
        function
            What a helper calls with `words`, its number, the number of the job and `arguments`.
        arguments
            The arrays and numbers of the program.
        """
        if self._job is not None and _are_same(self._job[2], arguments):
            return
        with self._changed:
            self._begin_job()
            self._job = (self._number, function, tuple(arguments))
            self._changed.notify_all()
        if not self._helpers:
            self._helpers = [
                threading.Thread(target=self._help, args=(k,), name=f"engram-{k}", daemon=True)
                for k in range(1, self.n_threads)
            ]
            for helper in self._helpers:
                helper.start()

    def _begin_job(self) -> None:
        """Begin to count epochs anew; helpers of an earlier job see it and leave."""
        self._number += 1
        first = self._number << JOB_BITS
        self.words[BROKEN] = 0
        self.words[CLAIMS:] = first
        self.words[EPOCH] = first

    def dismiss(self) -> None:
        """Send the helpers away and wait until they are gone."""
        with self._changed:
            self._begin_job()
            self._job = None
            self._changed.notify_all()
        for helper in self._helpers:
            helper.join()
        self._helpers = []
        self.error = None

    def fail(self) -> None:
        """Raise the error of a helper."""
        assert self.error is not None
        raise self.error

    def _help(self, number: int) -> None:
        """Do the jobs of one helper."""
        last = 0
        while True:
            with self._changed:
                while self._job is not None and self._job[0] == last:
                    self._changed.wait()
                if self._job is None:
                    return
                last, function, arguments = self._job
            try:
                function(self.words, number, last, *arguments)
            except BaseException as error:
                self.error = error
                self.words[BROKEN] = 1
                return
            del function, arguments


def _are_same(these: Sequence[Any], those: Sequence[Any]) -> bool:
    return len(these) == len(those) and all(map(_is_same, these, those))


def _is_same(one: Any, other: Any) -> bool:
    """Return whether compiled code would see no difference between two arguments."""
    if one is other:
        return True
    if not isinstance(one, np.ndarray) or not isinstance(other, np.ndarray):
        return type(one) is type(other) and not isinstance(one, np.ndarray) and bool(one == other)
    return (
        one.dtype == other.dtype
        and one.strides == other.strides
        and one.shape == other.shape
        and one.ctypes.data == other.ctypes.data
    )
