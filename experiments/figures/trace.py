"""Trace: recorded variables of single neurons over time."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, name_axis, panels
from experiments.figures.raster import shade_phases
from experiments.figures.selection import ALL, Selection
from neuro.recording import Recording, Report

MAX_LINES = 6
# Lines of one grey are told apart by their dashes.
DASHES = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))


def draw(recording: Recording, chosen: Selection = ALL) -> Figure:
    """Draw up to six neurons of every report.

    Parameters
    ----------
    recording : Recording
        With at least one report.
    chosen : Selection
        What is drawn.

    Returns
    -------
    Figure
        A panel for each report.

    Raises
    ------
    NothingToDrawError
        If no variable was recorded.
    """
    shown = [(name, each) for name in recording.reports for each in recording.reported(name)]
    if not shown:
        raise NothingToDrawError(f"{recording.path}: no variable was recorded over time")
    among = chosen.named(list(dict.fromkeys(each for _, each in shown)), recording)
    shown = [(name, each) for name, each in shown if each in among]
    figure, axes = panels(len(shown), 1 + 2 * len(shown))
    start, stop = chosen.window(recording)
    for axis, (name, population) in zip(axes, shown, strict=True):
        report = recording.report(name, population)
        for column, index in enumerate(_columns(report, chosen)):
            node, line = report.node_ids[index], report.data[:, index]
            (drawn,) = axis.plot(report.times_ms, line, linewidth=0.9, label=f"{node}")
            drawn.set(color=COLOURS[column], linestyle=DASHES[column])
        name_axis(axis.yaxis, f"{report.population} {report.variable}", report.unit)
        # Beside the panel: inside, it would cover the lines.
        axis.legend(
            frameon=False, title="neuron", loc="upper left", bbox_to_anchor=(1, 1), fontsize=7
        )
        shade_phases(axis, recording)
    axes[-1].set_xlim(start, stop or None)
    axes[-1].set_xlabel("time (ms)")
    return figure


def _columns(report: Report, chosen: Selection) -> list[int]:
    """Return the columns of the neurons that are drawn."""
    nodes = report.node_ids
    first, end = chosen.neurons or (0, int(nodes.max(initial=0)) + 1)
    found = [index for index, node in enumerate(nodes) if first <= node < end]
    if not found:
        there = ", ".join(str(node) for node in nodes[:MAX_LINES])
        raise NothingToDrawError(f"no neuron of {first} to {end - 1} was sampled, but {there} ...")
    return found[:MAX_LINES]
