"""Lower synaptic pathways: queue the spikes of a step, deliver those whose delay has passed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from neuro.device.delivery import SpikeQueue
from neuro.device.lower.template import Template
from neuro.device.source import Getter, Step, indented
from neuro.device.synaptic.blocks import is_free_of_order, places
from neuro.device.synaptic.blocks import visit as blocks
from neuro.device.synaptic.listing import Listing, listing
from neuro.device.synaptic.reads import Reads
from neuro.device.threads import region
from neuro.device.threads.work import VISIT, nanoseconds

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
    share = code.layout.share if code.layout is not None else ""
    reads = Reads(code)
    extra = bindings(queue, q)
    if queue.mode == "events":
        n, items = f"{q}_n_events", f"{q}_events"
        reads.by_synapse()
        reads.quieten()
        visit = [*reads.per_source, f"_idx = np.uint32({items}[_now, _k])", *reads.lines]
    else:
        n, items = f"{q}_n_spikes", f"{q}_spikes"
        rows = listing(code, queue, q, share)
        extra |= rows.arrays
        reads.by_source(rows, f"_source + {q}_shape[0]")
        reads.quieten()
        visit = [f"_source = {items}[_now, _k]", *rows.guard, *_row(reads, rows)]
    loop = [
        "_now = np.uint64(_slot)",
        f"for _k in range(np.uint64({n}[_now])):",
        *indented(visit),
    ]
    if queue.mode == "list" and is_free_of_order(code):
        loop = blocks(q, reads.per_source, reads.lines, code.device.n_parts if share else 0)
    extra |= reads.arrays
    slot = f"_slot = {q}_cursor[0]"
    deliver = [*code.scalar[None], *reads.once, slot, *loop]
    advance = [f"{n}[_slot] = 0", f"{q}_cursor[0] = (_slot + 1) % {n}.shape[0]"]
    if not share:
        return code.make_step([*deliver, *advance], extra)
    extra[f"{q}_places"] = places(queue, code.device.n_parts)
    is_large = work_is_large(q, VISIT + nanoseconds(reads.lines))
    return code.make_step([slot, *advance], extra, shared=deliver, is_large=is_large)


def work_is_large(q: str, visit: float) -> str:
    """Write the condition that the work of a step, with rows of mean length, is worth sharing."""
    n_sources = f"({q}_indptr.shape[0] - 1)"
    visits = f"{q}_n_spikes[{q}_cursor[0]] * {q}_indptr[{n_sources}]"
    return f"{visits} * {math.ceil(visit)} >= {region.LEAST_REGION} * {n_sources}"


def _row(reads: Reads, rows: Listing) -> list[str]:
    """Write the visit of all synapses of `_source`, whose indices are unsigned."""
    if not rows.order:
        loop = [f"for _idx in {rows.span}:"]
    else:
        loop = [f"for _row in {rows.span}:", f"    _idx = np.uint32({rows.order}[_row])"]
    return [*reads.per_source, *loop, *indented(reads.lines or ["pass"])]


def _prepare(code: NumbaCodeObject) -> None:
    code.owner.initialise_queue()


PUSH = Template(lower_push, before_run=_prepare)
DELIVER = Template(lower, variables=frozenset({"_queue"}))
