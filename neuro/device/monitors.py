"""Keep what kernels record until Brian2's own dynamic arrays receive it.

Brian2 grows an array at every recording. A kernel cannot, so it fills arrays of fixed size; when
there may be no room for one more step the time loop returns, the arrays are emptied into Brian2's,
and the loop goes on at the same object. Only `Variable.resize` and `get_value` are used, which all
versions of Brian2 have.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, final

import numpy as np
from numpy.typing import NDArray

#: Numbers that one buffer holds, unless a single step needs more.
BUFFER_NUMBERS = 2**18
#: Steps that a state or rate monitor may buffer.
MAX_ROWS = 4096


class Recorder(ABC):
    """Hold the buffers of one monitor.

    Attributes
    ----------
    arrays
        The buffers by name, with ``_rows`` (what is in use) and ``_room`` (what there is), both
        int64 of shape (1,).
    """

    def __init__(self, monitor: Any, names: list[str], capacity: int) -> None:
        self.monitor = monitor
        self.names = names
        self.arrays: dict[str, NDArray[Any]] = {
            "_rows": np.zeros(1, dtype=np.int64),
            "_room": np.full(1, capacity, dtype=np.int64),
        }

    def flush(self) -> None:
        """Append the buffered rows to the monitor's variables."""
        n_rows = int(self.arrays["_rows"][0])
        if n_rows == 0:
            return
        variables = self.monitor.variables
        start = int(variables["N"].get_value()[0])
        stop = start + n_rows
        self.resize(stop)
        variables["N"].set_value(stop)
        for name in self.names:
            variables[name].get_value()[start:stop] = self.arrays[name][:n_rows]
        self.arrays["_rows"][0] = 0

    @abstractmethod
    def resize(self, size: int) -> None:
        """Make the monitor's variables hold `size` rows."""


@final
class EventRecorder(Recorder):
    """Buffer events with the variables that an `EventMonitor` records."""

    def __init__(self, monitor: Any, names: list[str]) -> None:
        source = monitor.source
        n_source = int(getattr(source, "_source_N", len(source)))
        capacity = max(2 * n_source, BUFFER_NUMBERS // 4)
        super().__init__(monitor, sorted(names), capacity)
        for name in self.names:
            dtype = monitor.variables[name].dtype
            self.arrays[name] = np.empty(capacity, dtype=dtype)

    def resize(self, size: int) -> None:
        """Resize all recorded variables."""
        self.monitor.resize(size)


@final
class StateRecorder(Recorder):
    """Buffer rows of the variables that a `StateMonitor` records."""

    def __init__(self, monitor: Any, names: list[str]) -> None:
        width = int(monitor.n_indices)
        capacity = max(1, min(MAX_ROWS, BUFFER_NUMBERS // max(1, width)))
        super().__init__(monitor, ["t", *names], capacity)
        self.arrays["t"] = np.empty(capacity, dtype=monitor.variables["t"].dtype)
        for name in names:
            shape = (capacity, width)
            self.arrays[name] = np.empty(shape, dtype=monitor.variables[name].dtype)

    def resize(self, size: int) -> None:
        """Resize the times and all recorded variables."""
        self.monitor.resize(size)


@final
class RateRecorder(Recorder):
    """Buffer the rates of a `PopulationRateMonitor`."""

    def __init__(self, monitor: Any) -> None:
        super().__init__(monitor, ["t", "rate"], MAX_ROWS)
        for name in self.names:
            self.arrays[name] = np.empty(MAX_ROWS, dtype=monitor.variables[name].dtype)

    def resize(self, size: int) -> None:
        """Resize times and rates."""
        self.monitor.resize(size)
