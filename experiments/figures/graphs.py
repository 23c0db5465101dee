"""Graphs and what reservoirs on them do: scores by family, and scores against what was foretold."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Recording

MARKERS = ("o", "s", "^", "D", "v", "P")
LABELS = {
    "memory_capacity": "memory capacity (steps)",
    "lorenz_error": "Lorenz: log10 NRMSE",
    "reber_accuracy": "Reber: strings told right",
}


def draw(recording: Recording) -> Figure:
    """Draw each score by family above, and against what measures foretold below.

    Parameters
    ----------
    recording : Recording
        Of a run of the study of graphs.

    Returns
    -------
    Figure
        Two panels for each score; dashed where foretold and measured are equal.

    Raises
    ------
    NothingToDrawError
        If it is of something else.
    """
    metrics = recording.metrics()
    names = [name for name in LABELS if f"foretold/{name}/r2" in metrics]
    if not names:
        raise NothingToDrawError(f"{recording.path}: no scores of graphs in it")
    family = np.asarray(recording.metric("family"))
    told = metrics["family"].definition.removeprefix("[graph]: ").split(", ")
    families = [each.split(" ", 1)[1].replace("_", " ") for each in told]
    figure = Figure(figsize=(WIDTH, 5.2), layout="constrained")
    grid = figure.subplots(2, len(names), squeeze=False)
    for (above, below), name in zip(grid.T, names, strict=True):
        score = np.asarray(recording.metric(name))
        _draw_families(above, score, family, families)
        above.set_ylabel(LABELS[name], size=8)
        _draw_foretold(below, recording, name, score, family)
    for axis in grid.flat:
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=7)
    figure.suptitle("a mark is a graph; lines: mean of a family; dashed: foretold exactly", size=9)
    return figure


def _draw_families(
    axis: Axes, score: NDArray[np.float64], family: NDArray[np.int64], families: list[str]
) -> None:
    """Draw the score of every graph, families side by side."""
    for place in range(len(families)):
        values = score[family == place]
        beside = np.linspace(-0.25, 0.25, len(values)) if len(values) > 1 else np.zeros(1)
        axis.plot(place + beside, values, MARKERS[place], color=COLOURS[place], markersize=3)
        axis.hlines(values.mean(), place - 0.35, place + 0.35, color="0.3", linewidth=1)
    axis.set_xticks(range(len(families)), families, rotation=60, ha="right")


def _draw_foretold(
    axis: Axes,
    recording: Recording,
    name: str,
    score: NDArray[np.float64],
    family: NDArray[np.int64],
) -> None:
    """Draw what was foretold of each graph against what was measured."""
    if f"foretold/{name}/r2" not in recording.metrics():
        axis.set_title("alike in all graphs:\nnothing to foretell", size=7)
        axis.set_xticks([])
        axis.set_yticks([])
        return
    predicted = np.asarray(recording.metric(f"foretold/{name}/predicted"))
    for place in np.unique(family):
        mine = family == place
        axis.plot(score[mine], predicted[mine], MARKERS[place], color=COLOURS[place], markersize=3)
    ends = [min(score.min(), predicted.min()), max(score.max(), predicted.max())]
    axis.plot(ends, ends, "--", color="0.5", linewidth=0.8)
    r2 = float(recording.metric(f"foretold/{name}/r2"))
    low, high = np.asarray(recording.metric(f"foretold/{name}/r2_ci"))
    of_family = float(recording.metric(f"foretold/{name}/r2_family"))
    axis.set_title(
        f"R² {r2:.2f} ({low:.2f} to {high:.2f})\nof the family alone {of_family:.2f}", size=7
    )
    axis.set_xlabel("measured", size=8)
    axis.set_ylabel("foretold of graphs left out", size=8)
