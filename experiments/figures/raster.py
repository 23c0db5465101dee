"""Raster: a mark for each spike, time across, neurons up, phases in grey."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, panels, thin
from neuro.recording import Recording

PANEL_POINTS = 100  # height of a panel in points, to be shared by its neurons


def draw(recording: Recording) -> Figure:
    """Draw the spikes of every recorded population.

    Parameters
    ----------
    recording : Recording
        With spikes of at least one population.

    Returns
    -------
    Figure
        A panel for each population, its height by the number of its neurons.

    Raises
    ------
    NothingToDrawError
        If no population spiked, or none was recorded.
    """
    trains = {name: recording.spikes(name) for name in recording.spiking}
    if not any(times.size for times, _ in trains.values()):
        told = f"none in {', '.join(trains)}" if trains else "none were recorded"
        raise NothingToDrawError(f"{recording.path}: no spikes to draw: {told}")
    sizes = {name: recording.nodes[name].size for name in trains}
    heights = [max(sizes[name], max(sizes.values()) / 8) for name in trains]
    figure, axes = panels(len(trains), 1.4 + 1.6 * len(trains), heights)
    for axis, (name, (times, ids)) in zip(axes, trains.items(), strict=True):
        shown = thin(times.size)
        size = min(max(PANEL_POINTS / sizes[name], 2), 12)
        axis.plot(times[shown], ids[shown], "|", color=COLOURS[0], markersize=size)
        axis.set_ylabel(f"{name}\nneuron")
        axis.set_ylim(-0.5, sizes[name] - 0.5)
        axis.yaxis.set_major_locator(MaxNLocator("auto", integer=True))
        shade_phases(axis, recording)
    axes[-1].set_xlim(0, recording.progress[0] or None)
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
                phase.name, (middle, 1), xycoords=("data", "axes fraction"), ha="center", size=7
            )
