"""Measure the time that each place of the time loop takes.

Compiled code reads the processor's cycle counter around each call; the cycles of all calls and the
wall time of the loop give the length of a cycle.
"""

from __future__ import annotations

from typing import Any, final

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray


@intrinsic  # type: ignore[untyped-decorator]
def cycles(typing_context: Any) -> Any:  # noqa: ARG001
    """Return the processor's cycle counter."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        kind = ir.FunctionType(ir.IntType(64), [])
        counter = builder.module.declare_intrinsic("llvm.readcyclecounter", (), kind)
        return builder.call(counter, ())

    return types.int64(), generate


@final
class Profile:
    """Hold the cycles of every place and the seconds of those that run in Python.

    Parameters
    ----------
    n_places
        The number of places of the loop.
    """

    #: The name of the array in generated code; element 0 counts the whole loop.
    SYMBOL = "_cycles"

    def __init__(self, n_places: int) -> None:
        self.cycles: NDArray[np.int64] = np.zeros(n_places + 1, dtype=np.int64)
        self.loop_seconds = 0.0
        self.python_seconds = np.zeros(n_places + 1)

    def get(self) -> NDArray[np.int64]:
        """Return the array that compiled code writes to."""
        return self.cycles

    def seconds(self) -> NDArray[np.float64]:
        """Return the seconds spent at each place."""
        per_cycle = self.loop_seconds / max(1, int(self.cycles[0]))
        return np.asarray(self.cycles[1:] * per_cycle + self.python_seconds[1:])

    def reset(self) -> None:
        """Begin anew."""
        self.cycles[:] = 0
        self.loop_seconds = 0.0
        self.python_seconds[:] = 0


def timed(lines: list[str], place: int) -> list[str]:
    """Write the measurement of some lines around them."""
    return ["_begin = cycles()", *lines, f"{Profile.SYMBOL}[{place}] += cycles() - _begin"]
