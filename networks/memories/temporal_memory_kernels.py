"""Kernels of the temporal memory: one step of learning, and of prediction."""

from __future__ import annotations

from typing import Any

import numpy as np

from networks.kernels import inner, kernel
from networks.memories.temporal_memory_synapses import (
    CELLS,
    CONNECTED,
    ENTRIES,
    IN_PLACE,
    NONE,
    PERMANENCE,
    POTENTIAL,
    PRE,
    PREVIOUS,
    READS,
    SEGMENTS,
    STAMP,
    TOUCHED,
    WINNERS,
    attach,
    n_first,
    write,
)


@kernel(**IN_PLACE)
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


@kernel(**IN_PLACE)
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
        number, n_entries = state.first[cell], n_first(state.n_fed[cell])
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


@kernel(**IN_PLACE)
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


@kernel(**IN_PLACE)
def find_predicted(state: Any, rule: Any, cells: Any, columns: Any) -> None:
    """Find which living cells have an active segment, shape (C,), and which columns have any."""
    for place in range(state.counter[TOUCHED]):
        segment = state.touched[place]
        cell = state.owner[segment]
        if state.overlap[segment, CONNECTED] >= rule.activation and state.is_alive[cell]:
            cells[cell] = True
            columns[cell // rule.cells] = True


@inner(**IN_PLACE)
def _remember(state: Any) -> None:
    """Let what has learnt belong to the last step; the caller does so with what was active."""
    counter = state.counter
    counter[CELLS] = 0
    for place in range(counter[WINNERS]):
        state.previous[place] = state.winners[place]
    counter[PREVIOUS] = counter[WINNERS]
    counter[WINNERS] = 0


@inner(**IN_PLACE)
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


@inner(**IN_PLACE)
def _reinforce_active(state: Any, rule: Any, segment: Any, rng: Any) -> bool:
    """Fire the cells of a column that were predicted; return whether there were any."""
    was_predicted = False
    while segment != NONE:
        if state.overlap[segment, CONNECTED] >= rule.activation:
            was_predicted = True
            cell = np.int64(state.owner[segment])
            if not state.is_active[cell]:
                _fire(state, cell)
                _win(state, cell)
            _reinforce(state, rule, segment, rng)
        segment = state.link[segment]
    return was_predicted


@inner(**IN_PLACE)
def _burst(state: Any, rule: Any, column: int, segment: Any, rng: Any) -> None:
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
        _win(state, np.int64(state.owner[best]))
        _reinforce(state, rule, best, rng)
        return
    cell = _least_used(state, begin, end, rng)
    _win(state, cell)
    if state.counter[PREVIOUS]:
        segment = np.int32(state.counter[SEGMENTS])
        state.counter[SEGMENTS] += 1
        state.owner[segment] = cell
        state.n_segments[cell] += 1
        _grow(state, rule, segment, rule.new_synapses, rng)


@inner(**IN_PLACE)
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


@inner(**IN_PLACE)
def _reinforce(state: Any, rule: Any, segment: Any, rng: Any) -> None:
    """Strengthen synapses on cells that fired last, weaken the others, grow what is missing."""
    for slot in range(state.synapse.shape[1]):
        permanence = state.synapse[segment, slot, PERMANENCE]
        if permanence == 0:
            continue
        state.counter[READS] += 1
        if state.was_active[state.synapse[segment, slot, PRE]]:
            write(state, rule, segment, slot, min(permanence + rule.increment, 1000))
        else:
            write(state, rule, segment, slot, permanence - rule.decrement)
    n_missing = rule.new_synapses - state.overlap[segment, POTENTIAL]
    if n_missing > 0:
        _grow(state, rule, segment, n_missing, rng)


@inner(**IN_PLACE)
def _punish(state: Any, rule: Any, segment: Any) -> None:
    """Weaken the synapses that led to a wrong prediction."""
    for slot in range(state.synapse.shape[1]):
        permanence = state.synapse[segment, slot, PERMANENCE]
        if permanence == 0:
            continue
        state.counter[READS] += 1
        if state.was_active[state.synapse[segment, slot, PRE]]:
            write(state, rule, segment, slot, permanence - rule.punishment)


@inner(**IN_PLACE)
def _grow(state: Any, rule: Any, segment: Any, number: int, rng: Any) -> None:
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
        attach(state, rule, segment, slot, cell)


@inner(**IN_PLACE)
def _fire(state: Any, cell: Any) -> None:
    state.cells[state.counter[CELLS]] = cell
    state.counter[CELLS] += 1
    state.is_active[cell] = True


@inner(**IN_PLACE)
def _win(state: Any, cell: Any) -> None:
    state.winners[state.counter[WINNERS]] = cell
    state.counter[WINNERS] += 1
