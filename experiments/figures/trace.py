"""Trace: recorded variables of single neurons over time."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, name_axis, panels
from experiments.figures.raster import shade_phases
from neuro.recording import Recording

MAX_LINES = 6
# Lines of one grey are told apart by their dashes.
DASHES = ("-", "--", ":", "-.", (0, (6, 1, 1, 1, 1, 1)), (0, (1, 3)))


def draw(recording: Recording) -> Figure:
    """Draw up to six neurons of every report.

    Parameters
    ----------
    recording : Recording
        With at least one report.

    Returns
    -------
    Figure
        A panel for each report.

    Raises
    ------
    NothingToDrawError
        If no variable was recorded.
    """
    if not recording.reports:
        raise NothingToDrawError(f"{recording.path}: no variable was recorded over time")
    figure, axes = panels(len(recording.reports), 1 + 2 * len(recording.reports))
    for axis, name in zip(axes, recording.reports, strict=True):
        report = recording.report(name)
        for column, node in enumerate(report.node_ids[:MAX_LINES]):
            line = report.data[:, column]
            (drawn,) = axis.plot(report.times_ms, line, linewidth=0.9, label=f"{node}")
            drawn.set(color=COLOURS[column], linestyle=DASHES[column])
        name_axis(axis.yaxis, f"{report.population} {report.variable}", report.unit)
        # Beside the panel: inside, it would cover the lines.
        axis.legend(
            frameon=False, title="neuron", loc="upper left", bbox_to_anchor=(1, 1), fontsize=7
        )
        shade_phases(axis, recording)
    axes[-1].set_xlim(0, recording.progress[0] or None)
    axes[-1].set_xlabel("time (ms)")
    return figure
