"""Raster: a mark for each spike, time across, neurons up, phases in grey."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, panels
from experiments.figures.selection import ALL, Selection
from neuro.recording import Recording

# More marks than this cannot be told apart, and would make a vector file large and slow.
MOST_VECTORS = 20_000
PANEL_POINTS = 100  # height of a panel in points, to be shared by its neurons


def draw(recording: Recording, chosen: Selection = ALL) -> Figure:
    """Draw the spikes of every recorded population.

    Parameters
    ----------
    recording : Recording
        With spikes of at least one population.
    chosen : Selection
        What is drawn.

    Returns
    -------
    Figure
        A panel for each population, its height by the number of its neurons. Many spikes are dots
        in a vector file too, all of them.

    Raises
    ------
    NothingToDrawError
        If no population spiked, or none was recorded.
    """
    names = chosen.named(recording.spiking, recording)
    trains = {name: chosen.spikes(recording, name) for name in names}
    if not any(times.size for times, _ in trains.values()):
        told = f"none in {', '.join(trains)}" if trains else "none were recorded"
        raise NothingToDrawError(f"{recording.path}: no spikes to draw: {told}")
    rows = {name: chosen.rows(recording.size(name)) for name in trains}
    sizes = {name: end - first for name, (first, end) in rows.items()}
    heights = [max(sizes[name], max(sizes.values()) / 8) for name in trains]
    figure, axes = panels(len(trains), 1.4 + 1.6 * len(trains), heights)
    for axis, (name, (times, ids)) in zip(axes, trains.items(), strict=True):
        size = min(max(PANEL_POINTS / sizes[name], 2), 12)
        axis.plot(
            times, ids, "|", color=COLOURS[0], markersize=size, rasterized=times.size > MOST_VECTORS
        )
        axis.set_ylabel(f"{name}\nneuron")
        first, end = rows[name]
        axis.set_ylim(first - 0.5, end - 0.5)
        axis.yaxis.set_major_locator(MaxNLocator("auto", integer=True))
        shade_phases(axis, recording)
    start, stop = chosen.window(recording)
    axes[-1].set_xlim(start, stop or None)
    axes[-1].set_xlabel("time (ms)")
    return figure


def shade_phases(axis: Axes, recording: Recording) -> None:
    """Shade every other phase of the run in light grey, and name phases while they are few.

    Parameters
    ----------
    axis : Axes
        Its horizontal axis is time in ms.
    recording : Recording
        With or without phases.
    """
    phases = recording.phases()
    for index, phase in enumerate(phases):
        if index % 2:
            axis.axvspan(phase.t_start_ms, phase.t_stop_ms, color="0.92", zorder=0)
    if 1 < len(phases) <= 8:
        for phase in phases:
            middle = (phase.t_start_ms + phase.t_stop_ms) / 2
            axis.annotate(
                phase.name, (middle, 1), xycoords=("data", "axes fraction"), ha="center", size=7,
                annotation_clip=True,
            )  # fmt: skip
