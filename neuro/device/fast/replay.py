"""Lower pathways whose post-synaptic events wait in a history until their synapse is visited."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any, NamedTuple

import numpy as np
from brian2.core.preferences import prefs
from brian2.core.variables import ArrayVariable, AuxiliaryVariable
from brian2.parsing.bast import brian_ast

from neuro.device.fast.history import LEAD, History
from neuro.device.fast.rowlazy import Plan, code_of, recognise
from neuro.device.fast.sharing import SOURCE_INDEX, TARGET_INDEX
from neuro.device.fast.statements import Assignment, recursive_names, write
from neuro.device.fuse import Item, Program
from neuro.device.lower.synapses import bindings as queue_bindings
from neuro.device.source import (
    Getter,
    Kernel,
    Step,
    appearing,
    indented,
    make_kernel,
    substitute,
)

_ASSIGNED = re.compile(r"^\s*(\w+) = ", re.MULTILINE)


class Fragment(NamedTuple):
    """Hold translated statements: what is done once, and for each element."""

    scalar: list[str]
    vector: list[str]


def lazy_steps(objects: Sequence[Any], device: Any) -> dict[int, Step]:
    """Return the steps that stand for code objects of plastic synapses, by the code's identity.

    Parameters
    ----------
    objects
        The objects of a network in the order of its schedule, prepared for a run.
    device
        The device; nothing is postponed in its strict mode, or where its `postpones` is false.
    """
    if device.mode != "fast" or not device.postpones:
        return {}
    return {
        key: step for plan in recognise(objects) for key, step in Lowering(plan, device).steps()
    }


class Lowering:
    """Write the steps of the pathways of one plan.

    Parameters
    ----------
    plan
        What `recognise` found.
    device
        Names the arrays.
    """

    def __init__(self, plan: Plan, device: Any) -> None:
        self.plan, self.device = plan, device
        self.h = f"_lazy_{plan.synapses.name}_"
        self.learner = code_of(plan.learner)
        self.codes = [code_of(pathway) for pathway in (*plan.visits, plan.learner)]
        splits = [*(plan.split[visit.name] for visit in plan.visits), plan.replay]
        self.types = {
            code.name: own_types(code, split, plan.traces.names)
            for code, split in zip(self.codes, splits, strict=True)
        }
        dtypes = {name: self._dtype(name) for name in plan.captured}
        self.history = History(plan, dtypes)
        self.replay = self._replay()

    def steps(self) -> list[tuple[int, Step]]:
        """Return the step of every pathway with the identity of its code object."""
        self.history.settle_rows = self._settler()
        found = [(id(code_of(visit)), self._visit(visit)) for visit in self.plan.visits]
        return [*found, (id(self.learner), self._learn())]

    def _dtype(self, name: str) -> Any:
        own = self.types[self.learner.name]
        known = own[name] if name in own else self.learner.variables[name]
        return np.dtype(known.dtype)

    def _translate(
        self, code: Any, assignments: Sequence[Assignment], replaced: Iterable[str], tag: str
    ) -> Fragment:
        """Translate statements in which some names are plain numbers, not arrays."""
        if not assignments:
            return Fragment([], [])
        stand_ins = dict(self.types[code.name])
        for name in set(replaced) - set(stand_ins):
            stand_ins[name] = AuxiliaryVariable(name, dtype=code.variables[name].dtype)
        variables = {**code.variables, **stand_ins}
        indices = copy(code.variable_indices)
        indices.update(dict.fromkeys(stand_ins, "_idx"))
        generator = code.generator_class(
            variables=variables, variable_indices=indices, owner=code.owner,
            iterate_all=frozenset(), codeobj_class=type(code), name=code.name,
            template_name=code.template_name,
        )  # fmt: skip
        scalar, vector, _ = generator.translate(
            {None: write(assignments)}, dtype=prefs["core.default_float_dtype"]
        )
        hoisted = re.compile(r"\b_lio_\w+")
        names = {n: f"{n}_{tag}" for line in scalar[None] for n in hoisted.findall(line)}
        return Fragment(
            [substitute(line, names) for line in scalar[None]],
            [substitute(line, names) for line in vector[None]],
        )

    def _trace(self, kind: str, name: str, steps: str) -> str:
        """Write the value of a shared trace some steps after its last change."""
        value = f"_row_{name}" if kind == "row" else f"{self.h}column_{name}[_post]"
        return f"{name} = {value} * decay({self.h}table_{name}, {steps})"

    def _row_head(self) -> list[str]:
        """Write what is known of a source before the event."""
        h = self.h
        return [
            f"_marker = {h}marker[_pre]",
            f"_since = {h}row_step[_pre]",
            *(f"_row_{name} = {h}row_{name}[_pre]" for name in self.plan.traces.rows),
            *(f"_kept_{name} = {h}kept_{name}[_pre]" for name in self.plan.snapshots),
        ]

    def _replay(self) -> Fragment:
        """Write the post-synaptic events that the synapse ``_idx`` has missed."""
        plan, h, code = self.plan, self.h, self.learner
        rows = set(plan.traces.rows)
        body = self._translate(
            code, plan.replay.rest, {*plan.captured, *plan.snapshots, *rows}, "replay"
        )
        text = "\n".join(body.vector)
        loads = [
            *(self._trace("row", name, "_at - _since") for name in plan.traces.rows),
            *(f"{name} = _kept_{name}" for name in plan.snapshots),
            *(f"{name} = {h}at_{name}[_post, _event]" for name in plan.captured),
        ]
        loads = [line for line in loads if appearing(text, [line.split(" = ")[0]])]
        return private(Fragment(body.scalar, [*loads, *body.vector]))

    def _catch_up(self, visit: Any) -> list[str]:
        """Write the replay of all events that the synapses of ``_source`` have missed.

        First the synapses are listed that have missed any, then the oldest missed event of each
        is replayed, then the next: no branch depends on a spike, so none is mispredicted.
        """
        h = self.h
        if not self.replay.vector:
            return []
        some = " + ".join(
            f"np.int64({h}step[_post, _newest - {k}] >= _marker)" for k in range(1, LEAD + 1)
        )
        listing = [
            f"_newest = {h}count[_post]",
            f"_n_missed = {some}",
            f"if _n_missed == {LEAD}:",
            f"    while {h}step[_post, _newest - 1 - _n_missed] >= _marker:",
            "        _n_missed += 1",
            f"{h}todo[_n_todo] = _idx",
            f"{h}first[_n_todo] = _newest - _n_missed",
            "_n_todo += np.int64(_n_missed > 0)",
        ]
        again = [
            f"_idx = np.int64({h}todo[_q])",
            f"_event = np.int64({h}first[_q])",
            f"_post = {self._posts()}[_idx]",
            f"_at = {h}step[_post, _event]",
            *self.replay.vector,
            f"{h}todo[_n_left] = _idx",
            f"{h}first[_n_left] = _event + 1",
            f"_n_left += np.int64(_event + 1 < {h}count[_post])",
        ]
        return [
            "_n_todo = np.int64(0)",
            *self._rows(visit, listing),
            "while _n_todo > 0:",
            "    _n_left = np.int64(0)",
            "    for _q in range(_n_todo):",
            *indented(again, 2),
            "    _n_todo = _n_left",
        ]

    def _posts(self) -> str:
        return str(self.learner.array(self.plan.synapses.variables["_synaptic_post"]))

    def _rows(self, visit: Any, lines: Sequence[str]) -> list[str]:
        """Write a loop over the synapses of the source ``_source``."""
        q = f"_queue_{visit.name}"
        body = indented([f"_post = {self._posts()}[_idx]", *lines])
        span = f"range({q}_indptr[_source], {q}_indptr[_source + 1])"
        if visit.queue.mode == "range":
            return [f"for _idx in {span}:", *body]
        return [f"for _row in {span}:", f"    _idx = np.int64({q}_order[_row])", *body]

    def _columns(self, names: Sequence[str]) -> list[str]:
        """Write the values of the targets' traces at this step."""
        h = self.h
        return [
            f"_elapsed = _now - {h}column_step[_post]",
            *(
                f"{h}now_{name}[_post] = {h}column_{name}[_post] * decay({h}table_{name}, _elapsed)"
                for name in names
            ),
        ]

    def _now(self) -> str:
        timestep = self.learner.array(self.plan.learner.clock.variables["timestep"])
        return f"_now = {timestep}[0] - {self.h}start[0] + 1"

    def _homes(self, code: Any, names: Iterable[str], index: str, place: str) -> list[str]:
        """Write the reads of the variables of one side for an element of it."""
        return [
            f"{name} = {code.array(code.variables[name])}[{place}]"
            for name in sorted(names)
            if name in code.variables
            and isinstance(code.variables[name], ArrayVariable)
            and code.variable_indices[name] == index
        ]

    def _visit(self, visit: Any) -> Step:
        """Write what an event of a source does."""
        plan, h, code = self.plan, self.h, code_of(visit)
        split, traces = plan.split[visit.name], plan.traces
        q = f"_queue_{visit.name}"
        reads = recursive_names((n for a in split.own for n in a.names), code.variables)
        homes = self._homes(code, reads, SOURCE_INDEX, "_pre")
        replaced = {*traces.names, *(line.split(" = ")[0] for line in homes)}
        own = self._translate(code, split.own, replaced, "own")
        rest = self._translate(code, split.rest, traces.names, "rest")
        columns = appearing("\n".join(rest.vector), traces.columns)
        head = [
            f"_pre = _source + {q}_shape[0]",
            *self._row_head(),
            *(self._trace("row", name, "_now - _since") for name in traces.rows),
            *homes,
            *own.vector,
            *(f"{h}row_{name}[_pre] = {split.last[name]}" for name in traces.rows),
            f"{h}row_step[_pre] = _now",
            f"{h}marker[_pre] = _now" + (" + 1" if visit.name in plan.after else ""),
            *self._keep(visit),
        ]
        synapse = [*(f"{name} = {h}now_{name}[_post]" for name in columns), *rest.vector]
        visits = [*head, *self._catch_up(visit)]
        bulk = []
        if columns:
            # Where more synapses than targets are due, each target is worked out once.
            n_due = f"{q}_n_spikes[{q}_cursor[0]] * {self._posts()}.shape[0]"
            bulk = [
                f"_n_targets = {h}count.shape[0]",
                f"_is_bulk = {n_due} > _n_targets * ({q}_indptr.shape[0] - 1)",
                "if _is_bulk:",
                "    for _post in range(_n_targets):",
                *indented(self._columns(columns), 2),
            ]
            visits += ["if not _is_bulk:", *indented(self._rows(visit, self._columns(columns)))]
        if rest.vector:
            visits += self._rows(visit, synapse)
        body = [
            *own.scalar,
            *rest.scalar,
            *self.replay.scalar,
            self._now(),
            *bulk,
            *self._spikes(visit, visits, "_source"),
        ]
        return self._step(body)

    def _keep(self, visit: Any) -> list[str]:
        """Write what remembers variables of the source that have just changed."""
        if visit.event != "spike" or int(visit.queue.shape[2]) != 0:
            return []
        return [
            f"{self.h}kept_{name}[_pre] = {self.learner.array(self.learner.variables[name])}[_pre]"
            for name in self.plan.snapshots
        ]

    def _spikes(self, pathway: Any, lines: Sequence[str], name: str) -> list[str]:
        """Write a loop over the events that are due, and move the queue on."""
        q = f"_queue_{pathway.name}"
        return [
            f"_slot = {q}_cursor[0]",
            f"for _k in range({q}_n_spikes[_slot]):",
            f"    {name} = {q}_spikes[_slot, _k]",
            *indented(lines),
            f"{q}_n_spikes[_slot] = 0",
            f"{q}_cursor[0] = (_slot + 1) % {q}_n_spikes.shape[0]",
        ]

    def _learn(self) -> Step:
        """Write what an event of a target does: its own statements, and a note for later."""
        plan, h, code = self.plan, self.h, self.learner
        split, traces = plan.replay, plan.traces
        reads = recursive_names((n for a in split.own for n in a.names), code.variables)
        homes = self._homes(code, reads | set(plan.captured), TARGET_INDEX, "_post")
        homes += self._homes(code, plan.captured, "0", "0")
        replaced = {*traces.names, *(line.split(" = ")[0] for line in homes)}
        own = self._translate(code, split.own, replaced, "own")
        lines = [
            f"_post = _target + _queue_{plan.learner.name}_shape[0]",
            *(
                self._trace("column", name, f"_now - {h}column_step[_post]")
                for name in traces.columns
            ),
            *homes,
            *own.vector,
            *(f"{h}column_{name}[_post] = {split.last[name]}" for name in traces.columns),
            f"{h}column_step[_post] = _now",
        ]
        if split.rest:
            lines += [
                f"_event = {h}count[_post]",
                f"{h}step[_post, _event] = _now",
                *(f"{h}at_{name}[_post, _event] = {name}" for name in plan.captured),
                f"{h}count[_post] = _event + 1",
                f"if _event + 2 > {h}step.shape[1]:",
                f"    {h}full[0] = 1",
            ]
        body = [*own.scalar, self._now(), *self._spikes(plan.learner, lines, "_target")]
        history = self.history
        return self._step(
            body,
            room=f"{h}full[0] == 0",
            make_room=history.make_room,
            begin=history.begin,
            settle=history.settle,
        )

    def _settler(self) -> Any:
        """Return what runs all that waits and, if asked to, writes the traces of the synapses."""
        plan, h, code = self.plan, self.h, self.learner
        visit = plan.visits[0]
        q = f"_queue_{visit.name}"
        body = [
            *self.replay.scalar,
            f"for _source in range({q}_indptr.shape[0] - 1):",
            f"    _pre = _source + {q}_shape[0]",
            *indented(self._row_head()),
            f"    if _marker < {h}cutoff[0]:",
            *indented(self._catch_up(visit), 2),
            f"        {h}marker[_pre] = {h}now[0]",
            f"    if {h}write[0] != 0:",
            *indented(self._rows(visit, self._write_back(code)), 2),
        ]
        return Settler(self._step(body), plan, self.device)

    def _write_back(self, code: Any) -> list[str]:
        """Write the traces of one synapse as they were at its last event."""
        plan, h = self.plan, self.h
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
            lines.append(f"{last}[_idx] = ({h}start[0] + _last - 1) * {dt}[0]")
        return [f"_last = max(_since, {h}column_step[_post])", "if _last > 0:",
                *indented(lines or ["pass"])]  # fmt: skip

    def _step(self, body: list[str], **kwds: Any) -> Step:
        """Make a step of code that names things of all pathways."""
        plan = self.plan
        bindings: dict[str, Getter] = {}
        objects: dict[str, Any] = {}
        private_names: set[str] = set()
        for code in self.codes:
            bindings |= code.bindings()
            private_names |= set(code.constants)
            for rendering in code.functions.values():
                objects |= rendering.objects
                private_names |= set(rendering.arrays)
        for pathway in (*plan.visits, plan.learner):
            bindings |= queue_bindings(pathway.queue, f"_queue_{pathway.name}")
        clock = plan.learner.clock.variables
        variables = [clock["timestep"], clock["dt"], *self._written_back()]
        bindings |= {self.learner.array(v): v.get_value for v in variables}
        bindings |= self.history.bindings(self.h)
        kernel = make_kernel(body, bindings, objects)
        unique = {
            n: f"{n}__{plan.synapses.name}_lazy" if n in private_names else n
            for n in kernel.symbols
        }
        symbols = tuple(unique[n] for n in kernel.symbols)
        kernel = Kernel(kernel.name, kernel.text, symbols, kernel.objects)
        used = {new: bindings[n] for n, new in unique.items()}
        return Step((kernel.call,), (kernel,), used, **kwds)

    def _written_back(self) -> list[Any]:
        variables = self.plan.synapses.variables
        names = [*self.plan.traces.names, "_synaptic_post"]
        if self.plan.synapses.event_driven:
            names.append("lastupdate")
        return [variables[name] for name in names]


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


def own_types(code: Any, split: Any, traces: set[str]) -> dict[str, AuxiliaryVariable]:
    """Return what stands for shared traces and for the names that own statements introduce."""
    default = prefs["core.default_float_dtype"]
    found = {name: AuxiliaryVariable(name, dtype=np.float64) for name in traces}
    for statement in split.own:
        kind = brian_ast(statement.expr, {**code.variables, **found}).dtype
        dtype = {"boolean": bool, "integer": int}.get(kind, default)
        if split.versions[statement.target] in traces:
            dtype = np.float64
        found[statement.target] = AuxiliaryVariable(statement.target, dtype=dtype)
    return found


def private(fragment: Fragment) -> Fragment:
    """Rename all that a fragment assigns, so that it can stand inside another."""
    names = {
        name: f"_r_{name}" for block in fragment for name in _ASSIGNED.findall("\n".join(block))
    }
    return Fragment(
        [substitute(line, names) for line in fragment.scalar],
        [substitute(line, names) for line in fragment.vector],
    )
