"""Kernels of the temporal memory: one step of learning, and of prediction, over flat arrays.

A synapse has the number ``segment * slots + slot``; slots are a power of two. Each cell lists the
synapses that it feeds in chunks of one line of cache, so that only active cells are visited, and
what prediction asks of a synapse stands in the list: ``number << 1 | is_connected``.
Permanences are whole numbers of 0.001: sums of increments meet thresholds exactly.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

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
kernel = numba.njit(cache=True, _nrt=False, error_model="numpy")


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


@kernel  # type: ignore[untyped-decorator]
def learn(state: Any, rule: Any, columns: Any, rng: Any) -> None:
    """Activate cells of the given columns, ascending, and learn from what was predicted.

    Columns are visited in order, the segments of a column by their number. The overlaps are those
    that `predict` counted after the last step.
    """
    _remember(state)
    _sort_into_columns(state, rule)
    for column in columns:
        first = state.head[column]
        state.head[column] = NONE
        if not _reinforce_active(state, rule, first, rng):
            _burst(state, rule, column, first, rng)
    for place in range(state.counter[TOUCHED]):
        column = state.owner[state.touched[place]] // rule.cells
        segment = state.head[column]
        state.head[column] = NONE
        while segment != NONE:
            _punish(state, rule, segment)
            segment = state.link[segment]


@kernel  # type: ignore[untyped-decorator]
def predict(state: Any, rule: Any) -> None:
    """Count for every segment its synapses on cells that fire now."""
    overlap, chunk, counter = state.overlap, state.chunk, state.counter
    for place in range(counter[TOUCHED]):
        overlap[state.touched[place], POTENTIAL] = 0
        overlap[state.touched[place], CONNECTED] = 0
    n_touched = 0
    for place in range(counter[CELLS]):
        cell = state.cells[place]
        counter[READS] += state.n_fed[cell]
        number, n_entries = state.first[cell], _n_first(state.n_fed[cell])
        while number != NONE:
            for entry in chunk[number, :n_entries]:
                segment = entry >> (rule.shift + 1)
                if overlap[segment, POTENTIAL] == 0:
                    state.touched[n_touched] = segment
                    n_touched += 1
                overlap[segment, POTENTIAL] += 1
                overlap[segment, CONNECTED] += entry & 1
            number, n_entries = chunk[number, ENTRIES], ENTRIES
    counter[TOUCHED] = n_touched


@kernel  # type: ignore[untyped-decorator]
def activate(state: Any, rule: Any, columns: Any, is_predicted: Any) -> None:
    """Activate cells of the given columns without learning: the predicted ones, or all."""
    _remember(state)
    for column in columns:
        begin, end = column * rule.cells, (column + 1) * rule.cells
        is_expected = False
        for cell in range(begin, end):
            is_expected |= is_predicted[cell]
        for cell in range(begin, end):
            if state.is_alive[cell] and (is_predicted[cell] or not is_expected):
                _fire(state, cell)


@kernel  # type: ignore[untyped-decorator]
def find_predicted(state: Any, rule: Any, cells: Any, columns: Any) -> None:
    """Find which living cells have an active segment, shape (C,), and which columns have any."""
    for place in range(state.counter[TOUCHED]):
        segment = state.touched[place]
        cell = state.owner[segment]
        if state.overlap[segment, CONNECTED] >= rule.activation and state.is_alive[cell]:
            cells[cell] = True
            columns[cell // rule.cells] = True


@kernel  # type: ignore[untyped-decorator]
def _remember(state: Any) -> None:
    """Let what has learnt belong to the last step; the caller does so with what was active."""
    counter = state.counter
    counter[CELLS] = 0
    for place in range(counter[WINNERS]):
        state.previous[place] = state.winners[place]
    counter[PREVIOUS] = counter[WINNERS]
    counter[WINNERS] = 0


@kernel  # type: ignore[untyped-decorator]
def _sort_into_columns(state: Any, rule: Any) -> None:
    """Chain the matching segments of living cells by column, ascending."""
    for place in range(state.counter[TOUCHED]):
        segment = state.touched[place]
        cell = state.owner[segment]
        if state.overlap[segment, POTENTIAL] < rule.matching or not state.is_alive[cell]:
            continue
        column = cell // rule.cells
        before, after = NONE, state.head[column]
        while after != NONE and after < segment:
            before, after = after, state.link[after]
        state.link[segment] = after
        if before == NONE:
            state.head[column] = segment
        else:
            state.link[before] = segment


@kernel  # type: ignore[untyped-decorator]
def _reinforce_active(state: Any, rule: Any, segment: int, rng: Any) -> bool:
    """Fire the cells of a column that were predicted; return whether there were any."""
    was_predicted = False
    while segment != NONE:
        if state.overlap[segment, CONNECTED] >= rule.activation:
            was_predicted = True
            cell = state.owner[segment]
            if not state.is_active[cell]:
                _fire(state, cell)
                _win(state, cell)
            _reinforce(state, rule, segment, rng)
        segment = state.link[segment]
    return was_predicted


@kernel  # type: ignore[untyped-decorator]
def _burst(state: Any, rule: Any, column: int, segment: int, rng: Any) -> None:
    """Fire all cells of a column; the best matching segment learns, or a new one."""
    begin, end = column * rule.cells, (column + 1) * rule.cells
    n_alive = 0
    for cell in range(begin, end):
        if state.is_alive[cell]:
            _fire(state, cell)
            n_alive += 1
    if n_alive == 0:
        return
    if segment != NONE:
        best = segment
        while segment != NONE:
            if state.overlap[segment, POTENTIAL] > state.overlap[best, POTENTIAL]:
                best = segment
            segment = state.link[segment]
        _win(state, state.owner[best])
        _reinforce(state, rule, best, rng)
        return
    cell = _least_used(state, begin, end, rng)
    _win(state, cell)
    if state.counter[PREVIOUS]:
        segment = state.counter[SEGMENTS]
        state.counter[SEGMENTS] += 1
        state.owner[segment] = cell
        state.n_segments[cell] += 1
        _grow(state, rule, segment, rule.new_synapses, rng)


@kernel  # type: ignore[untyped-decorator]
def _least_used(state: Any, begin: int, end: int, rng: Any) -> int:
    """Return a living cell with fewest segments, drawn from those."""
    tied = state.chosen
    n_tied = 0
    for cell in range(begin, end):
        if not state.is_alive[cell]:
            continue
        if n_tied and state.n_segments[cell] < state.n_segments[tied[0]]:
            n_tied = 0
        if n_tied == 0 or state.n_segments[cell] == state.n_segments[tied[0]]:
            tied[n_tied] = cell
            n_tied += 1
    return int(tied[int(rng.random() * n_tied)])


@kernel  # type: ignore[untyped-decorator]
def _reinforce(state: Any, rule: Any, segment: int, rng: Any) -> None:
    """Strengthen synapses on cells that fired last, weaken the others, grow what is missing."""
    for slot in range(state.synapse.shape[1]):
        permanence = state.synapse[segment, slot, PERMANENCE]
        if permanence == 0:
            continue
        state.counter[READS] += 1
        if state.was_active[state.synapse[segment, slot, PRE]]:
            _write(state, rule, segment, slot, min(permanence + rule.increment, 1000))
        else:
            _write(state, rule, segment, slot, permanence - rule.decrement)
    n_missing = rule.new_synapses - state.overlap[segment, POTENTIAL]
    if n_missing > 0:
        _grow(state, rule, segment, n_missing, rng)


@kernel  # type: ignore[untyped-decorator]
def _punish(state: Any, rule: Any, segment: int) -> None:
    """Weaken the synapses that led to a wrong prediction."""
    for slot in range(state.synapse.shape[1]):
        permanence = state.synapse[segment, slot, PERMANENCE]
        if permanence == 0:
            continue
        state.counter[READS] += 1
        if state.was_active[state.synapse[segment, slot, PRE]]:
            _write(state, rule, segment, slot, permanence - rule.punishment)


@kernel  # type: ignore[untyped-decorator]
def _grow(state: Any, rule: Any, segment: int, number: int, rng: Any) -> None:
    """Grow synapses on random previous winners that the segment has none on yet."""
    state.counter[STAMP] += 1
    stamp = state.counter[STAMP]
    n_free = 0
    for slot in range(state.synapse.shape[1]):
        if state.synapse[segment, slot, PERMANENCE] == 0:
            n_free += 1
        else:
            state.stamp[state.synapse[segment, slot, PRE]] = stamp
    n_left = 0
    for place in range(state.counter[PREVIOUS]):
        if state.stamp[state.previous[place]] != stamp:
            state.chosen[n_left] = state.previous[place]
            n_left += 1
    slot = 0
    for _ in range(min(number, n_left, n_free)):
        drawn = int(rng.random() * n_left)
        n_left -= 1
        cell = state.chosen[drawn]
        state.chosen[drawn] = state.chosen[n_left]
        while state.synapse[segment, slot, PERMANENCE] != 0:
            slot += 1
        _attach(state, rule, segment, slot, cell)


@kernel  # type: ignore[untyped-decorator]
def _n_first(n_fed: int) -> int:
    """Return the number of entries of a cell's first chunk."""
    return (n_fed - 1) % ENTRIES + 1


@kernel  # type: ignore[untyped-decorator]
def _attach(state: Any, rule: Any, segment: int, slot: int, cell: int) -> None:
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


@kernel  # type: ignore[untyped-decorator]
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


@kernel  # type: ignore[untyped-decorator]
def _write(state: Any, rule: Any, segment: int, slot: int, permanence: int) -> None:
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


@kernel  # type: ignore[untyped-decorator]
def _detach(state: Any, rule: Any, cell: int, place: int) -> None:
    """Take a synapse off the list of its presynaptic cell; the last one moves into the gap."""
    number = state.first[cell]
    entry = _n_first(state.n_fed[cell]) - 1
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


@kernel  # type: ignore[untyped-decorator]
def _fire(state: Any, cell: int) -> None:
    state.cells[state.counter[CELLS]] = cell
    state.counter[CELLS] += 1
    state.is_active[cell] = True


@kernel  # type: ignore[untyped-decorator]
def _win(state: Any, cell: int) -> None:
    state.winners[state.counter[WINNERS]] = cell
    state.counter[WINNERS] += 1
