"""Lower thresholds: list the elements for which a condition holds, in ascending order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from brian2.core.variables import ArrayVariable

from neuro.device.fast.drawing import draw
from neuro.device.invariant import split
from neuro.device.lower.template import Template
from neuro.device.mask import WORD, make_mask
from neuro.device.source import Step, indented
from neuro.device.threads import elements

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


_NAMES = re.compile(r"[A-Za-z_]\w*")


def lower(code: NumbaCodeObject) -> Step:
    """Write the indices of events and, behind them, their number."""
    space = code.array(code.template_kwds["eventspace_variable"])
    hit = [f"{space}[_n_events] = _idx", "_n_events += 1"]
    if code.template_kwds["_uses_refractory"]:
        refractory = code.array(code.variables["not_refractory"])
        lastspike = code.array(code.variables["lastspike"])
        hit += [f"{refractory}[_idx] = False", f"{lastspike}[_idx] = {code.value('t')}"]
    size = code.value("N")
    by_mask = _is_elementwise(code)
    n_parts = elements.parts(code, code.vector[None]) if by_mask else 0
    drawn = draw(code, code.vector[None], n_parts)
    parts = split(code, code.scalar[None], drawn.vector)
    extra = parts.bindings | drawn.bindings
    stretch = elements.stretch(size, n_parts, bool(drawn.before))
    found = ["if _cond:", *indented(hit)]
    search = []
    if by_mask:
        mask = make_mask(code.n_elements)
        extra["_own_mask"] = lambda: mask
        found, search = ["_own_mask[_idx] = _cond"], _search(hit, size)
    evaluate = [
        "widen()",
        *parts.scalar,
        *drawn.before,
        *stretch.head,
        stretch.visit,
        *indented([*parts.vector, *found]),
    ]
    begin, end = "_n_events = 0", f"{space}[{size}] = _n_events"
    if n_parts:
        return code.make_step([begin, *search, end], extra, parts.entry, shared=evaluate)
    return code.make_step([begin, *evaluate, *search, end], extra, parts.entry)


def _search(hit: list[str], size: str) -> list[str]:
    """Write what is done wherever the mask says so."""
    return [
        f"for _start in range(0, {size}, {WORD}):",
        "    _bits = mask_word(_own_mask, _start)",
        "    while _bits != 0:",
        "        _idx = _start + lowest_bit(_bits)",
        "        _bits = without_lowest_bit(_bits)",
        *indented(hit, 2),
    ]


def _is_elementwise(code: NumbaCodeObject) -> bool:
    """Return whether the order in which conditions are evaluated does not matter."""
    used = set(_NAMES.findall("\n".join(code.vector[None])))
    is_stateless = all(
        code.variables[name].stateless or code.is_counted(name) for name in code.functions
    )
    return (
        is_stateless
        and not isinstance(code.variables["N"], ArrayVariable)
        and all(
            code.variable_indices[name] in {"_idx", "0"}
            for name in used & set(code.variables)
            if name not in code.functions and name in code.variable_indices
        )
    )


def _clear(code: NumbaCodeObject) -> None:
    code.template_kwds["eventspace_variable"].get_value()[-1] = 0


TEMPLATE = Template(lower, variables=frozenset({"N"}), after_run=_clear)
