"""Lower synaptic pathways: queue the spikes of a step, deliver those whose delay has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.delivery import SpikeQueue
from neuro.device.lower.template import Template
from neuro.device.source import Getter, Step, indented

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject


def bindings(queue: SpikeQueue, prefix: str) -> dict[str, Getter]:
    """Return what looks up the arrays of a queue, by name in generated code."""

    def getter(name: str) -> Getter:
        return lambda: getattr(queue, name)

    return {f"{prefix}_{name}": getter(name) for name in queue.ARRAYS}


def lower_push(code: NumbaCodeObject) -> Step:
    """Put the spikes of the source into the queue of the pathway."""
    queue: SpikeQueue = code.owner.queue
    q = f"_queue_{code.owner.name}"
    space = code.array(code.template_kwds["eventspace_variable"])
    found = bindings(queue, q) | code.bindings()
    if queue.mode == "events":
        room = f"events_fit({space}, {q}_shape, {q}_indptr, {q}_n_events, {q}_events)"
        arrays = "shape indptr order delay cursor n_events events"
        call = "push_events"
    else:
        room = f"{space}[{space}.shape[0] - 1] <= {q}_spikes.shape[1]"
        arrays = "shape cursor n_spikes spikes"
        call = "push_spikes"
    arguments = ", ".join([space, *(f"{q}_{name}" for name in arrays.split())])

    def make_room() -> None:
        queue.make_room(code.owner.eventspace)

    return Step((f"{call}({arguments})",), bindings=found, room=room, make_room=make_room)


def lower(code: NumbaCodeObject) -> Step:
    """Run the statements for the synapses that are due: by emission time, source and synapse."""
    pathway = code.template_kwds["pathway"]
    queue: SpikeQueue = pathway.queue
    q = f"_queue_{pathway.name}"
    n, items = (f"{q}_n_events", f"{q}_events")
    inner = ["_idx = " + f"{items}[_slot, _k]", *code.vector[None]]
    if queue.mode != "events":
        n, items = (f"{q}_n_spikes", f"{q}_spikes")
        rows = [f"_source = {items}[_slot, _k]"]
        span = f"range({q}_indptr[_source], {q}_indptr[_source + 1])"
        if queue.mode == "range":
            rows += [f"for _idx in {span}:", *indented(code.vector[None] or ["pass"])]
        else:
            visit = [f"_idx = {q}_order[_row]", *code.vector[None]]
            rows += [f"for _row in {span}:", *indented(visit)]
        inner = rows
    body = [
        *code.scalar[None],
        f"_slot = {q}_cursor[0]",
        f"for _k in range({n}[_slot]):",
        *indented(inner),
        f"{n}[_slot] = 0",
        f"{q}_cursor[0] = (_slot + 1) % {n}.shape[0]",
    ]
    return code.make_step(body, bindings(queue, q))


def _prepare(code: NumbaCodeObject) -> None:
    code.owner.initialise_queue()


PUSH = Template(lower_push, before_run=_prepare)
DELIVER = Template(lower, variables=frozenset({"_queue"}))
