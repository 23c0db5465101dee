"""The spike queue delivers what Brian2's own queue delivers, in the same order."""

from __future__ import annotations

import numpy as np
from brian2.synapses.spikequeue import SpikeQueue as BrianQueue
from hypothesis import given, settings
from hypothesis import strategies as st

from neuro.device.delivery import SpikeQueue

DT = 1e-4

sources = st.lists(st.integers(0, 5), max_size=30)
steps = st.integers(0, 7)


def brian_queue(delay: np.ndarray, source: np.ndarray, start: int, stop: int) -> BrianQueue:
    queue = BrianQueue(start, stop)
    queue.prepare(delay, DT, source)
    return queue


def our_queue(delay: np.ndarray, source: np.ndarray, start: int, stop: int) -> SpikeQueue:
    queue = SpikeQueue(start, stop)
    queue.prepare(delay, DT, source)
    return queue


@settings(max_examples=60, deadline=None)
@given(
    source=sources,
    seed=st.integers(0, 2**16),
    uniform=st.booleans(),
    pushed=st.lists(st.sets(st.integers(0, 7)), max_size=12),
)
def test_order_is_that_of_brian2(
    source: list[int], seed: int, uniform: bool, pushed: list[set[int]]
) -> None:
    start, stop = 1, 7
    synapses = np.array(source, dtype=np.int32) + start
    rng = np.random.default_rng(seed)
    n = 1 if uniform else len(source)
    delay = rng.integers(0, 6, size=n) * DT
    if len(delay) == 0:
        delay = np.zeros(1)
    theirs, ours = (make(delay, synapses, start, stop) for make in (brian_queue, our_queue))
    for events in [*pushed, *([set()] * 7)]:
        spikes = np.array(sorted(events), dtype=np.int32)
        for queue in (theirs, ours):
            queue.push(spikes)
        assert list(ours.peek()) == list(theirs.peek())
        for queue in (theirs, ours):
            queue.advance()


def test_one_delay_holds_spikes_and_many_hold_synapses() -> None:
    consecutive = np.array([0, 0, 1, 2], dtype=np.int32)
    assert our_queue(np.array([DT]), consecutive, 0, 3).mode == "range"
    assert our_queue(np.array([DT]), consecutive[::-1].copy(), 0, 3).mode == "list"
    assert our_queue(np.array([1, 2, 1, 1]) * DT, consecutive, 0, 3).mode == "events"


def deliveries(queue: SpikeQueue, n_steps: int) -> list[list[int]]:
    out = []
    for _ in range(n_steps):
        out.append([int(synapse) for synapse in queue.peek()])
        queue.advance()
    return out


def test_spikes_under_way_survive_new_synapses_without_reaching_them() -> None:
    queue = our_queue(np.array([2 * DT]), np.array([0, 1], dtype=np.int32), 0, 2)
    queue.push(np.array([0, 1], dtype=np.int32))
    queue.prepare(np.array([2 * DT]), DT, np.array([0, 1, 0], dtype=np.int32))
    queue.push(np.array([0], dtype=np.int32))
    assert deliveries(queue, 3) == [[], [], [0, 1, 0, 2]]


def test_spikes_under_way_keep_their_time_when_dt_changes() -> None:
    source = np.array([0], dtype=np.int32)
    queue = our_queue(np.array([4 * DT]), source, 0, 1)
    queue.push(np.array([0], dtype=np.int32))
    queue.prepare(np.array([4 * DT]), 2 * DT, source)
    assert deliveries(queue, 4) == [[], [], [0], []]


def test_stored_spikes_come_back() -> None:
    for delay in (np.array([3 * DT]), np.array([3 * DT, DT])):
        queue = our_queue(delay, np.array([0, 1], dtype=np.int32), 0, 2)
        queue.push(np.array([0, 1], dtype=np.int32))
        queue.advance()
        state = queue._full_state()
        expected = deliveries(queue, 4)
        queue.push(np.array([1], dtype=np.int32))
        queue._restore_from_full_state(state)
        assert deliveries(queue, 4) == expected
        other = our_queue(delay, np.array([0, 1], dtype=np.int32), 0, 2)
        other._restore_from_full_state(state)
        assert deliveries(other, 4) == expected
