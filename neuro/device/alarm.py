"""Let a compiled loop look at the clock, so that steps which turn slow do not hold up Ctrl+C.

How many steps a portion may have is judged by the portion before, and a network that was silent
may burst. The last three numbers of the array ``control`` of a loop belong to this module: the
deadline in nanoseconds of the system's monotonic clock, 0 for none, and two for the clock's answer.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from neuro.device.jit import kernel

#: Elements of ``control`` that are kept here.
SIZE = 3
#: Steps between two looks at the clock, which takes some 20 ns; a power of two.
STRIDE = 8
#: POSIX has the function; its number of the clock differs.
IS_AVAILABLE = sys.platform != "win32"
_MONOTONIC = getattr(time, "CLOCK_MONOTONIC", 1)


@intrinsic  # type: ignore[untyped-decorator]
def nanoseconds(typing_context: Any, control: Any) -> Any:  # noqa: ARG001
    """Return the monotonic clock; its seconds and nanoseconds go to the end of the array."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        (length,) = cgutils.unpack_tuple(builder, array.shape)
        seconds = builder.gep(array.data, [builder.sub(length, ir.IntType(64)(2))])
        fraction = builder.gep(array.data, [builder.sub(length, ir.IntType(64)(1))])
        byte = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.IntType(32), [ir.IntType(32), byte])
        clock = cgutils.get_or_insert_function(builder.module, kind, "clock_gettime")
        builder.call(clock, [ir.IntType(32)(_MONOTONIC), builder.bitcast(seconds, byte)])
        whole = builder.mul(builder.load(seconds), ir.IntType(64)(10**9))
        return builder.add(whole, builder.load(fraction))

    return types.int64(control), generate


@kernel
def is_late(control: Any) -> Any:
    """Return whether the deadline of a loop has passed."""
    deadline = control[control.shape[0] - 3]
    return deadline > 0 and nanoseconds(control) >= deadline


def lines(budget: str, leave: str) -> list[str]:
    """Write the look at the clock.

    Parameters
    ----------
    budget
        The element of ``control`` that counts the steps down.
    leave
        The statement that leaves the loop.
    """
    if not IS_AVAILABLE:
        return []
    return [f"if {budget} & {STRIDE - 1} == 0 and is_late(control):", f"    {leave}"]


def set_deadline(control: Any, seconds: float) -> None:
    """Let the loop return to Python after so many seconds from now, or never for 0."""
    control[-SIZE] = time.monotonic_ns() + int(seconds * 1e9) if seconds else 0
