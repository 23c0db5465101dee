"""How masks do at tasks that they were not chosen for, beside those chosen without a task."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import WIDTH
from experiments.figures.pareto import DENSITY, scores
from experiments.figures.pareto import is_shown as compares
from experiments.figures.rivals import METHOD
from experiments.sweep.collection import Collection
from experiments.sweep.points import Point
from experiments.transfer.metrics import ERRORS
from experiments.transfer.settings import CHOSEN_FOR

REFERENCE = "random"
LARGEST = 2.0  # colours end here, in deviations
DARK = 0.7  # of them; beyond it numbers are white


def is_shown(found: Collection) -> bool:
    """Return whether a sweep has methods of pruning beside masks drawn at random."""
    return compares(found) and REFERENCE in found.axes[METHOD] and bool(_others(found))


def _others(found: Collection) -> list[Any]:
    """Return the methods that are compared with masks drawn at random."""
    return [name for name in found.axes[METHOD] if name not in (REFERENCE, "unpruned")]


def picture_name(_found: Collection) -> str:
    """Return the name of the picture, without suffix."""
    return "transfer"


def draw(found: Collection) -> Figure:
    """Draw how much better masks of each method do at each task than masks drawn at random.

    Parameters
    ----------
    found : Collection
        A sweep over methods of pruning, `random` among them.

    Returns
    -------
    Figure
        A panel for each density; in each field the mean over runs of the difference to `random`
        with the same seed and settings, in deviations of the score over all pruned networks of
        that density. Better is positive for errors too.

    Raises
    ------
    NothingToDrawError
        If nothing can be compared so.
    """
    if not is_shown(found):
        raise NothingToDrawError(f"{found.folder}: has no masks drawn at random to compare with")
    methods = _others(found)
    names, densities = scores(found), found.axes.get(DENSITY, [None])
    height = 0.24 * len(methods) + 1.2
    figure = Figure(figsize=(WIDTH, height * len(densities)), layout="constrained")
    panels = figure.subplots(len(densities), 1, squeeze=False)[:, 0]
    for axis, density in zip(panels, densities, strict=True):
        better = advantages(found, methods, names, density)
        shown = axis.imshow(better, cmap="RdBu", vmin=-LARGEST, vmax=LARGEST, aspect="auto")
        for (row, column), value in np.ndenumerate(better):
            if np.isfinite(value):
                colour = "white" if abs(value) > DARK * LARGEST else "black"
                axis.text(
                    column, row, f"{value:+.1f}", ha="center", va="center", fontsize=7, color=colour
                )
        axis.set_xticks(range(len(names)), names, fontsize=7, rotation=30, ha="right")
        axis.set_yticks(range(len(methods)), [_told(name) for name in methods], fontsize=7)
        axis.set_title("" if density is None else f"density {density}", size=9)
    figure.colorbar(shown, ax=list(panels), label="better than random masks (deviations)")
    return figure


def advantages(
    found: Collection, methods: list[str], names: list[str], density: float | None
) -> NDArray[np.float64]:
    """Return the fields of a panel, shape (n_methods, n_tasks); NaN where nothing was paired."""
    runs = [
        (point, metrics)
        for point, metrics in zip(found.points, found.metrics, strict=True)
        if density is None or point.values.get(DENSITY) == density
    ]
    pruned = [(p, m) for p, m in runs if p.values[METHOD] != "unpruned"]

    def key(point: Point) -> tuple[object, ...]:
        rest = {k: v for k, v in point.values.items() if k != METHOD}
        return point.repeat, *sorted(rest.items())

    fields = np.full((len(methods), len(names)), np.nan)
    for column, name in enumerate(names):
        value = {(p.values[METHOD], key(p)): float(m[name].value) for p, m in pruned}
        spread = float(np.std(list(value.values()))) or np.nan
        sign = -1 if name in ERRORS else 1
        for row, method in enumerate(methods):
            pairs = [
                (score, value[REFERENCE, run])
                for (who, run), score in value.items()
                if who == method and (REFERENCE, run) in value
            ]
            if pairs:
                fields[row, column] = sign * float(np.mean([a - b for a, b in pairs])) / spread
    return fields


def _told(method: str) -> str:
    """Return the name of a method, and the task that it sees."""
    return f"{method} (sees {CHOSEN_FOR[method]})" if method in CHOSEN_FOR else method
