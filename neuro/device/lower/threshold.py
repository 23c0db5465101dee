"""Lower thresholds: list the elements for which a condition holds, in ascending order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.lower.template import Template
from neuro.device.source import Step, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def lower(code: NumbaCodeObject) -> Step:
    """Write the indices of events and, behind them, their number."""
    space = code.array(code.template_kwds["eventspace_variable"])
    hit = [f"{space}[_n_events] = _idx", "_n_events += 1"]
    if code.template_kwds["_uses_refractory"]:
        refractory = code.array(code.variables["not_refractory"])
        lastspike = code.array(code.variables["lastspike"])
        hit += [f"{refractory}[_idx] = False", f"{lastspike}[_idx] = {code.value('t')}"]
    size = code.value("N")
    body = [
        *code.scalar[None],
        "_n_events = 0",
        f"for _idx in range({size}):",
        *indented([*code.vector[None], "if _cond:", *indented(hit)]),
        f"{space}[{size}] = _n_events",
    ]
    return code.make_step(body, {})


def _clear(code: NumbaCodeObject) -> None:
    code.template_kwds["eventspace_variable"].get_value()[-1] = 0


TEMPLATE = Template(lower, variables=frozenset({"N"}), after_run=_clear)
