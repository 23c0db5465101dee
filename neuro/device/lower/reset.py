"""Lower resets: run statements for the elements that had an event in this step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.lower.template import Template
from neuro.device.source import Step, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def lower(code: NumbaCodeObject) -> Step:
    """Visit the events in the order in which the threshold listed them."""
    space = code.array(code.template_kwds["eventspace_variable"])
    body = [
        *code.scalar[None],
        f"for _event in range({space}[{space}.shape[0] - 1]):",
        *indented([f"_idx = {space}[_event]", *code.vector[None]]),
    ]
    return code.make_step(body, {})


TEMPLATE = Template(lower)
