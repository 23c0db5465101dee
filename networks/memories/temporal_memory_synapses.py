"""Synapses of the temporal memory as flat arrays: made, changed and removed by kernels.

A synapse has the number ``segment * slots + slot``; slots are a power of two. Each cell lists the
synapses that it feeds in chunks of one line of cache, so that only active cells are visited, and
what prediction asks of a synapse stands in the list: ``number << 1 | is_connected``.
Permanences are whole numbers of 0.001: sums of increments meet thresholds exactly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner

NONE = -1
# Fields of a synapse: presynaptic cell, permanence, and where that cell lists it.
PRE, PERMANENCE, PLACE, N_FIELDS = range(4)
# Entries of a chunk; the last of its CHUNK numbers is the next chunk.
CHUNK, ENTRIES = 16, 15
# Fields of a segment: synapses on cells that fired last, all and connected ones.
POTENTIAL, CONNECTED = range(2)
# Places in `State.counter`.
SEGMENTS, SYNAPSES, CHUNKS, CELLS, WINNERS, PREVIOUS, TOUCHED, STAMP, READS, WRITES = range(10)
FREE, N_COUNTERS = 10, 11

# Nothing is allocated inside, so no references are counted: that took most of the time.
IN_PLACE: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}


class State(NamedTuple):
    """Hold all of a temporal memory: S segments of at most `slots` synapses, C cells.

    Attributes
    ----------
    synapse : array of int32, shape (S, slots, 3)
        Presynaptic cell, permanence in thousandths (0 where there is no synapse), and its place
        in `chunk`.
    owner : array of int32, shape (S,)
        Cell of each segment.
    chunk : array of int32, shape (n_chunks, 16)
        Lists of the synapses that cells feed: entries, and the next chunk. All but the first
        chunk of a cell are full.
    first, n_fed : array of int32, shape (C,)
        First chunk of each cell, and the number of synapses that it feeds.
    n_segments : array of int32, shape (C,)
        Segments of each cell.
    is_alive, was_active, is_active : array of bool, shape (C,)
        Cells that can fire; those that fired in the last step, and in this one.
    cells, winners, previous : array of int32, shape (C,)
        Cells that fired, those that learnt, and those that learnt a step before, in order.
    overlap : array of int16, shape (S, 2)
        Synapses on cells that fired last: all, and connected ones.
    touched : array of int32, shape (S,)
        Segments for which those are not 0.
    head : array of int32, shape (n_columns,)
        Scratch: first matching segment of each column.
    link : array of int32, shape (S,)
        Scratch: the next matching segment of its column.
    stamp : array of int64, shape (C,)
        Scratch: marks cells which a segment has synapses on.
    chosen : array of int32, shape (C,)
        Scratch: cells to choose from.
    counter : array of int64
        By the names above.
    """

    synapse: NDArray[np.int32]
    owner: NDArray[np.int32]
    chunk: NDArray[np.int32]
    first: NDArray[np.int32]
    n_fed: NDArray[np.int32]
    n_segments: NDArray[np.int32]
    is_alive: NDArray[np.bool_]
    was_active: NDArray[np.bool_]
    is_active: NDArray[np.bool_]
    cells: NDArray[np.int32]
    winners: NDArray[np.int32]
    previous: NDArray[np.int32]
    overlap: NDArray[np.int16]
    touched: NDArray[np.int32]
    head: NDArray[np.int32]
    link: NDArray[np.int32]
    stamp: NDArray[np.int64]
    chosen: NDArray[np.int32]
    counter: NDArray[np.int64]


class Rule(NamedTuple):
    """Hold the constants: slots = 2 ** shift, cells of a column, permanences in thousandths."""

    shift: int
    cells: int
    activation: int
    matching: int
    new_synapses: int
    initial: int
    connected: int
    increment: int
    decrement: int
    punishment: int


@inner(**IN_PLACE)
def n_first(n_fed: int) -> int:
    """Return the number of entries of a cell's first chunk."""
    return (n_fed - 1) % ENTRIES + 1


@inner(**IN_PLACE)
def attach(state: Any, rule: Any, segment: int, slot: int, cell: int) -> None:
    """Make a synapse and list it with its presynaptic cell."""
    entry = state.n_fed[cell] % ENTRIES
    if entry == 0:
        _put_chunk(state, cell)
    state.n_fed[cell] += 1
    is_connected = rule.initial >= rule.connected
    state.chunk[state.first[cell], entry] = ((segment << rule.shift) | slot) << 1 | is_connected
    state.synapse[segment, slot, PRE] = cell
    state.synapse[segment, slot, PERMANENCE] = rule.initial
    state.synapse[segment, slot, PLACE] = state.first[cell] * CHUNK + entry
    state.counter[WRITES] += 1
    state.counter[SYNAPSES] += 1


@inner(**IN_PLACE)
def write(state: Any, rule: Any, segment: int, slot: int, permanence: int) -> None:
    """Set a permanence; a synapse that has none left is gone."""
    state.counter[WRITES] += 1
    place = state.synapse[segment, slot, PLACE]
    state.synapse[segment, slot, PERMANENCE] = max(permanence, 0)
    if permanence > 0:
        entry = state.chunk[place // CHUNK, place % CHUNK]
        is_connected = permanence >= rule.connected
        state.chunk[place // CHUNK, place % CHUNK] = entry >> 1 << 1 | is_connected
    else:
        _detach(state, rule, state.synapse[segment, slot, PRE], place)


@inner(**IN_PLACE)
def _put_chunk(state: Any, cell: int) -> None:
    """Put an empty chunk in front of a cell's list: one that was given back, or a new one."""
    number = state.counter[FREE] - 1
    if number != NONE:
        state.counter[FREE] = state.chunk[number, ENTRIES]
    else:
        number = state.counter[CHUNKS]
        state.counter[CHUNKS] += 1
    state.chunk[number, ENTRIES] = state.first[cell]
    state.first[cell] = number


@inner(**IN_PLACE)
def _detach(state: Any, rule: Any, cell: int, place: int) -> None:
    """Take a synapse off the list of its presynaptic cell; the last one moves into the gap."""
    number = state.first[cell]
    entry = n_first(state.n_fed[cell]) - 1
    moved = state.chunk[number, entry]
    state.chunk[place // CHUNK, place % CHUNK] = moved
    synapse = moved >> 1
    slots = state.synapse.shape[1]
    state.synapse[synapse >> rule.shift, synapse & (slots - 1), PLACE] = place
    state.n_fed[cell] -= 1
    state.counter[SYNAPSES] -= 1
    if entry == 0:
        state.first[cell] = state.chunk[number, ENTRIES]
        # 0 stands for no chunk at all, so that a new memory has none to give back.
        state.chunk[number, ENTRIES] = state.counter[FREE]
        state.counter[FREE] = number + 1
