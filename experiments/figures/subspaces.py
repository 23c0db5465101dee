"""How well the subspaces of a stream fit its activity: explained variance and principal angles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Recording

MARKERS = ("o", "s", "^", "D", "v")
COLUMNS = 2  # of a legend above its panel


def draw(recording: Recording) -> Figure:
    """Draw explained variance beside principal angles, a line for each layer of weights.

    Parameters
    ----------
    recording : Recording
        Of a run of continual learning with subspaces.

    Returns
    -------
    Figure
        Two panels.

    Raises
    ------
    NothingToDrawError
        If the method learnt no subspaces.
    """
    if "explained_variance" not in recording.metrics():
        raise NothingToDrawError(f"{recording.path}: its method learnt no subspaces")
    learnt = 100 * recording.metric("explained_variance")
    n_lines = -(-(learnt.shape[1] + 1) // COLUMNS)
    figure = Figure(figsize=(WIDTH, 3.0 + 0.2 * n_lines), layout="constrained")
    left, right = figure.subplots(1, 2)
    exact = 100 * recording.metric("explained_variance_exact")
    _lines(left, learnt, "-", [f"layer {layer + 1}" for layer in range(learnt.shape[1])])
    _lines(left, exact, ":")
    _explain(left, {":": "best rows instead"})
    left.set_ylabel("second moment inside the rows (%)")
    degrees = np.degrees(recording.metric("principal_angle_median"))
    _lines(right, degrees, "-")
    _lines(right, np.degrees(recording.metric("principal_angle")), ":")
    _explain(right, {"-": "median", ":": "largest"})
    right.set_ylabel("principal angle to the best rows (°)")
    right.set_ylim(0, 94)
    right.set_yticks(np.arange(0, 91, 15))
    for axis in (left, right):
        axis.set_xlabel("task")
        axis.set_xticks(np.arange(1, len(learnt) + 1))
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(
            frameon=False, fontsize=8, ncols=COLUMNS, loc="lower center", bbox_to_anchor=(0.5, 1)
        )
    return figure


def _explain(axis: Axes, styles: dict[str, str]) -> None:
    """Say in the legend what a style of line means, whatever the layer."""
    for style, label in styles.items():
        axis.plot([], [], style, color=COLOURS[5], label=label)


def _lines(axis: Axes, values: NDArray[np.float64], style: str, labels: Sequence[str] = ()) -> None:
    """Draw a line for each layer; one without a label does not come into the legend."""
    for layer, line in enumerate(values.T):
        label = labels[layer] if layer < len(labels) else ""
        axis.plot(
            np.arange(1, len(line) + 1), line, style, color=COLOURS[layer % len(COLOURS)],
            marker=MARKERS[layer % len(MARKERS)], markersize=4, label=label or None,
        )  # fmt: skip
