"""Methods of a stream of tasks side by side: what is known after each task that is learnt."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import WIDTH
from experiments.figures.rivals import LEAST_RUNS, MARGIN, METHOD, look, numbers, told_runs
from experiments.sweep.collection import Collection
from networks.memories.intervals import t_interval

MATRIX = "accuracy_matrix"
MOST_INTERVALS = 5  # methods whose intervals can be told apart


def is_shown(found: Collection) -> bool:
    """Return whether a sweep compares methods of a stream of tasks, of equally many tasks."""
    shapes = {np.shape(each[MATRIX].value) if MATRIX in each else () for each in found.metrics}
    return METHOD in found.axes and len(shapes) == 1 and shapes != {()}


def picture_name(_found: Collection) -> str:
    """Return the name of the picture, without suffix."""
    return "forgetting"


def draw(found: Collection) -> Figure:
    """Draw the accuracy on the first task beside the mean of all tasks so far, a line a method.

    Parameters
    ----------
    found : Collection
        A sweep over methods, such as sequential and hlop.

    Returns
    -------
    Figure
        Two panels: means, with 95 % intervals if there are a few methods only, and three runs.

    Raises
    ------
    NothingToDrawError
        If no methods were compared.
    """
    if not is_shown(found):
        raise NothingToDrawError(f"{found.folder}: compares no methods of a stream of tasks")
    figure = Figure(figsize=(WIDTH, 3.4), layout="constrained")
    first, mean = figure.subplots(1, 2, sharey=True)
    combinations = found.combinations()
    is_clear = len(combinations) <= MOST_INTERVALS
    for number, combination in zip(numbers(found), combinations, strict=True):
        has_ends = is_clear and len(found.at(combination)) >= LEAST_RUNS
        matrices = 100 * np.array([each[MATRIX].value for each in found.at(combination)])
        label = ", ".join(str(value) for value in combination.values())
        _draw_line(first, number, matrices[:, :, 0], label, has_ends)
        so_far = [matrices[:, k, : k + 1].mean(axis=1) for k in range(matrices.shape[1])]
        _draw_line(mean, number, np.array(so_far).T, label, has_ends)
    shown = np.concatenate([c.lines[0].get_ydata() for a in (first, mean) for c in a.containers])
    first.set_ylim(shown.min() - MARGIN, min(102, shown.max() + MARGIN))
    first.set_ylabel("accuracy (%)")
    first.set_title("first task", size=9)
    mean.set_title("mean of tasks so far", size=9)
    for axis in (first, mean):
        axis.set_xlabel("tasks learnt")
        axis.set_xticks(np.arange(1, matrices.shape[1] + 1))
        axis.spines[["top", "right"]].set_visible(False)
    mean.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.suptitle(told_runs(found, is_clear), size=9)
    return figure


def _draw_line(axis: Axes, number: int, rows: NDArray[Any], label: str, has_ends: bool) -> None:
    """Draw the mean of some runs after each task, shape (n_runs, n_tasks)."""
    estimates = [t_interval(column) for column in rows.T]
    means = np.array([estimate.mean for estimate in estimates])
    ends = np.nan_to_num([[e.mean - e.low, e.high - e.mean] for e in estimates]).T
    axis.errorbar(
        np.arange(1, len(means) + 1), means, ends if has_ends else None, label=label, capsize=2,
        markersize=5, linewidth=1, elinewidth=0.8, **look(number),
    )  # fmt: skip
