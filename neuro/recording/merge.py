"""Merge sorted blocks of spikes that overlap in time, in bounded memory."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from neuro.recording.catalogue import SpikeBlock
from neuro.recording.sonata import Float, Ids, by_time

# Spikes held at once over all blocks: 16 MB.
HELD = 1 << 20

Fetch = Callable[[SpikeBlock, int, int], tuple[Float, Ids]]


@dataclass(slots=True)
class _Cursor:
    """Hold the next spikes of one block."""

    block: SpikeBlock
    times: Float = field(default_factory=lambda: np.empty(0))
    ids: Ids = field(default_factory=lambda: np.empty(0, dtype=np.uint64))
    read: int = 0

    @property
    def horizon(self) -> float:
        """Return the time up to which the block's spikes are known."""
        if self.read == self.block.n:
            return float("inf")
        return float(self.times[-1]) if self.times.size else self.block.first

    def refill(self, fetch: Fetch, n: int) -> None:
        """Read up to n more spikes."""
        stop = min(self.read + n, self.block.n)
        times, ids = fetch(self.block, self.read, stop)
        self.times = np.concatenate((self.times, times))
        self.ids = np.concatenate((self.ids, ids))
        self.read = stop

    def take(self, before: float) -> tuple[Float, Ids]:
        """Return and forget the spikes before a time."""
        n = int(np.searchsorted(self.times, before, side="left"))
        taken = self.times[:n], self.ids[:n]
        self.times, self.ids = self.times[n:], self.ids[n:]
        return taken


def merged(
    blocks: Sequence[SpikeBlock], fetch: Fetch, held: int = HELD
) -> Iterator[tuple[Float, Ids]]:
    """Yield all spikes by time, then by id, in pieces.

    Parameters
    ----------
    blocks : sequence of SpikeBlock
        Each sorted; they may overlap as they like.
    fetch : callable
        `fetch(block, start, stop)` returns a slice of a block's times and ids.
    held : int
        Spikes in memory at once; only spikes at one and the same instant can make it more.

    Yields
    ------
    tuple of ndarray
        Times in ms and ids, never empty.
    """
    waiting = deque(sorted((b for b in blocks if b.n), key=lambda b: b.first))
    share = max(1, held // max(1, depth(waiting)))
    active: list[_Cursor] = []
    while active or waiting:
        if not active:
            active.append(_Cursor(waiting.popleft()))
        lowest = min(active, key=lambda cursor: cursor.horizon)
        if waiting and waiting[0].first <= lowest.horizon:
            lowest = _Cursor(waiting.popleft())
            active.append(lowest)
        lowest.refill(fetch, share)
        safe = min(cursor.horizon for cursor in active)
        safe = min(safe, waiting[0].first) if waiting else safe
        pieces = [cursor.take(safe) for cursor in active]
        times, ids = (np.concatenate(column) for column in zip(*pieces, strict=True))
        if times.size:
            yield by_time(times, ids)
        active = [c for c in active if c.times.size or c.read < c.block.n]


def depth(blocks: Iterable[SpikeBlock]) -> int:
    """Return the largest number of blocks that share an instant."""
    ends: list[float] = []
    deepest = 0
    for block in sorted(blocks, key=lambda b: b.first):
        while ends and ends[0] < block.first:
            heappop(ends)
        heappush(ends, block.last)
        deepest = max(deepest, len(ends))
    return deepest
