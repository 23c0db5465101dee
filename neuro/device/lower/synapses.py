"""Lower synaptic pathways: queue the spikes of a step, deliver those whose delay has passed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from neuro.device.delivery import SpikeQueue
from neuro.device.lower.template import Template
from neuro.device.source import Getter, Step, indented
from neuro.device.synaptic.blocks import is_free_of_order
from neuro.device.synaptic.blocks import visit as blocks
from neuro.device.synaptic.reads import Reads

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
    reads = Reads(code)
    if queue.mode == "events":
        n, items = f"{q}_n_events", f"{q}_events"
        reads.by_synapse()
        reads.quieten()
        visit = [*reads.per_source, f"_idx = np.uint32({items}[_now, _k])", *reads.lines]
    else:
        n, items = f"{q}_n_spikes", f"{q}_spikes"
        reads.by_source(queue, f"_source + {q}_shape[0]")
        reads.quieten()
        visit = [f"_source = {items}[_now, _k]", *_row(reads, queue, q)]
    loop = [
        "_now = np.uint64(_slot)",
        f"for _k in range(np.uint64({n}[_now])):",
        *indented(visit),
    ]
    if queue.mode == "list" and is_free_of_order(code):
        loop = blocks(q, reads.per_source, reads.lines)
    body = [
        *code.scalar[None],
        *reads.once,
        f"_slot = {q}_cursor[0]",
        *loop,
        f"{n}[_slot] = 0",
        f"{q}_cursor[0] = (_slot + 1) % {n}.shape[0]",
    ]
    return code.make_step(body, bindings(queue, q) | reads.arrays)


def _row(reads: Reads, queue: SpikeQueue, q: str) -> list[str]:
    """Write the visit of all synapses of `_source`, whose indices are unsigned."""
    span = f"range(np.uint64({q}_indptr[_source]), np.uint64({q}_indptr[_source + 1]))"
    if queue.mode == "range":
        loop = [f"for _idx in {span}:"]
    else:
        loop = [f"for _row in {span}:", f"    _idx = np.uint32({q}_order[_row])"]
    return [*reads.per_source, *loop, *indented(reads.lines or ["pass"])]


def _prepare(code: NumbaCodeObject) -> None:
    code.owner.initialise_queue()


PUSH = Template(lower_push, before_run=_prepare)
DELIVER = Template(lower, variables=frozenset({"_queue"}))
