"""Figure of `spiking_temporal_memory`: a learnt episode, and the replay of each sequence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from experiments.memory.sequences.settings import LETTERS
from neuro.recording import Recording

Array = NDArray[np.float64]
MOST = 3  # sequences drawn side by side
MARGIN = 3.0  # ms before the first cue


def draw(recording: Recording) -> Figure:
    """Draw spikes and plateaus while sequences are shown, and while they are replayed.

    Parameters
    ----------
    recording : Recording
        Of a spiking temporal memory.

    Returns
    -------
    Figure
        Above, the last episode of learning; below, replay from the first element. One sequence a
        column, one band of cells an element.

    Raises
    ------
    NothingToDrawError
        If it is of another experiment.
    """
    if "drawn/cells" not in recording.arrays:
        raise NothingToDrawError(f"{recording.path}: no sequences of spiking cells in it")
    words = [str(word) for word in recording.array("sequences")][:MOST]
    shown = recording.array("drawn/shown_ms")
    figure = Figure(figsize=(WIDTH, 5.6), layout="constrained")
    grid = figure.subplots(2, len(words), squeeze=False, sharey=True, sharex="row")
    for row, name in zip(grid, ("last", "replay"), strict=True):
        windows = recording.array(f"drawn/{name}_ms")
        for number, axis in enumerate(row):
            cues = shown[number] if name == "last" else windows[number, :1]
            _draw_window(axis, recording, windows[number])
            _mark_cues(axis, cues - windows[number, 0], words[number])
    for axis, word in zip(grid[0], words, strict=True):
        axis.set_title(f"{word}, last episode", size=9)
    for axis, word in zip(grid[1], words, strict=True):
        axis.set_title(f"{word}, replay from {word[0]}", size=9)
    for axis in grid[:, 0]:
        axis.set_ylabel("cells, by their element", size=8)
    for axis in grid.flat:
        axis.set_xlabel("time from the first cue (ms)", size=8)
        axis.tick_params(labelsize=7)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    return figure


def _draw_window(axis: Axes, recording: Recording, window: Array) -> None:
    population, count = recording.array("drawn/cells")
    n_blocks, n_cells = int(count), recording.size(str(population))
    for block in range(1, n_blocks):
        axis.axhline(block * n_cells / n_blocks - 0.5, color="0.8", linewidth=0.5)
    times, cells = recording.array("drawn/plateau_ms"), recording.array("drawn/plateau_cells")
    marks: Sequence[tuple[Array, NDArray[Any], str, str, str, float]] = (
        (times, cells, ">", COLOURS[1], "plateau begins", 2.5),
        (*recording.spikes(str(population)), "|", COLOURS[0], "spike", 3.0),
    )
    for moments, ids, marker, colour, label, size in marks:
        inside = (moments >= window[0]) & (moments < window[1])
        axis.plot(
            moments[inside] - window[0], ids[inside], marker, color=colour, markersize=size,
            label=label, linestyle="", markerfacecolor="none", markeredgewidth=0.6,
        )  # fmt: skip
    size = n_cells / n_blocks
    axis.set_yticks((np.arange(n_blocks) + 0.5) * size, list(LETTERS[:n_blocks]))
    axis.set_ylim(-0.5, n_cells - 0.5)
    axis.set_xlim(-MARGIN, window[1] - window[0])
    axis.spines[["top", "right"]].set_visible(False)


def _mark_cues(axis: Axes, times: Array, word: str) -> None:
    """Mark cues at the lower edge, each with its letter."""
    bottom = axis.get_ylim()[0]
    axis.plot(
        times, np.full(times.size, bottom), "^", color="0.2", markersize=5, label="cue",
        clip_on=False, linestyle="",
    )  # fmt: skip
    for time, letter in zip(times, word, strict=False):
        axis.annotate(letter, (time, bottom), (2, 4), textcoords="offset points", size=7)
