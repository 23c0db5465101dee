"""Lower state updates, `run_regularly` and everything else that visits all elements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.fast.drawing import draw
from neuro.device.fast.factors import regroup
from neuro.device.invariant import split
from neuro.device.lower.template import Template
from neuro.device.refractory import compare_times
from neuro.device.source import Step, indented
from neuro.device.threads import elements

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def lower(code: NumbaCodeObject) -> Step:
    """Visit elements 0 to N-1 in order."""
    scalar, vector = compare_times(code.scalar[None], code.vector[None])
    n_parts = elements.parts(code, vector)
    drawn = draw(code, vector, n_parts)
    parts = split(code, scalar, drawn.vector, regroup if code.device.mode == "fast" else None)
    stretch = elements.stretch(code.value("N"), n_parts, bool(drawn.before))
    body = [
        "widen()",
        *parts.scalar,
        *drawn.before,
        *stretch.head,
        stretch.visit,
        *indented(parts.vector or ["pass"]),
    ]
    bindings = parts.bindings | drawn.bindings
    if n_parts:
        return code.make_step([], bindings, parts.entry, shared=body)
    return code.make_step(body, bindings, parts.entry)


TEMPLATE = Template(
    lower,
    variables=frozenset({"N"}),
    iterate_all=frozenset({"_idx"}),
    allows_scalar_write=True,
)
