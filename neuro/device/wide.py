"""Ask LLVM for its widest vectors in a function of long vector loops.

LLVM prefers 256 bits on processors that have 512. A function that asks for all of them is kept
apart: inlined, it would take over its caller's preference, and its arrays would lose the promise
that they do not overlap.
"""

from __future__ import annotations

from typing import Any

from numba import types
from numba.extending import intrinsic

_ATTRIBUTES = ("noinline", '"prefer-vector-width"="512"')


@intrinsic  # type: ignore[untyped-decorator]
def widen(typing_context: Any) -> Any:  # noqa: ARG001
    """Compile the function that calls this with the widest vectors; do nothing when it runs."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        for attribute in _ATTRIBUTES:
            # llvmlite checks names against a list that lacks attributes of a target.
            set.add(builder.function.attributes, attribute)
        return context.get_dummy_value()

    return types.none(), generate
