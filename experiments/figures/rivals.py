"""Rivals of a stream of tasks: accuracy against all that is kept between tasks."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH, write_numbers
from experiments.sweep.collection import Collection
from networks.memories.intervals import Interval

METHOD = "experiment.method"
ACCURACY, KEPT = "acc", "bytes_kept_last"
# Told apart in grey: each shape filled, then empty.
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
MEGABYTE = 1e6
BESIDE = 1.04  # by how much marks of equal bytes stand apart
MARGIN = 5.0  # per cent above and below the means


def is_shown(found: Collection) -> bool:
    """Return whether a sweep compares methods of a stream of tasks."""
    return METHOD in found.axes and {ACCURACY, KEPT} <= set(found.scalars)


def draw(found: Collection) -> Figure:
    """Draw the accuracy of each method, with its 95 % interval, against the bytes that it keeps.

    Parameters
    ----------
    found : Collection
        A sweep over methods; other axes that vary have markers of their own.

    Returns
    -------
    Figure
        One panel; the legend has the most accurate method first.

    Raises
    ------
    NothingToDrawError
        If no methods were compared.
    """
    if not is_shown(found):
        raise NothingToDrawError(f"{found.folder}: compares no methods of a stream of tasks")
    entries = [
        (
            found.interval(KEPT, combination).mean / MEGABYTE,
            found.interval(ACCURACY, combination),
            ", ".join(str(value) for value in combination.values()),
        )
        for combination in found.combinations()
    ]
    entries.sort(key=lambda entry: -entry[1].mean)
    figure = Figure(figsize=(WIDTH, 3.8), layout="constrained")
    axis = figure.subplots()
    for number, (kept, accuracy, name) in enumerate(entries):
        n_equal = sum(np.isclose(kept, other[0]) for other in entries[:number])
        _mark(axis, number, kept * BESIDE**n_equal, accuracy, name)
    _draw_best(axis, [(kept, estimate.mean) for kept, estimate, _ in entries])
    # Two or three runs have wide intervals: means fill the panel, intervals may leave it.
    means = [100 * estimate.mean for _, estimate, _ in entries]
    axis.set_ylim(min(means) - MARGIN, min(101, max(means) + MARGIN))
    axis.set_xscale("log")
    write_numbers(axis.xaxis)
    axis.set_xlabel("kept from task to task, after the last one (MB); equal ones side by side")
    axis.set_ylabel("accuracy after the last task,\nmean over tasks (%)")
    axis.spines[["top", "right"]].set_visible(False)
    n_runs = len(found.at(found.combinations()[0]))
    title = f"mean and 95 % interval of {n_runs} runs" if n_runs > 1 else "one run each"
    axis.set_title(title, size=9)
    axis.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure


def look(number: int) -> dict[str, Any]:
    """Return colour and marker of a method, by its number; fourteen shapes differ in grey too."""
    colour = COLOURS[number % len(COLOURS)]
    is_filled = number // len(MARKERS) % 2 == 0
    return {
        "color": colour,
        "marker": MARKERS[number % len(MARKERS)],
        "markerfacecolor": colour if is_filled else "white",
    }


def _mark(axis: Axes, number: int, kept: float, accuracy: Interval, name: str) -> None:
    """Put a marker and an interval, in a shape of its own."""
    ends = [[accuracy.mean - accuracy.low], [accuracy.high - accuracy.mean]]
    axis.errorbar(
        [kept], [100 * accuracy.mean], 100 * np.nan_to_num(ends), label=name, capsize=2,
        markersize=6, linestyle="", elinewidth=0.8, **look(number),
    )  # fmt: skip


def _draw_best(axis: Axes, points: list[tuple[float, float]]) -> None:
    """Draw the best accuracy that is had for no more than some bytes."""
    places, heights, best = [], [], -np.inf
    for kept, accuracy in sorted(points, key=lambda point: (point[0], -point[1])):
        if accuracy > best:
            best = accuracy
            places.append(kept)
            heights.append(100 * accuracy)
    places.append(max(kept for kept, _ in points))
    heights.append(100 * best)
    axis.step(
        places, heights, ":", where="post", color=COLOURS[5], linewidth=1, zorder=0,
        label="best for its memory",
    )  # fmt: skip
