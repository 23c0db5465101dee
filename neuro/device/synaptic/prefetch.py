"""Ask for memory before it is needed.

The processor runs ahead of a loop by a few hundred instructions. Where the statements of one
synapse take about as many, it does not see the next synapse in time, and each visit of a synapse
that lies elsewhere waits for memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

#: Synapses between the one that is asked for and the one that is visited.
AHEAD = 8

_AT_SYNAPSE = re.compile(r"^\w+ = (\w+)\[_idx\]$", re.MULTILINE)


@intrinsic  # type: ignore[untyped-decorator]
def prefetch(typing_context: Any, array: Any, index: Any) -> Any:  # noqa: ARG001
    """Ask for element `index` of a one-dimensional array; nothing is read and nothing checked."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind, _ = signature.args
        proxy = context.make_array(kind)(context, builder, arguments[0])
        word = context.get_value_type(types.intp)
        place = context.cast(builder, arguments[1], signature.args[1], types.intp)
        item = builder.gep(proxy.data, [builder.sext(place, word) if place.type != word else place])
        pointer = builder.bitcast(item, ir.IntType(8).as_pointer())
        flag = ir.IntType(32)
        function = ir.FunctionType(ir.VoidType(), [pointer.type, flag, flag, flag])
        call = cgutils.get_or_insert_function(builder.module, function, "llvm.prefetch.p0i8")
        # To be written (1), at every level of the cache (3), data (1).
        builder.call(call, [pointer, flag(1), flag(3), flag(1)])
        return context.get_dummy_value()

    return types.void(array, index), generate


def ahead(order: str, lines: Iterable[str]) -> list[str]:
    """Write the requests for what the statements read of a synapse further on in the row.

    Parameters
    ----------
    order
        The array that lists synapses by row.
    lines
        The statements, for synapse `_idx` at place `_row` of a row that ends before `_stop`.
    """
    arrays = dict.fromkeys(_AT_SYNAPSE.findall("\n".join(lines)))
    if not arrays:
        return []
    return [
        f"_later = _row + np.uint64({AHEAD})",
        "if _later < _stop:",
        f"    _ahead = np.uint32({order}[_later])",
        *(f"    prefetch({array}, _ahead)" for array in arrays),
    ]
