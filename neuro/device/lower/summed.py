"""Lower summed variables: a variable of the target becomes the sum over its synapses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.lower.template import Template
from neuro.device.source import Step, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def lower(code: NumbaCodeObject) -> Step:
    """Set the targets to zero and add the synapses in ascending order."""
    kwds = code.template_kwds
    target = code.array(kwds["_target_var"])
    index = code.array(kwds["_index_var"])
    start = kwds["_target_start"]
    body = [
        f"for _target in range({code.value(kwds['_target_size_name'])}):",
        f"    {target}[_target + {start}] = 0",
        *code.scalar[None],
        f"for _idx in range({code.value('N')}):",
        *indented([*code.vector[None], f"{target}[{index}[_idx]] += _synaptic_var"]),
    ]
    return code.make_step(body, {})


TEMPLATE = Template(lower, variables=frozenset({"N"}))
