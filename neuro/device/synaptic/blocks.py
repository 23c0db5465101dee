"""Visit the columns of several post-synaptic spikes together, block by block of memory.

The synapses of one column lie far apart: each visit of a large matrix is a cache miss. Where
several columns are due in one step, and the statements write nothing but variables of the synapse
visited, the order of the synapses does not matter, only that of several visits of one synapse. So
all columns proceed together through blocks of memory that fit the cache.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np
from brian2.core.functions import Function
from numpy.typing import NDArray

from neuro.device.jit import kernel
from neuro.device.source import Getter, indented
from neuro.device.synaptic.prefetch import ahead
from neuro.device.threads.region import FIRST, LAST

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject
    from neuro.device.delivery import SpikeQueue

#: Mean number of synapses of one column in one block; fewer cost more for the changes of block.
VISITS = 8
#: The smallest block, in synapses.
SMALLEST = 4096


def is_free_of_order(code: NumbaCodeObject) -> bool:
    """Return whether the statements of different synapses may change places."""
    text = "\n".join(code.vector[None])
    tree = ast.parse(text)
    indices = {
        ast.unparse(node.slice)
        for node in ast.walk(tree)
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    functions = [v for v in code.variables.values() if isinstance(v, Function)]
    return indices <= {"_idx"} and all(function.stateless for function in functions)


@kernel
def first_from(order: Any, begin: Any, end: Any, synapse: Any) -> Any:
    """Return the first place from `begin` to `end` whose synapse is at least the given one."""
    while begin < end:
        middle = (begin + end) // 2
        if np.uint64(order[middle]) < synapse:
            begin = middle + 1
        else:
            end = middle
    return begin


def places(queue: SpikeQueue, n_parts: int) -> Getter:
    """Return what looks up room for the place of every column in every part."""
    kept = [np.zeros((n_parts, 0), dtype=np.int64)]

    def look_up() -> NDArray[np.int64]:
        if kept[0].shape[1] != queue.spikes.shape[1]:
            kept[0] = np.zeros((n_parts, queue.spikes.shape[1]), dtype=np.int64)
        return kept[0]

    return look_up


def visit(queue: str, per_source: list[str], lines: list[str], n_parts: int = 0) -> list[str]:
    """Write the visit of all synapses of the sources in `_slot`.

    Parameters
    ----------
    queue
        The prefix of the arrays of the queue.
    per_source
        What is done before synapses of `_source` are visited.
    lines
        What is done for synapse `_idx` at place `_row`.
    n_parts
        The number of parts in which threads share the synapses, or 0.
    """
    q = queue
    place, begin, end = f"{q}_place[_k]", "np.uint64(0)", f"np.uint64({q}_order.shape[0])"
    start = f"{q}_indptr[{q}_spikes[_slot, _k]]"
    if n_parts:
        place = f"{q}_places[{FIRST}, _k]"
        begin, end = (f"edge({q}_order.shape[0], {p}, {n_parts}, 1)" for p in (FIRST, LAST))
        stop = f"{q}_indptr[{q}_spikes[_slot, _k] + 1]"
        start = f"first_from({q}_order, {start}, {stop}, _end)"
    return [
        f"_n_due = {q}_n_spikes[_slot]",
        f"_n_synapses = {end}",
        # One column alone needs no blocks.
        f"_size = np.uint64(max({SMALLEST}, {VISITS} * {q}_indptr.shape[0]))",
        "if _n_due < 2:",
        "    _size = _n_synapses",
        f"_end = {begin}",
        "for _k in range(_n_due):",
        f"    {place} = {start}",
        "while _n_due > 0 and _end < _n_synapses:",
        "    _end = min(_end + _size, _n_synapses)",
        "    for _k in range(_n_due):",
        f"        _source = {q}_spikes[_slot, _k]",
        *indented(per_source, 2),
        f"        _row = np.uint64({place})",
        f"        _stop = np.uint64({q}_indptr[_source + 1])",
        "        while _row < _stop:",
        f"            _idx = np.uint32({q}_order[_row])",
        "            if _idx >= _end:",
        "                break",
        *indented([*ahead(f"{q}_order", lines), *lines], 3),
        "            _row += np.uint64(1)",
        f"        {place} = _row",
    ]
