"""A raster in letters, for a terminal: darker where more spikes are."""

from __future__ import annotations

import numpy as np

from experiments.figures import NothingToDrawError
from experiments.figures.selection import ALL, Selection
from neuro.recording import Recording

SHADES = " .:+#@"
# A population is drawn in no more lines than this; neurons share lines.
MOST_LINES = 20


def text_raster(recording: Recording, width: int = 80, chosen: Selection = ALL) -> str:
    """Draw the spikes of every population in letters.

    Parameters
    ----------
    recording : Recording
        With spikes of at least one population.
    width : int
        Letters in a line.
    chosen : Selection
        What is drawn.

    Returns
    -------
    str
        A block of lines for each population, high neurons on top; a blank is no spike, "." the
        fewest and "@" the most of any place in the block.

    Raises
    ------
    NothingToDrawError
        If there is no spike.
    """
    start, stop = chosen.window(recording)
    blocks, n_spikes = [], 0
    for name in chosen.named(recording.spiking, recording):
        times, ids = chosen.spikes(recording, name)
        n_spikes += times.size
        first, end = chosen.rows(recording.size(name))
        n_lines = min(MOST_LINES, end - first)
        margin = len(str(end - 1)) + 2
        counts, edges, _ = np.histogram2d(
            ids, times, (n_lines, max(10, width - margin)), ((first, end), (start, stop))
        )
        title = f"{name}: {times.size} spikes of neurons {first} to {end - 1}"
        lines = [
            f"{int(np.ceil(edge)):{margin - 2}d} |{_shaded(row, counts.max())}"
            for edge, row in zip(edges[-2::-1], counts[::-1], strict=True)
        ]
        blocks.append("\n".join([title, *lines]))
    if not n_spikes:
        raise NothingToDrawError(f"{recording.path}: no spikes to draw")
    return "\n".join([*blocks, f"time: {start:g} to {stop:g} ms"])


def _shaded(row: np.ndarray, most: float) -> str:
    levels = np.ceil(row / max(most, 1.0) * (len(SHADES) - 1)).astype(int)
    return "".join(SHADES[level] for level in levels).rstrip()
