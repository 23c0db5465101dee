"""Lower thresholds: list the elements for which a condition holds, in ascending order."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from neuro.device.lower.template import Template
from neuro.device.source import Getter, Step, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


_NAMES = re.compile(r"[A-Za-z_]\w*")
#: Elements whose conditions are evaluated before any of them is looked at.
BLOCK = 256


def lower(code: NumbaCodeObject) -> Step:
    """Write the indices of events and, behind them, their number."""
    space = code.array(code.template_kwds["eventspace_variable"])
    hit = [f"{space}[_n_events] = _idx", "_n_events += 1"]
    if code.template_kwds["_uses_refractory"]:
        refractory = code.array(code.variables["not_refractory"])
        lastspike = code.array(code.variables["lastspike"])
        hit += [f"{refractory}[_idx] = False", f"{lastspike}[_idx] = {code.value('t')}"]
    size = code.value("N")
    extra: dict[str, Getter] = {}
    if _is_elementwise(code):
        mask = np.zeros(BLOCK, dtype=np.bool_)
        extra["_mask"] = lambda: mask
        visit = _in_blocks(code.vector[None], hit, size)
    else:
        visit = [
            f"for _idx in range({size}):",
            *indented([*code.vector[None], "if _cond:", *indented(hit)]),
        ]
    body = [*code.scalar[None], "_n_events = 0", *visit, f"{space}[{size}] = _n_events"]
    return code.make_step(body, extra)


def _in_blocks(condition: list[str], hit: list[str], size: str) -> list[str]:
    """Evaluate conditions into a mask, which vectorises, and search it only if one holds."""
    return [
        f"for _start in range(0, {size}, {BLOCK}):",
        f"    _stop = min(_start + {BLOCK}, {size})",
        "    _n_true = np.int64(0)",
        "    for _idx in range(_start, _stop):",
        *indented([*condition, "_mask[_idx - _start] = _cond", "_n_true += np.int64(_cond)"], 2),
        "    if _n_true > 0:",
        "        for _idx in range(_start, _stop):",
        "            if _mask[_idx - _start]:",
        *indented(hit, 4),
    ]


def _is_elementwise(code: NumbaCodeObject) -> bool:
    """Return whether the order in which conditions are evaluated does not matter."""
    used = set(_NAMES.findall("\n".join(code.vector[None])))
    return all(code.variables[name].stateless for name in code.functions) and all(
        code.variable_indices[name] in {"_idx", "0"}
        for name in used & set(code.variables)
        if name not in code.functions and name in code.variable_indices
    )


def _clear(code: NumbaCodeObject) -> None:
    code.template_kwds["eventspace_variable"].get_value()[-1] = 0


TEMPLATE = Template(lower, variables=frozenset({"N"}), after_run=_clear)
