"""Say where the synapses of one source are listed, and which of them a thread visits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, final

from neuro.device.source import Getter
from neuro.device.synaptic.blocks import is_free_of_order
from neuro.device.threads import elements
from neuro.device.threads.region import FIRST, LAST
from neuro.device.threads.work import ends_written

if TYPE_CHECKING:
    from neuro.device.codeobject import NumbaCodeObject
    from neuro.device.delivery import SpikeQueue
    from neuro.device.synaptic.narrow import NarrowIndices
    from neuro.device.threads.rows import DividedRows

#: What threads divide between them: nothing, the targets (with rows as the queue has them, or
#: listed anew), the sources, or the synapses themselves.
Share = Literal["", "targets", "listed targets", "sources", "synapses"]

_ENDS = ("_presynaptic_idx", "_postsynaptic_idx")


def sides_written(code: NumbaCodeObject) -> frozenset[str] | None:
    """Return the sides whose variables the statements of a pathway write, None if order matters."""
    if code.device.threads == 1 or code.template_name != "synapses":
        return None
    return ends_written(code, {name: _side(code, name) for name in _ENDS})


def decide(code: NumbaCodeObject, written: frozenset[str] | None) -> Share:
    """Return what threads may divide when the events of a pathway are delivered.

    Each variable has to be written by one thread only: variables of targets if each thread has
    targets of its own, variables of sources if it has sources, variables of synapses anyway.

    Parameters
    ----------
    code
        The code object.
    written
        What `sides_written` returns.
    """
    if code.device.n_parts == 0 or written is None or len(written) > 1:
        return ""
    pathway = code.template_kwds["pathway"]
    if pathway.queue.mode == "events":
        return ""
    if pathway.queue.mode == "list" and is_free_of_order(code):
        return "synapses"
    if written == {"source"}:
        return "sources"
    rows = code.device.rows.of(pathway.queue, pathway.synapse_targets, elements.GRAIN)
    return "targets" if rows.order is None else "listed targets"


def _side(code: NumbaCodeObject, index: str) -> str:
    """Return to which side of the pathway an index leads."""
    sources = code.template_kwds["pathway"].synapse_sources
    return "source" if code.variables.get(index) is sources else "target"


@final
@dataclass(frozen=True, slots=True)
class Listing:
    """Hold how generated code finds the synapses of `_source`.

    Parameters
    ----------
    span
        The range of their places.
    order
        The array that lists synapses by place, or "" if places are the synapses.
    end
        Returns what looks up the other end of the synapse at each place, from its variable.
    guard
        Lines that skip a source of other threads.
    arrays
        What these lines name beside the arrays of the queue.
    """

    span: str
    order: str
    end: Callable[[Any], Getter]
    guard: tuple[str, ...] = ()
    arrays: Mapping[str, Getter] = field(default_factory=dict)


def listing(code: NumbaCodeObject, queue: SpikeQueue, q: str, share: Share) -> Listing:
    """Return where the synapses of a source are listed.

    Parameters
    ----------
    code
        The code object of the pathway.
    queue, q
        Its queue and the prefix of the queue's arrays.
    share
        What threads divide.
    """
    narrow: NarrowIndices = code.device.narrow
    rows: DividedRows = code.device.rows
    n_parts = code.device.n_parts
    span = f"range(np.uint64({q}_indptr[_source]), np.uint64({q}_indptr[_source + 1]))"
    order = f"{q}_order" if queue.mode == "list" else ""

    def end(variable: Any) -> Getter:
        return narrow.row_getter(queue, variable)

    if share == "sources":
        size = f"np.int64({q}_indptr.shape[0] - 1)"
        edges = [f"edge({size}, {part}, {n_parts}, 1)" for part in (FIRST, LAST)]
        guard = f"if _source < {edges[0]} or _source >= {edges[1]}:"
        return Listing(span, order, end, (guard, "    continue"))
    if share not in {"targets", "listed targets"}:
        return Listing(span, order, end)
    targets = code.template_kwds["pathway"].synapse_targets

    def divided(name: str) -> Getter:
        return rows.getter(queue, targets, elements.GRAIN, name)

    arrays = {f"{q}_{name}": divided(name) for name in ("bounds", "cuts")}
    cuts = f"{q}_cuts[{FIRST}, _source]", f"{q}_cuts[{LAST}, _source]"
    span = f"range(np.uint64({cuts[0]}), np.uint64({cuts[1]}))"
    if share == "targets":
        return Listing(span, order, end, arrays=arrays)
    arrays[f"{q}_divided"] = divided("order")
    return Listing(span, f"{q}_divided", lambda _: divided("target"), arrays=arrays)
