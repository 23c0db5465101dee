"""Rates: how many spikes a neuron of each population fires per second, over time."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, panels
from experiments.figures.raster import shade_phases
from experiments.figures.selection import ALL, Selection
from neuro.recording import Recording

N_BINS = 100
LINES = ("-", "--", ":", "-.")


def draw(recording: Recording, chosen: Selection = ALL) -> Figure:
    """Draw the mean rate of every recorded population, counted in 100 bins of the time.

    Parameters
    ----------
    recording : Recording
        With spikes of at least one population.
    chosen : Selection
        What is drawn.

    Returns
    -------
    Figure
        One line for each population.

    Raises
    ------
    NothingToDrawError
        If no spikes were recorded or nothing was simulated.
    """
    names = chosen.named(recording.spiking, recording)
    if not names or recording.progress[0] <= 0:
        raise NothingToDrawError(f"{recording.path}: no recorded spikes to count")
    edges = np.linspace(*chosen.window(recording), N_BINS + 1)
    figure, (axis,) = panels(1, 3)
    for index, name in enumerate(names):
        count, _ = np.histogram(chosen.spikes(recording, name)[0], edges)
        seconds = np.diff(edges) / 1000
        first, end = chosen.rows(recording.size(name))
        rate = count / seconds / (end - first)
        steps = axis.stairs(rate, edges, label=name, baseline=None)
        steps.set(color=COLOURS[index % len(COLOURS)], linestyle=LINES[index % len(LINES)])
    shade_phases(axis, recording)
    axis.set_xlim(edges[0], edges[-1])
    axis.set_xlabel("time (ms)")
    axis.set_ylabel("rate (spikes/s per neuron)")
    axis.set_ylim(bottom=0)
    axis.legend(frameon=False)
    return figure
