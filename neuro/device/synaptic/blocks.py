"""Visit the columns of several post-synaptic spikes together, block by block of memory.

The synapses of one column lie far apart: each visit of a large matrix is a cache miss. Where
several columns are due in one step, and the statements write nothing but variables of the synapse
visited, the order of the synapses does not matter, only that of several visits of one synapse. So
all columns proceed together through blocks of memory that fit the cache.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from brian2.core.functions import Function

from neuro.device.source import indented
from neuro.device.synaptic.prefetch import ahead

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject

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


def visit(queue: str, per_source: list[str], lines: list[str]) -> list[str]:
    """Write the visit of all synapses of the sources in `_slot`.

    Parameters
    ----------
    queue
        The prefix of the arrays of the queue.
    per_source
        What is done before synapses of `_source` are visited.
    lines
        What is done for synapse `_idx` at place `_row`.
    """
    q = queue
    return [
        f"_n_due = {q}_n_spikes[_slot]",
        f"_n_synapses = np.uint64({q}_order.shape[0])",
        # One column alone needs no blocks.
        f"_size = np.uint64(max({SMALLEST}, {VISITS} * {q}_indptr.shape[0]))",
        "if _n_due < 2:",
        "    _size = _n_synapses",
        "for _k in range(_n_due):",
        f"    {q}_place[_k] = {q}_indptr[{q}_spikes[_slot, _k]]",
        "_end = np.uint64(0)",
        "while _n_due > 0 and _end < _n_synapses:",
        "    _end += _size",
        "    for _k in range(_n_due):",
        f"        _source = {q}_spikes[_slot, _k]",
        *indented(per_source, 2),
        f"        _row = np.uint64({q}_place[_k])",
        f"        _stop = np.uint64({q}_indptr[_source + 1])",
        "        while _row < _stop:",
        f"            _idx = np.uint32({q}_order[_row])",
        "            if _idx >= _end:",
        "                break",
        *indented([*ahead(f"{q}_order", lines), *lines], 3),
        "            _row += np.uint64(1)",
        f"        {q}_place[_k] = _row",
    ]
