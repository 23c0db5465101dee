"""Figure of `dendrite_theory`: counted errors of segments with the closed forms over them."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, DASHES, WIDTH, legend_above, write_numbers
from neuro.recording import Recording

MARKERS = ("o", "s", "^", "D")
FALSE, MISSED = "false detections (fraction)", "misses (fraction)"


def draw(recording: Recording) -> Figure:
    """Draw each kind of error against what it depends on.

    Parameters
    ----------
    recording : Recording
        Of a `dendrite_theory`.

    Returns
    -------
    Figure
        Six panels.
    """
    if "random/rate" not in recording.metrics():
        raise NothingToDrawError(f"{recording.path}: no errors of segments were counted")
    figure = Figure(figsize=(WIDTH, 7.8), layout="constrained")
    grid = figure.subplots(3, 2)
    _draw_all(recording, grid)
    for axis in grid.flat:
        axis.spines[["top", "right"]].set_visible(False)
        legend_above(axis, *axis.get_legend_handles_labels())
    figure.suptitle(
        "points: counted patterns; dashed: theory. Bars: 99.9 % (Poisson) in the first row, "
        "95 %\nacross segments below (Poisson for fewer counts than segments)",
        size=9,
    )
    return figure


def _draw_all(recording: Recording, grid: NDArray[Any]) -> None:
    random, learnt, unions, count, sparsity, prediction = grid.flat
    _draw_series(random, recording, "random", "threshold", "n = {}", "cells", lines_first=True)
    random.set(yscale="log", ylim=(1e-9, 2), xlabel="threshold (synapses)", ylabel=FALSE)
    _draw_series(learnt, recording, "learnt", "lost", "threshold {}", "threshold")
    learnt.set(xlabel="silent cells of the pattern", ylabel=MISSED)
    _draw_series(unions, recording, "unions", "stored", "n = {}", "cells", lines_first=True)
    unions.set(yscale="log", ylim=(1e-13, 2), xlabel="patterns on one segment", ylabel=FALSE)
    for axis, name, title in (
        (count, "fixed_count", "{} active cells"),
        (sparsity, "fixed_sparsity", "active cells: {} of the population"),
    ):
        _draw_series(axis, recording, name, "cells", "clusters of {}", "cluster")
        active, cells = recording.metric(f"{name}/active"), recording.metric(f"{name}/cells")
        number = str(active[0]) if name == "fixed_count" else f"{100 * active[0] / cells[0]:g} %"
        axis.set_title(title.format(number), size=8)
        axis.set(xscale="log", yscale="log", xlabel="cells of the population", ylabel=FALSE)
        write_numbers(axis.xaxis)
    sparsity.axhline(recording.metric("fixed_sparsity/limit"), color="0.7", linewidth=0.8,
                     label="endless population")  # fmt: skip
    _draw_prediction(prediction, recording)


def _draw_series(
    axis: Axes,
    recording: Recording,
    name: str,
    along: str,
    label: str,
    by: str,
    lines_first: bool = False,
) -> None:
    """Draw rates [along, by], or [by, along] where lines come first, with theory and intervals."""
    rates = recording.metric(f"{name}/rate")
    theory, ends = recording.metric(f"{name}/theory"), recording.metric(f"{name}/interval")
    if rates.ndim == 3:
        rates = rates.mean(axis=0)
    if lines_first:
        rates, theory, ends = rates.T, theory.T, ends.swapaxes(0, 1)
    x = recording.metric(f"{name}/{along}")
    for line, value in enumerate(recording.metric(f"{name}/{by}")):
        seen = rates[:, line] > 0
        mean = rates[seen, line]
        # A bar that reaches 0 is open to a logarithmic axis: its end is below what is shown.
        bars = np.abs(np.clip(ends[seen, line], 0.0, 1.0) - mean[:, None]).T
        colour = COLOURS[line % len(COLOURS)]
        axis.errorbar(x[seen], mean, bars, fmt=MARKERS[line % len(MARKERS)],
                      color=colour, markersize=4, capsize=2, label=label.format(value))  # fmt: skip
        positive = theory[:, line] > 0
        axis.plot(x[positive], theory[positive, line], color=colour, linewidth=1,
                  linestyle=DASHES[line % len(DASHES)])  # fmt: skip


def _draw_prediction(axis: Axes, recording: Recording) -> None:
    """Draw both errors against the threshold."""
    threshold = recording.metric("prediction/threshold")
    goal = float(recording.metric("prediction/goal"))
    axis.plot(threshold, recording.metric("prediction/median"), "--", color=COLOURS[0],
              label="false, median")  # fmt: skip
    axis.plot(threshold, recording.metric("prediction/misses"), ":", color=COLOURS[1],
              label="misses, damaged")  # fmt: skip
    axis.axhline(goal, color="0.7", linewidth=0.8)
    lowest = int(recording.metric("prediction/lowest"))
    axis.axvline(lowest, color="0.7", linewidth=0.8, label=f"{goal:.0e}, from {lowest} on")
    axis.set(yscale="log", ylim=(1e-16, 2), xlabel="threshold (synapses)",
             ylabel="theory (fraction)")  # fmt: skip
