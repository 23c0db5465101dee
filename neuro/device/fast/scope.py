"""Write code about the synapses of one plan: the names of things, the loops, the translation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from itertools import chain
from typing import Any

import numpy as np
from brian2.core.preferences import prefs
from brian2.core.variables import ArrayVariable, AuxiliaryVariable
from brian2.parsing.bast import brian_ast

from neuro.device.fast.fragment import Fragment
from neuro.device.fast.history import History
from neuro.device.fast.rowlazy import Plan, code_of
from neuro.device.fast.sharing import SOURCE_INDEX, TARGET_INDEX
from neuro.device.fast.statements import Assignment, write
from neuro.device.fast.verbatim import verbatim
from neuro.device.lower.synapses import bindings as queue_bindings
from neuro.device.lower.synapses import work_is_large
from neuro.device.source import (
    Getter,
    Kernel,
    Step,
    appearing,
    indented,
    make_kernel,
    substitute,
)
from neuro.device.synaptic.listing import Listing, Share, listing
from neuro.device.threads import elements
from neuro.device.threads.region import FIRST, LAST, Region
from neuro.device.threads.work import (
    VISIT,
    draws_in_any_order,
    lines_written_through,
    nanoseconds,
)

#: The ends of a synapse in Brian2's code, and here.
ENDS = {SOURCE_INDEX: "_pre", TARGET_INDEX: "_post"}


class Scope:
    """Name what the steps of one plan work on.

    Parameters
    ----------
    plan
        What `recognise` found.
    device
        Names the arrays.

    Attributes
    ----------
    h
        The prefix of the arrays of `history`.
    learner, codes
        The code object of the post-synaptic pathway, and those of all pathways.
    types
        What stands for shared traces and for names of own statements, by name of the code object.
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
        self.history = History(plan, dtypes, device.waiting, device.n_parts)

    def _dtype(self, name: str) -> Any:
        own = self.types[self.learner.name]
        known = own[name] if name in own else self.learner.variables[name]
        return np.dtype(known.dtype)

    def dtypes(self) -> dict[str, Any]:
        """Return the types of the arrays that the learner names."""
        variables = self.learner.variables
        arrays = {n: v for n, v in variables.items() if isinstance(v, ArrayVariable)}
        return {name: np.dtype(variable.dtype) for name, variable in arrays.items()}

    def translate(
        self,
        code: Any,
        assignments: Sequence[Assignment],
        replaced: Iterable[str],
        tag: str,
        last: str = "",
    ) -> Fragment:
        """Translate statements in which some names are plain numbers, not arrays.

        Parameters
        ----------
        code
            The code object of the statements.
        assignments
            The statements.
        replaced
            The names.
        tag
            Makes the names of what is worked out once unique.
        last
            The time of the synapse's last event, if it is known from the neurons.
        """
        if not assignments:
            return Fragment([], [])
        if self.plan.traces.is_exact:
            known = dict(ENDS)
            if self.plan.traces.knows_update:
                known["lastupdate"] = last
            return verbatim(code, set(replaced), known, set(known) - set(ENDS))
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
        # The loops over synapses know both ends.
        ends = {code.load(name): f"{name} = {end}" for name, end in ENDS.items()
                if name in code.variables}  # fmt: skip
        return Fragment(
            [substitute(line, names) for line in scalar[None]],
            [substitute(ends.get(line, line), names) for line in vector[None]],
        )

    def trace(self, kind: str, name: str, steps: str) -> str:
        """Write the value of a shared trace some steps after its last change."""
        value = f"_row_{name}" if kind == "row" else f"{self.h}column_{name}[_post]"
        return f"{name} = {value} * decay({self.h}table_{name}, {steps})"

    def posts(self) -> str:
        """Write the array of the targets of all synapses."""
        variable = self.plan.synapses.variables["_synaptic_post"]
        return f"{self.learner.array(variable)}_narrow"

    def rows(self, visit: Any, lines: Sequence[str], rows: Listing | None = None) -> list[str]:
        """Write a loop over the synapses of the source ``_source``, or those that `rows` lists."""
        q = f"_queue_{visit.name}"
        body = indented([f"_post = {self.posts()}[_idx]", *lines])
        ends = (f"np.uint64({q}_indptr[_source{more}])" for more in ("", " + 1"))
        span, order = f"range({', '.join(ends)})", ""
        if visit.queue.mode == "list":
            order = f"{q}_order"
        if rows is not None:
            span, order = rows.span, rows.order
        if not order:
            return [f"for _idx in {span}:", *body]
        return [f"for _row in {span}:", f"    _idx = np.uint64({order}[_row])", *body]

    def share(self, visit: Any, fragments: Iterable[Fragment]) -> Listing | None:
        """Return how threads divide the synapses of a source, None if one thread visits them all.

        Parameters
        ----------
        visit
            The pathway of the source.
        fragments
            What is done for a synapse, or read of its source.
        """
        codes = (code_of(visit), self.learner)
        scalar, vector = zip(*fragments, strict=True)
        through = lines_written_through(chain(*scalar), chain(*vector))
        if not self.device.n_parts or through is None or not through <= {"_idx", TARGET_INDEX}:
            return None
        if not all(draws_in_any_order(code) for code in codes):
            return None
        rows = self.device.rows.of(visit.queue, visit.synapse_targets, elements.GRAIN)
        share: Share = "targets" if rows.order is None else "listed targets"
        return listing(code_of(visit), visit.queue, f"_queue_{visit.name}", share)

    def now(self) -> str:
        """Write the step of the run, counted from 1."""
        timestep = self.learner.array(self.plan.learner.clock.variables["timestep"])
        return f"_now = {timestep}[0] - {self.h}start[0] + 1"

    def time(self) -> str:
        """Write the time of the present step."""
        return f"{self.learner.array(self.plan.learner.clock.variables['t'])}[0]"

    def homes(self, code: Any, names: Iterable[str], index: str, place: str) -> list[str]:
        """Write the reads of the variables of one side for an element of it."""
        return [
            f"{name} = {code.array(code.variables[name])}[{place}]"
            for name in sorted(names)
            if name in code.variables
            and isinstance(code.variables[name], ArrayVariable)
            and code.variable_indices[name] == index
        ]

    def due(self, pathway: Any, lines: Sequence[str], name: str) -> list[str]:
        """Write a loop over the events that are due."""
        q = f"_queue_{pathway.name}"
        return [
            f"_slot = {q}_cursor[0]",
            f"for _k in range({q}_n_spikes[_slot]):",
            f"    {name} = {q}_spikes[_slot, _k]",
            *indented(lines),
        ]

    def spikes(self, pathway: Any, lines: Sequence[str], name: str) -> list[str]:
        """Write a loop over the events that are due, and move the queue on."""
        q = f"_queue_{pathway.name}"
        return [
            *self.due(pathway, lines, name),
            f"{q}_n_spikes[_slot] = 0",
            f"{q}_cursor[0] = (_slot + 1) % {q}_n_spikes.shape[0]",
        ]

    def step(self, body: list[str], **kwds: Any) -> Step:
        """Make a step of code that names things of all pathways."""
        kernel, used = self._kernel(body)
        return Step((kernel.call,), (kernel,), used, **kwds)

    def shared_step(self, shared: list[str], body: list[str], visit: Any, rows: Listing) -> Step:
        """Make a step of which threads share the first part."""
        first, first_used = self._kernel(shared, rows.arrays)
        then, then_used = self._kernel(body)
        is_large = work_is_large(f"_queue_{visit.name}", VISIT + nanoseconds(shared))
        region = Region(first.call, self.device.n_parts, is_large)
        bindings = queue_bindings(visit.queue, f"_queue_{visit.name}")
        used = {**first_used, **then_used}
        used |= {name: bindings[name] for name in appearing(is_large, bindings)}
        return Step((then.call,), (first, then), used, region=region)

    def _kernel(
        self, body: list[str], extra: Mapping[str, Getter] | None = None
    ) -> tuple[Kernel, dict[str, Getter]]:
        """Make a function of code that names things of all pathways, and bind what it names."""
        plan, device = self.plan, self.device
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
        variables = [clock["timestep"], clock["dt"], clock["t"], *self._written_back()]
        bindings |= {self.learner.array(v): v.get_value for v in variables}
        bindings |= {self.learner.array(v): device.raw_getter(v) for v in self.plan.watched}
        targets = plan.synapses.variables["_synaptic_post"]
        bindings[self.posts()] = device.narrow.synapse_getter(targets)
        bindings |= self.history.bindings(self.h) | dict(extra or {})
        kernel = make_kernel(body, [*bindings, FIRST, LAST], objects)
        unique = {
            n: f"{n}__{plan.synapses.name}_lazy" if n in private_names else n
            for n in kernel.symbols
        }
        symbols = tuple(unique[n] for n in kernel.symbols)
        kernel = Kernel(kernel.name, kernel.text, symbols, kernel.objects)
        used = {new: bindings[n] for n, new in unique.items() if n in bindings}
        return kernel, used

    def _written_back(self) -> list[Any]:
        variables = self.plan.synapses.variables
        names = list(self.plan.traces.names)
        if self.plan.synapses.event_driven:
            names.append("lastupdate")
        return [variables[name] for name in names]


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
