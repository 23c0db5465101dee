"""Queue the spikes of a step: the kernels that write into a queue of `neuro.device.delivery`."""

from __future__ import annotations

from typing import Any

import numpy as np

from neuro.device.jit import kernel


@kernel
def push_spikes(space: Any, shape: Any, cursor: Any, n_spikes: Any, spikes: Any) -> None:
    """Queue the events in `space` that belong to the sources `shape[0]` to `shape[1] - 1`."""
    n_slots = n_spikes.shape[0]
    slot = (cursor[0] + shape[2]) % n_slots
    n = n_spikes[slot]
    for k in range(space[space.shape[0] - 1]):
        i = space[k]
        if i >= shape[0] and i < shape[1]:
            spikes[slot, n] = i - shape[0]
            n += 1
    n_spikes[slot] = n


@kernel
def push_events(
    space: Any,
    shape: Any,
    indptr: Any,
    order: Any,
    delay: Any,
    cursor: Any,
    n_events: Any,
    events: Any,
) -> None:
    """Queue every synapse of the events in `space`, each in the slot of its own delay."""
    # Unsigned, because a signed index has to be asked whether it counts from the end.
    n_slots = np.uint64(n_events.shape[0])
    now = np.uint64(cursor[0])
    is_uniform = delay.shape[0] == 1
    for k in range(space[space.shape[0] - 1]):
        i = space[k]
        if i >= shape[0] and i < shape[1]:
            source = i - shape[0]
            for row in range(np.uint64(indptr[source]), np.uint64(indptr[source + 1])):
                synapse = np.uint32(order[row])
                slot = now + np.uint64(delay[np.uint32(0) if is_uniform else synapse])
                if slot >= n_slots:
                    slot -= n_slots
                n = np.uint64(n_events[slot])
                events[slot, n] = synapse
                n_events[slot] = n + np.uint64(1)


@kernel
def events_fit(space: Any, shape: Any, indptr: Any, n_events: Any, events: Any) -> Any:
    """Return whether every slot could take all synapses of the events in `space`."""
    total = 0
    for k in range(space[space.shape[0] - 1]):
        i = space[k]
        if i >= shape[0] and i < shape[1]:
            total += indptr[i - shape[0] + 1] - indptr[i - shape[0]]
    fullest = 0
    for slot in range(n_events.shape[0]):
        fullest = max(fullest, n_events[slot])
    return fullest + total <= events.shape[1]
