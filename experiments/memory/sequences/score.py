"""What spikes and plateaus of a run say: whether the next element was predicted, or replayed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sequences.settings import LETTERS

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Train:
    """Hold events in order of time: when (s), and which cell."""

    times: Array
    cells: NDArray[np.int64]

    def between(self, start: float, stop: float) -> Train:
        """Return the events from `start` on and before `stop`."""
        first, last = np.searchsorted(self.times, (start, stop))
        return Train(self.times[first:last], self.cells[first:last])

    def last(self, n_cells: int) -> Array:
        """Return the time of each cell's last event, -inf without any."""
        found = np.full(n_cells, -np.inf)
        np.maximum.at(found, self.cells, self.times)
        return found


def ordered(times: NDArray[np.float64], cells: NDArray[np.int64]) -> Train:
    """Return events in order of time."""
    order = np.argsort(times, kind="stable")
    return Train(times[order], cells[order])


@dataclass(frozen=True, slots=True)
class Blocks:
    """Say how cells make blocks, and when a block counts as active.

    Attributes
    ----------
    n_blocks, size : int
        Blocks, and cells of each.
    enough : float
        Cells of a block that must have a plateau, or spike, for it to count.
    """

    n_blocks: int
    size: int
    enough: float

    @property
    def n_cells(self) -> int:
        """Return the number of all cells."""
        return self.n_blocks * self.size

    def chosen(self, cells: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return which blocks have enough of the given cells, shape (n_blocks,)."""
        return np.asarray(cells.reshape(self.n_blocks, self.size).sum(axis=1) >= self.enough)

    def active(self, spikes: Train, element: int) -> NDArray[np.int64]:
        """Return the cells of a block that spike."""
        cells = np.unique(spikes.cells)
        return np.asarray(cells[cells // self.size == element])


def plateaus(
    spikes: Train, onsets: Train, time: float, duration: float, n: int
) -> NDArray[np.bool_]:
    """Return which of n cells have a plateau at a time.

    Parameters
    ----------
    spikes, onsets : Train
        Spikes, which end a plateau, and beginnings of plateaus.
    time : float
        In s; what happens then does not count.
    duration : float
        Of a plateau that no spike ends, in s.
    n : int
        Number of cells.
    """
    begun = onsets.between(time - duration, time).last(n)
    return np.isfinite(begun) & (spikes.between(time - duration, time).last(n) < begun)


def prediction_error(predicted: NDArray[np.bool_], element: int) -> tuple[float, int, int]:
    """Compare the predicted blocks with the element that comes.

    Returns
    -------
    error : float
        Euclidean distance of the vectors of 0 and 1.
    false_positive, false_negative : int
        Wrongly predicted blocks, and whether the right one is missing.
    """
    missing = int(not predicted[element])
    wrong = int(predicted.sum()) - 1 + missing
    return float(np.sqrt(wrong + missing)), wrong, missing


def replayed_word(spikes: Train, blocks: Blocks) -> tuple[str, float]:
    """Read the order in which blocks become active.

    Parameters
    ----------
    spikes : Train
        Between the cue of one sequence and the next.
    blocks : Blocks
        A block takes part if enough of its cells spike.

    Returns
    -------
    word : str
        A letter for each block, by the median of the first spikes of its cells.
    pace : float
        Mean time from one to the next, in s; NaN for less than two.
    """
    moments: list[tuple[float, str]] = []
    cells, first = np.unique(spikes.cells, return_index=True)
    for element in range(blocks.n_blocks):
        own = first[cells // blocks.size == element]
        if len(own) >= blocks.enough:
            moments.append((float(np.median(spikes.times[own])), LETTERS[element]))
    moments.sort()
    pace = (moments[-1][0] - moments[0][0]) / (len(moments) - 1) if len(moments) > 1 else np.nan
    return "".join(letter for _, letter in moments), float(pace)


def context_overlap(
    sequences: Sequence[str], active: Sequence[Sequence[NDArray[np.int64]]]
) -> float:
    """Return the overlap of the cells that stand for one element in two sequences.

    Parameters
    ----------
    sequences : sequence of str
        Letters.
    active : sequence of sequence of array of int
        Active cells of each element of each sequence.

    Returns
    -------
    float
        Common cells over the smaller set, mean over all elements but the first that are at one
        place of two sequences; NaN if there is none.
    """
    found = []
    for one in range(len(sequences)):
        for other in range(one):
            for place in range(1, len(sequences[one])):
                if sequences[one][place] == sequences[other][place]:
                    mine, theirs = active[one][place], active[other][place]
                    least = max(1, min(len(mine), len(theirs)))
                    found.append(len(np.intersect1d(mine, theirs)) / least)
    return float(np.mean(found)) if found else float("nan")
