"""Lower summed variables: a variable of the target becomes the sum over its synapses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.lower.template import Template
from neuro.device.source import Step, indented
from neuro.device.synaptic.reads import Reads

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def lower(code: NumbaCodeObject) -> Step:
    """Set the targets to zero and add the synapses in ascending order."""
    kwds = code.template_kwds
    target = code.array(kwds["_target_var"])
    index = f"{code.array(kwds['_index_var'])}_narrow"
    reads = Reads(code)
    reads.by_synapse()
    reads.arrays[index] = code.device.narrow.synapse_getter(kwds["_index_var"])
    start = kwds["_target_start"]
    body = [
        f"for _target in range({code.value(kwds['_target_size_name'])}):",
        f"    {target}[_target + {start}] = 0",
        *code.scalar[None],
        *reads.once,
        f"for _idx in range(np.uint64({code.value('N')})):",
        *indented([*reads.lines, f"{target}[{index}[_idx]] += _synaptic_var"]),
    ]
    return code.make_step(body, reads.arrays)


TEMPLATE = Template(lower, variables=frozenset({"N"}))
