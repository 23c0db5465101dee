"""What becomes of every transition from one element to the next while sequences are learnt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sequences.score import (
    Blocks,
    Train,
    context_overlap,
    plateaus,
    prediction_error,
)
from experiments.memory.sequences.settings import LETTERS, SpikingTemporalMemory
from experiments.memory.sequences.timetable import BEFORE, Timetable

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Transitions:
    """Hold what happened as each element was shown, shapes (n_episodes, n_sequences, n_elements).

    Attributes
    ----------
    error, false_positive, false_negative : array of float64
        Of the prediction of the element: see `prediction_error`. Nothing tells the first one.
    predicted, active : array of float64
        Cells of its block that have a plateau just before it, and that fire before the next one.
    overlap : array of float64, shape (n_episodes,)
        Of the cells of one element in two sequences: see `context_overlap`.
    """

    error: Array
    false_positive: Array
    false_negative: Array
    predicted: Array
    active: Array
    overlap: Array

    def last(self, name: str) -> Array:
        """Return the named attribute at the last element, mean over sequences, of each episode."""
        found: Array = getattr(self, name)
        return np.asarray(found[:, :, -1].mean(axis=1))

    @property
    def right(self) -> Array:
        """Return the share of sequences without error, (n_episodes, n_elements - 1)."""
        return np.asarray((self.error[:, :, 1:] == 0).mean(axis=1))


def follow(
    settings: SpikingTemporalMemory,
    blocks: Blocks,
    duration: float,
    table: Timetable,
    spikes: Train,
    onsets: Train,
) -> Transitions:
    """Read every transition of a run.

    Parameters
    ----------
    settings : SpikingTemporalMemory
        The sequences.
    blocks : Blocks
        How cells make blocks.
    duration : float
        Of a plateau that no spike ends, in s.
    table : Timetable
        When what was shown.
    spikes, onsets : Train
        Spikes and beginnings of plateaus.

    Returns
    -------
    Transitions
        Of the phase of learning.
    """
    found = np.empty((5, *table.shown.shape))
    overlap = np.empty(len(table.shown))
    for episode, shown in enumerate(table.shown - BEFORE):
        active: list[list[NDArray[np.int64]]] = []
        for number, word in enumerate(settings.sequences):
            active.append([])
            for place, letter in enumerate(word):
                element, moment = LETTERS.index(letter), float(shown[number, place])
                cells = plateaus(spikes, onsets, moment, duration, blocks.n_cells)
                fired = spikes.between(moment, moment + settings.interval.value)
                active[-1].append(blocks.active(fired, element))
                found[:, episode, number, place] = (
                    *prediction_error(blocks.chosen(cells), element),
                    cells.reshape(blocks.n_blocks, -1)[element].sum(),
                    len(active[-1][-1]),
                )
        overlap[episode] = context_overlap(settings.sequences, active)
    error, false_positive, false_negative, predicted, fired_cells = found
    return Transitions(error, false_positive, false_negative, predicted, fired_cells, overlap)
