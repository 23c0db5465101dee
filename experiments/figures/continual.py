"""What a stream of tasks leaves: the accuracy matrix, and accuracy over the tasks."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Recording

LABEL = "test accuracy (%)"
DARK = 0.6  # share of the scale from which on numbers are written in white


def draw(recording: Recording) -> Figure:
    """Draw the accuracy matrix beside the accuracy on the first and on all tasks so far.

    Parameters
    ----------
    recording : Recording
        Of a run of continual learning.

    Returns
    -------
    Figure
        Two panels.

    Raises
    ------
    NothingToDrawError
        If there is no accuracy matrix.
    """
    matrix = percent(recording)
    figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    # The label of the panel beside it says what its shades are too.
    draw_matrix(figure, left, matrix, label="")
    _draw_course(right, matrix)
    return figure


def percent(recording: Recording) -> NDArray[np.float64]:
    """Return the accuracy matrix of a recording in per cent, or tell that it has none."""
    if "accuracy_matrix" not in recording.metrics():
        raise NothingToDrawError(f"{recording.path}: no accuracy matrix in it")
    return 100 * recording.metric("accuracy_matrix")


def draw_matrix(
    figure: FigureBase, axis: Axes, matrix: NDArray[np.float64], label: str = LABEL
) -> None:
    """Draw an accuracy matrix in per cent, as numbers on shades of grey, which `label` explains."""
    picture = axis.imshow(matrix, cmap="Greys", vmin=0, vmax=100, aspect="equal")
    numbers = np.arange(len(matrix))
    labels = [str(number + 1) for number in numbers]
    axis.set_xticks(numbers, labels)
    axis.set_yticks(numbers, labels)
    axis.set_xlabel("tested on task")
    axis.set_ylabel("after learning task")
    for (row, column), value in np.ndenumerate(matrix):
        if len(matrix) <= 10 and np.isfinite(value):
            colour = "white" if value > 100 * DARK else "black"
            size = 8 if len(matrix) <= 5 else 6
            axis.text(
                column, row, f"{value:.0f}", ha="center", va="center", color=colour, size=size
            )
    figure.colorbar(picture, ax=axis, label=label, shrink=0.8)


def _draw_course(axis: Axes, matrix: NDArray[np.float64]) -> None:
    learnt = np.arange(1, len(matrix) + 1)
    so_far = [matrix[k, : k + 1].mean() for k in range(len(matrix))]
    axis.plot(learnt, matrix[:, 0], "o-", color=COLOURS[1], label="first task")
    axis.plot(learnt, np.diag(matrix), "^:", color=COLOURS[5], label="task just learnt")
    axis.plot(learnt, so_far, "s--", color=COLOURS[0], label="mean of tasks so far")
    axis.set_xlabel("tasks learnt")
    axis.set_ylabel(LABEL)
    axis.set_xticks(learnt)
    lowest = np.nanmin([matrix[:, 0], np.diag(matrix), so_far])
    axis.set_ylim(min(50.0, float(lowest) - 5), 102)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=8)
