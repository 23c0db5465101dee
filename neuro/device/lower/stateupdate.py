"""Lower state updates, `run_regularly` and everything else that visits all elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.lower.template import Template
from neuro.device.source import Step, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def lower(code: NumbaCodeObject) -> Step:
    """Visit elements 0 to N-1 in order."""
    body = [
        *code.scalar[None],
        f"for _idx in range({code.value('N')}):",
        *indented(code.vector[None] or ["pass"]),
    ]
    return code.make_step(body, {})


TEMPLATE = Template(
    lower,
    variables=frozenset({"N"}),
    iterate_all=frozenset({"_idx"}),
    allows_scalar_write=True,
)
