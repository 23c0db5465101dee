"""Rates: how many spikes a neuron of each population fires per second, over time."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, panels
from experiments.figures.raster import shade_phases
from neuro.recording import Recording

N_BINS = 100
LINES = ("-", "--", ":", "-.")


def draw(recording: Recording) -> Figure:
    """Draw the mean rate of every recorded population, counted in 100 bins of the run.

    Parameters
    ----------
    recording : Recording
        With spikes of at least one population.

    Returns
    -------
    Figure
        One line for each population.

    Raises
    ------
    NothingToDrawError
        If no spikes were recorded or nothing was simulated.
    """
    duration = recording.progress[0]
    if not recording.spiking or duration <= 0:
        raise NothingToDrawError(f"{recording.path}: no recorded spikes to count")
    edges = np.linspace(0, duration, N_BINS + 1)
    figure, (axis,) = panels(1, 3)
    for index, name in enumerate(recording.spiking):
        count, _ = np.histogram(recording.spikes(name)[0], edges)
        seconds = np.diff(edges) / 1000
        rate = count / seconds / recording.nodes[name].size
        steps = axis.stairs(rate, edges, label=name, baseline=None)
        steps.set(color=COLOURS[index % len(COLOURS)], linestyle=LINES[index % len(LINES)])
    shade_phases(axis, recording)
    axis.set_xlabel("time (ms)")
    axis.set_ylabel("rate (spikes/s per neuron)")
    axis.set_ylim(bottom=0)
    axis.legend(frameon=False)
    return figure
