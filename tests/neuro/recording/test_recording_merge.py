"""Blocks of spikes that overlap in any way come out in order, in bounded memory."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from neuro.recording.catalogue import SpikeBlock
from neuro.recording.merge import depth, merged
from neuro.recording.sonata import by_time

spike = st.tuples(st.integers(0, 30).map(float), st.integers(0, 5))
sorted_block = st.lists(spike, max_size=20).map(sorted)


class Shelf:
    """Serve blocks from memory and note the largest slice asked for."""

    def __init__(self, lists: list[list[tuple[float, int]]]) -> None:
        self.columns = [
            (np.array([t for t, _ in b], float), np.array([i for _, i in b], np.uint64))
            for b in lists
        ]
        self.blocks = [
            SpikeBlock(k, t.size, t[0] if t.size else 0.0, t[-1] if t.size else 0.0)
            for k, (t, _) in enumerate(self.columns)
        ]

    def fetch(self, block: SpikeBlock, start: int, stop: int):
        times, ids = self.columns[block.file]
        return times[start:stop], ids[start:stop]


@settings(deadline=None)
@given(st.lists(sorted_block, max_size=8), st.integers(1, 40))
def test_the_merge_is_the_sorted_whole(lists: list, held: int) -> None:
    shelf = Shelf(lists)
    pieces = list(merged(shelf.blocks, shelf.fetch, held))
    got = [(t, int(i)) for times, ids in pieces for t, i in zip(times, ids, strict=True)]
    assert got == sorted(spike for block in lists for spike in block)
    assert all(times.size for times, _ in pieces)


def test_pieces_stay_small_however_the_blocks_overlap() -> None:
    rng = np.random.default_rng(2)
    lists = [sorted((float(t), 0) for t in rng.random(1000)) for _ in range(10)]
    shelf = Shelf(lists)
    held = 500
    sizes = [times.size for times, _ in merged(shelf.blocks, shelf.fetch, held)]
    assert sum(sizes) == 10_000
    assert max(sizes) <= 2 * held


def test_depth_counts_blocks_that_share_an_instant() -> None:
    spans = [(0, 10), (10, 20), (21, 30), (22, 23), (24, 25)]
    assert depth(SpikeBlock(0, 2, a, b) for a, b in spans) == 2
    assert depth([]) == 0


def test_ties_are_ordered_by_node() -> None:
    times, ids = by_time(np.array([1.0, 1.0, 0.0]), np.array([5, 2, 9], np.uint64))
    assert (times.tolist(), ids.tolist()) == ([0, 1, 1], [9, 2, 5])
