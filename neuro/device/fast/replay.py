"""Lower pathways whose post-synaptic events wait in a history until their synapse is visited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from neuro.device.fast.fission import by_side
from neuro.device.fast.fragment import Fragment
from neuro.device.fast.missed import Missed
from neuro.device.fast.rowlazy import Plan, code_of, recognise
from neuro.device.fast.scope import Scope
from neuro.device.fast.settler import settler
from neuro.device.fast.sharing import SOURCE_INDEX, TARGET_INDEX
from neuro.device.fast.statements import recursive_names
from neuro.device.source import Step, appearing, indented
from neuro.device.synaptic.listing import Listing
from neuro.device.threads.region import FIRST, LAST


def lazy_steps(objects: Sequence[Any], device: Any) -> dict[int, Step]:
    """Return the steps that stand for code objects of plastic synapses, by the code's identity.

    Parameters
    ----------
    objects
        The objects of a network in the order of its schedule, prepared for a run.
    device
        The device; nothing is postponed where its `postpones` is false.
    """
    if not device.postpones:
        return {}
    plans = recognise(objects, is_exact=device.mode == "strict")
    return {key: step for plan in plans for key, step in Lowering(plan, device).steps()}


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
        self.plan = plan
        self.scope = Scope(plan, device)
        self.h, self.learner, self.history = self.scope.h, self.scope.learner, self.scope.history
        self.missed = Missed(self.scope)

    def steps(self) -> list[tuple[int, Step]]:
        """Return the step of every pathway with the identity of its code object."""
        self.history.settle_rows = settler(self.scope, self.missed)
        found = [(id(code_of(visit)), self._visit(visit)) for visit in self.plan.visits]
        return [*found, (id(self.learner), self._learn())]

    def _visit(self, visit: Any) -> Step:
        """Write what an event of a source does."""
        plan, h, code = self.plan, self.h, code_of(visit)
        split, traces = plan.split[visit.name], plan.traces
        q = f"_queue_{visit.name}"
        reads = recursive_names((n for a in split.own for n in a.names), code.variables)
        homes = self.scope.homes(code, reads, SOURCE_INDEX, "_pre")
        replaced = {*traces.names, *(line.split(" = ")[0] for line in homes)}
        own = self.scope.translate(code, split.own, replaced, "own")
        last = f"max(_row_last, {h}column_last[_post])"
        rest = self.scope.translate(code, split.rest, traces.names, "rest", last)
        columns = appearing("\n".join(rest.vector), traces.columns)
        known = [
            f"_pre = _source + {q}_shape[0]",
            *self.missed.row_head(),
            *(self.scope.trace("row", name, "_now - _since") for name in traces.rows),
            *homes,
            *own.vector,
        ]
        head = [
            *known,
            *(f"{h}row_{name}[_pre] = {split.last[name]}" for name in traces.rows),
            f"{h}row_step[_pre] = _now",
            *([f"{h}row_last[_pre] = {self.scope.time()}"] if traces.knows_update else []),
            f"{h}marker[_pre] = _now" + (" + 1" if visit.name in plan.after else ""),
            *self._keep(visit),
        ]
        synapse = [*(f"{name} = {h}now_{name}[_post]" for name in columns), *rest.vector]
        begin = [*own.scalar, *rest.scalar, *self.missed.scalar, self.scope.now()]
        if traces.is_exact:
            begin.insert(0, "widen()")
        fragments = [own, rest, Fragment(self.missed.scalar, self.missed.vector)]
        rows = self.scope.share(visit, [*fragments, Fragment([], homes)])
        bulk, visits = self._synapses(visit, columns, synapse if rest.vector else [], rows)
        if rows is None:
            spikes = self.scope.spikes(visit, [*head, *visits], "_source")
            return self.scope.step([*begin, *bulk, *spikes])
        # Each thread works out what is known of the source; one of them writes it down, later.
        shared = [*begin, *bulk, *self.scope.due(visit, [*known, *visits], "_source")]
        note = [*own.scalar, self.scope.now(), *self.scope.spikes(visit, head, "_source")]
        return self.scope.shared_step(shared, note, visit, rows)

    def _synapses(
        self, visit: Any, columns: Sequence[str], lines: Sequence[str], rows: Listing | None
    ) -> tuple[list[str], list[str]]:
        """Write what is done before all visits, and the visit of the synapses of a source.

        Parameters
        ----------
        visit
            The pathway.
        columns
            The traces of targets that are read.
        lines
            What is done for a synapse.
        rows
            How threads divide the synapses, or None.
        """
        h, q = self.h, f"_queue_{visit.name}"
        visits = self.missed.catch_up(visit, rows)
        bulk = []
        if columns:
            # Where more synapses than targets are due, each target is worked out once.
            n_due = f"{q}_n_spikes[{q}_cursor[0]] * {self.scope.posts()}.shape[0]"
            n_targets = f"{h}count.shape[0]"
            every = n_targets if rows is None else f"{q}_bounds[{FIRST}], {q}_bounds[{LAST}]"
            bulk = [
                f"_is_bulk = {n_due} > {n_targets} * ({q}_indptr.shape[0] - 1)",
                "if _is_bulk:",
                f"    for _post in range({every}):",
                *indented(self._columns(columns), 2),
            ]
            visits += [
                "if not _is_bulk:",
                *indented(self.scope.rows(visit, self._columns(columns), rows)),
            ]
        if lines:
            parts = by_side(lines) if self.plan.traces.is_exact else [list(lines)]
            for part in parts:
                visits += self.scope.rows(visit, part, rows)
        return bulk, visits

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

    def _keep(self, visit: Any) -> list[str]:
        """Write what remembers variables of the source that have just changed."""
        if visit.event != "spike" or int(visit.queue.shape[2]) != 0:
            return []
        return [
            f"{self.h}kept_{name}[_pre] = {self.learner.array(self.learner.variables[name])}[_pre]"
            for name in self.plan.snapshots
        ]

    def _note_update(self) -> list[str]:
        """Write what remembers the last event of a target and the one before."""
        if not self.plan.traces.knows_update:
            return []
        h = self.h
        return [
            f"{h}at_last[_post, _event] = {h}column_last[_post]",
            f"{h}column_last[_post] = {self.scope.time()}",
        ]

    def _learn(self) -> Step:
        """Write what an event of a target does: its own statements, and a note for later."""
        plan, h, code = self.plan, self.h, self.learner
        split, traces = plan.replay, plan.traces
        reads = recursive_names((n for a in split.own for n in a.names), code.variables)
        homes = self.scope.homes(code, reads | set(plan.captured), TARGET_INDEX, "_post")
        homes += self.scope.homes(code, plan.captured, "0", "0")
        replaced = {*traces.names, *(line.split(" = ")[0] for line in homes)}
        own = self.scope.translate(code, split.own, replaced, "own")
        lines = [
            f"_post = _target + _queue_{plan.learner.name}_shape[0]",
            *(
                self.scope.trace("column", name, f"_now - {h}column_step[_post]")
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
                *self._note_update(),
                f"{h}count[_post] = _event + 1",
                f"if _event + 2 > {h}step.shape[1]:",
                f"    {h}full[0] = 1",
            ]
        body = [*own.scalar, self.scope.now(), *self.scope.spikes(plan.learner, lines, "_target")]
        history = self.history
        return self.scope.step(
            body,
            room=f"{h}full[0] == 0",
            make_room=history.make_room,
            begin=history.begin,
            settle=history.settle,
            wait=history.wait,
            withdraw=history.withdraw,
        )
