"""Delay spikes: a queue that kernels and Brian2's Python code share.

Where all synapses of a pathway have one delay, the queue holds the *spikes* (source indices), and
the synapses of a source are visited on delivery. Otherwise it holds synapse indices. Either way
synapses are delivered in the order of Brian2's queue: by emission time, then by source, then by
the order in which the synapses were created, so sums have the same terms in the same order.
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal, final

import numpy as np
from numpy.typing import NDArray

from neuro.device.synaptic.narrow import narrowed

Mode = Literal["range", "list", "events"]


def _empty(*shape: int, dtype: Any = np.int32) -> NDArray[Any]:
    return np.zeros(shape, dtype=dtype)


@final
class SpikeQueue:
    """Hold the spikes that are under way along one pathway.

    Parameters
    ----------
    source_start, source_end
        The range of event indices that belong to the source (a subgroup is a part of its group).

    Attributes
    ----------
    mode
        What is held: "range" and "list" are spikes, whose synapses are consecutive or listed;
        "events" are synapses.
    is_settled
        Whether preparing it again with the same arrays and time step would leave it as it is.
    """

    #: The attributes that kernels receive.
    ARRAYS = (
        "shape",
        "indptr",
        "order",
        "delay",
        "cursor",
        "n_spikes",
        "spikes",
        "place",
        "n_events",
        "events",
    )

    def __init__(self, source_start: int, source_end: int) -> None:
        self._state_tuple = (source_start, source_end, np.int32)
        self.mode: Mode = "events"
        self.is_settled = False
        self.shape = np.array([source_start, source_end, 0], dtype=np.int64)
        self.indptr = _empty(source_end - source_start + 1, dtype=np.int64)
        self.order = _empty(0)
        self.delay: NDArray[np.unsignedinteger[Any]] = _empty(1, dtype=np.uint16)
        self.cursor = _empty(1, dtype=np.int64)
        self.n_spikes = _empty(1, dtype=np.int64)
        self.spikes = _empty(1, 1)
        self.place = _empty(1, dtype=np.int64)
        self.n_events = _empty(1, dtype=np.int64)
        self.events = _empty(1, 1)
        self._dt: float | None = None
        #: Events of this pathway that wait although they were delivered, if any may.
        self.history: Any = None

    def prepare(
        self, delays: NDArray[np.floating[Any]], dt: float, sources: NDArray[np.int32]
    ) -> None:
        """Adapt to the synapses, the delays and the time step of a run that begins.

        Parameters
        ----------
        delays
            Delays in seconds, shape (1,) or (synapses,).
        dt
            Time step of the source, in seconds.
        sources
            The source index of every synapse, shape (synapses,).
        """
        steps = (np.asarray(delays) / dt + 0.5).astype(np.int32)
        if len(steps) == 0:
            steps = _empty(1)
        is_uniform = bool(steps.min() == steps.max())
        indptr, order = self._rows(np.asarray(sources))
        self.is_settled = True
        is_same = (
            self._dt == dt
            and self.mode != "events"
            and is_uniform
            and self.shape[2] == steps[0]
            and np.array_equal(indptr, self.indptr)
            and np.array_equal(order, self.order)
        )
        if is_same:
            return
        waiting = self._waiting()
        if self._dt is not None and self._dt != dt:
            waiting = _rescale(waiting, self._dt / dt)
        self._dt = dt
        self.indptr, self.order = indptr, order
        self.delay = narrowed(steps[:1] if is_uniform else steps)
        self.shape[2] = steps[0]
        n_slots = max(int(steps.max()) + 1, len(waiting))
        is_empty = not any(len(slot) for slot in waiting)
        if is_uniform and is_empty:
            self.mode = "list" if len(order) else "range"
            self._clear(n_slots, min(64, len(indptr) - 1), 1)
        else:
            self.mode = "events"
            # Once the queue is empty it may hold spikes again, which is faster.
            self.is_settled = not is_uniform
            if len(order) == 0:
                self.order = np.arange(len(sources), dtype=np.int32)
            self._hold(waiting, n_slots)

    def _rows(self, sources: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the rows of the sources and, unless they are consecutive, their synapses."""
        start, stop = int(self.shape[0]), int(self.shape[1])
        order = _empty(0)
        if len(sources) and not bool(np.all(sources[1:] >= sources[:-1])):
            order = np.argsort(sources, kind="stable").astype(np.int32)
            sources = sources[order]
        indptr = np.searchsorted(sources, np.arange(start, stop + 1)).astype(np.int64)
        return indptr, order

    def _clear(self, n_slots: int, n_spikes: int, n_events: int) -> None:
        self.cursor[0] = 0
        self.n_spikes = _empty(n_slots, dtype=np.int64)
        self.spikes = _empty(n_slots, max(1, n_spikes))
        self.place = _empty(self.spikes.shape[1], dtype=np.int64)
        self.n_events = _empty(n_slots, dtype=np.int64)
        self.events = _empty(n_slots, max(1, n_events))

    def _hold(self, waiting: list[NDArray[np.int32]], n_slots: int) -> None:
        """Hold the given synapses, one array per step from now on."""
        self._clear(n_slots, 1, max((len(slot) for slot in waiting), default=1))
        for k, slot in enumerate(waiting):
            self.n_events[k] = len(slot)
            self.events[k, : len(slot)] = slot

    def _synapses(self, source: int) -> NDArray[np.int32]:
        rows = slice(int(self.indptr[source]), int(self.indptr[source + 1]))
        if len(self.order):
            return self.order[rows]
        return np.arange(rows.start, rows.stop, dtype=np.int32)

    def _slot(self, slot: int) -> NDArray[np.int32]:
        """Return the synapses that wait in a slot."""
        if self.mode == "events":
            return self.events[slot, : self.n_events[slot]].copy()
        sources = self.spikes[slot, : self.n_spikes[slot]]
        parts = [self._synapses(int(source)) for source in sources]
        return np.concatenate(parts) if parts else _empty(0)

    def _waiting(self) -> list[NDArray[np.int32]]:
        """Return the synapses that wait, one array per step from now on."""
        n_slots = len(self.n_events)
        return [self._slot((int(self.cursor[0]) + k) % n_slots) for k in range(n_slots)]

    def make_room(self, space: NDArray[np.int32]) -> None:
        """Enlarge the queue for the events in `space` (their number is its last element)."""
        sources = self._own(space[: space[-1]])
        if self.mode == "events":
            total = int((self.indptr[sources + 1] - self.indptr[sources]).sum())
            size = int(self.n_events.max()) + total
            self.events = _widened(self.events, size)
        else:
            self.spikes = _widened(self.spikes, int(space[-1]))
            self.place = _empty(self.spikes.shape[1], dtype=np.int64)

    def _own(self, events: NDArray[np.int32]) -> NDArray[np.int32]:
        start, stop = self.shape[:2]
        own = events[(events >= start) & (events < stop)] - start
        return np.asarray(own, dtype=np.int32)

    def push(self, events: NDArray[np.int32]) -> None:
        """Queue the given events, from Python."""
        self.make_room(np.append(events, len(events)).astype(np.int32))
        n_slots = len(self.n_events)
        for source in self._own(np.asarray(events)):
            if self.mode == "events":
                for synapse in self._synapses(int(source)):
                    delay = self.delay[synapse if len(self.delay) > 1 else 0]
                    slot = (int(self.cursor[0]) + int(delay)) % n_slots
                    self.events[slot, self.n_events[slot]] = synapse
                    self.n_events[slot] += 1
            else:
                slot = (self.cursor[0] + self.shape[2]) % n_slots
                self.spikes[slot, self.n_spikes[slot]] = source
                self.n_spikes[slot] += 1

    def peek(self) -> NDArray[np.int32]:
        """Return the synapses that are due."""
        return self._slot(int(self.cursor[0]))

    def advance(self) -> None:
        """Forget what was due and go on to the next step."""
        slot = self.cursor[0]
        self.n_spikes[slot] = self.n_events[slot] = 0
        self.cursor[0] = (slot + 1) % len(self.n_events)

    def get_capsule(self) -> None:
        """Return no pointer: there is no C++ queue behind this one (asked for by Brian2 2.11)."""

    def _signature(self) -> str:
        digest = hashlib.sha256(repr((self.mode, self._dt, int(self.shape[2]))).encode())
        digest.update(self.indptr.tobytes())
        digest.update(self.order.tobytes())
        return digest.hexdigest()

    def _full_state(self) -> dict[str, Any]:
        """Return what is under way, for `Network.store`."""
        state: dict[str, Any] = {"dt": self._dt, "events": self._waiting()}
        if self.mode != "events":
            state["signature"] = self._signature()
            state["spikes"] = np.roll(self.spikes, -int(self.cursor[0]), axis=0)
            state["n_spikes"] = np.roll(self.n_spikes, -int(self.cursor[0]))
        return state

    def _restore_from_full_state(self, state: dict[str, Any] | None) -> None:
        """Put back what `_full_state` returned; None empties the queue."""
        self.is_settled = False
        if state is None:
            self._clear(len(self.n_events), self.spikes.shape[1], self.events.shape[1])
        elif self.mode != "events" and state.get("signature") == self._signature():
            self.cursor[0] = 0
            self.spikes = state["spikes"].copy()
            self.place = _empty(self.spikes.shape[1], dtype=np.int64)
            self.n_spikes = state["n_spikes"].copy()
        else:
            self._dt = state["dt"]
            if self.mode != "events" and len(self.order) == 0:
                self.order = np.arange(int(self.indptr[-1]), dtype=np.int32)
            self.mode = "events"
            self._hold(state["events"], max(len(state["events"]), len(self.n_events)))


def _widened(array: NDArray[np.int32], size: int) -> NDArray[np.int32]:
    if size <= array.shape[1]:
        return array
    wider = _empty(array.shape[0], max(size, 2 * array.shape[1]))
    wider[:, : array.shape[1]] = array
    return wider


def _rescale(waiting: list[NDArray[np.int32]], factor: float) -> list[NDArray[np.int32]]:
    """Move waiting synapses to the steps of another dt; times round to the nearest step."""
    moved: list[list[NDArray[np.int32]]] = [[] for _ in range(int(len(waiting) * factor) + 2)]
    for k, slot in enumerate(waiting):
        moved[int(k * factor + 0.5)].append(slot)
    return [np.concatenate(parts) if parts else _empty(0) for parts in moved]
