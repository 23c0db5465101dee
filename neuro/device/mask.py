"""Find the elements for which a condition held, 64 at a time.

A condition is first evaluated for all elements into bytes, which vectorises. Looking for the few
that hold costs one comparison of 64 bytes and one branch per 64 elements.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

#: Elements that one word of bits stands for.
WORD = 64


def make_mask(size: int) -> NDArray[np.bool_]:
    """Return room for `size` conditions, filled up with false ones to whole words."""
    return np.zeros(-(-size // WORD) * WORD, dtype=np.bool_)


@intrinsic  # type: ignore[untyped-decorator]
def mask_word(typing_context: Any, mask: Any, start: Any) -> Any:  # noqa: ARG001
    """Return the conditions `start` to `start + 63` of a mask as the bits of an integer."""
    if not isinstance(mask, types.Array) or mask.dtype != types.bool_:
        return None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        pointer = builder.gep(array.data, [arguments[1]])
        lanes = ir.VectorType(ir.IntType(8), WORD)
        values = builder.load(builder.bitcast(pointer, lanes.as_pointer()), align=1)
        bits = builder.icmp_unsigned("!=", values, ir.Constant(lanes, None))
        return builder.bitcast(bits, ir.IntType(WORD))

    return types.uint64(mask, types.intp), generate


@intrinsic  # type: ignore[untyped-decorator]
def lowest_bit(typing_context: Any, bits: Any) -> Any:  # noqa: ARG001
    """Return the position of the lowest bit of an integer that is not 0."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.uint64), generate


@intrinsic  # type: ignore[untyped-decorator]
def without_lowest_bit(typing_context: Any, bits: Any) -> Any:  # noqa: ARG001
    """Return an integer without its lowest bit that is set."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ARG001
        one = ir.Constant(ir.IntType(WORD), 1)
        return builder.and_(arguments[0], builder.sub(arguments[0], one))

    return types.uint64(types.uint64), generate
