"""Bring synapses up to date whose events have waited, outside of the time loop."""

from __future__ import annotations

from typing import Any

from neuro.device.body import Item
from neuro.device.fast.missed import Missed
from neuro.device.fast.rowlazy import Plan
from neuro.device.fast.scope import Scope
from neuro.device.fuse import Program
from neuro.device.source import Step, indented


class Settler:
    """Run the step that brings synapses up to date, outside of the time loop.

    Parameters
    ----------
    step
        The step.
    plan, device
        The owner of the step, and what names arrays.
    """

    def __init__(self, step: Step, plan: Plan, device: Any) -> None:
        self.program = Program([Item(0, plan.synapses, step)], [], device)

    def __call__(self) -> None:
        """Run the step once."""
        self.program.bind()
        self.program.control[:] = 0
        self.program()


def settler(scope: Scope, missed: Missed) -> Settler:
    """Return what runs all that waits and, if asked to, writes the traces of the synapses."""
    plan, h = scope.plan, scope.h
    visit = plan.visits[0]
    q = f"_queue_{visit.name}"
    body = [
        *missed.scalar,
        f"for _source in range({q}_indptr.shape[0] - 1):",
        f"    _pre = _source + {q}_shape[0]",
        *indented(missed.row_head()),
        f"    if _marker < {h}cutoff[0]:",
        *indented(missed.catch_up(visit), 2),
        f"        {h}marker[_pre] = {h}now[0]",
        f"    if {h}write[0] != 0:",
        *indented(scope.rows(visit, _write_back(scope)), 2),
    ]
    return Settler(scope.step(body), plan, scope.device)


def _write_back(scope: Scope) -> list[str]:
    """Write the traces of one synapse as they were at its last event."""
    plan, h, code = scope.plan, scope.h, scope.learner
    variables = plan.synapses.variables
    lines = [
        f"{code.array(variables[name])}[_idx] = "
        f"{f'_row_{name}' if kind == 'row' else f'{h}column_{name}[_post]'}"
        f" * decay({h}table_{name}, _last - {start})"
        for kind, names, start in (
            ("row", plan.traces.rows, "_since"),
            ("column", plan.traces.columns, f"{h}column_step[_post]"),
        )
        for name in names
    ]
    if plan.synapses.event_driven and not plan.traces.keeps_update:
        dt = code.array(plan.learner.clock.variables["dt"])
        last = code.array(variables["lastupdate"])
        time = f"({h}start[0] + _last - 1) * {dt}[0]"
        if plan.traces.knows_update:
            time = f"max({h}row_last[_pre], {h}column_last[_post])"
        lines.append(f"{last}[_idx] = {time}")
    return [f"_last = max(_since, {h}column_step[_post])", "if _last > 0:",
            *indented(lines or ["pass"])]  # fmt: skip
