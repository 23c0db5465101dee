"""An empty figure in the style of the house: readable in grey, units on every axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.ticker import EngFormatter, LogLocator, NullFormatter, StrMethodFormatter
from numpy.typing import NDArray

WIDTH = 7.0  # inch: the text width of a page
# Lightness L* of 11, 46, 71, 30, 65 and 51: neighbours differ in print without colour too.
COLOURS = ("#1b1b3a", "#c1440e", "#d9a441", "#175540", "#b58fd0", "#7a7a7a")
# Curves of theory are dashed, all of them, and yet told apart where there are several.
DASHES = (
    (0, (4, 2)), (0, (9, 3)), (0, (1.5, 1.5)), (0, (8, 2, 1.5, 2)), (0, (4, 2, 1, 2, 1, 2)),
    (0, (3, 5)),
)  # fmt: skip
LEGEND_SIZE = 7.0
POINTS = 72  # in an inch
# Letters of that size in the width of half a page, and those that the line of an entry takes.
LETTERS, LINE_LETTERS = 50, 7
# What a file calls its units -> the symbol on an axis, which takes a prefix (12 pA).
SYMBOLS = {"volt": "V", "amp": "A", "siemens": "S", "second": "s", "hertz": "Hz"}


def panels(
    n_rows: int, height: float, heights: Sequence[float] = (), *, share_x: bool = True
) -> tuple[Figure, list[Axes]]:
    """Make a figure of panels, one below the other.

    Parameters
    ----------
    n_rows : int
        Number of panels.
    height : float
        Height of the figure in inches.
    heights : sequence of float
        Relative heights of the panels; equal if left out.
    share_x : bool
        Whether they have a common horizontal axis.

    Returns
    -------
    figure : Figure
        Without a window and without global state.
    axes : list of Axes
        From top to bottom.
    """
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    ratios = list(heights) or [1.0] * n_rows
    grid = figure.subplots(
        n_rows, 1, sharex=share_x, squeeze=False, gridspec_kw={"height_ratios": ratios}
    )
    axes = [row[0] for row in grid]
    for panel in axes:
        panel.spines[["top", "right"]].set_visible(False)
    return figure, axes


def tell_networks(fewest: int, most: int | None = None) -> str:
    """Say of how many networks the means are; of a single one there is no interval."""
    most = fewest if most is None else most
    if most == 1:
        return "one network, no interval"
    counted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
    return f"mean and 95 % interval across {counted} networks"


def whiskers(values: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> NDArray[Any]:
    """Return how far lines reach below and above values, as Matplotlib wants it.

    Parameters
    ----------
    values, low, high : array, shape (n,)
        Medians with the least and the greatest of their repetitions.

    Returns
    -------
    array, shape (2, n)
        Never below 0, whatever was rounded.
    """
    return np.maximum([values - low, high - values], 0)


def legend_above(
    axis: Axes, handles: Sequence[Any], labels: Sequence[str], letters: int = LETTERS
) -> float:
    """Put a legend between a panel and its title, where it covers no point.

    Parameters
    ----------
    axis : Axes
        Its title is moved up.
    handles, labels : sequence
        Of the legend; without any there is none.
    letters : int
        How many the panel is wide; those of half a page if left out.

    Returns
    -------
    float
        Height of the legend in inches; 0 without one.
    """
    if not handles:
        return 0.0
    widest = max(map(len, labels)) + LINE_LETTERS
    n_columns = min(len(labels), max(1, letters // widest))
    n_rows = -(-len(labels) // n_columns)
    axis.legend(
        handles, labels, loc="lower left", bbox_to_anchor=(0, 1), ncols=n_columns, frameon=False,
        fontsize=LEGEND_SIZE, borderaxespad=0.1, borderpad=0.2, columnspacing=1.0,
        labelspacing=0.25,
    )  # fmt: skip
    height = 1.5 * LEGEND_SIZE * n_rows + 4
    axis.set_title(axis.get_title(), size=axis.title.get_fontsize(), pad=height)
    return height / POINTS


def name_axis(axis: Axis, quantity: str, unit: str) -> None:
    """Label an axis with a quantity and its unit, whose prefix (p, n, m) goes to the numbers.

    Parameters
    ----------
    axis : Axis
        `panel.xaxis` or `panel.yaxis`.
    quantity : str
        What is shown.
    unit : str
        As in the file; "1" for a plain number.
    """
    symbol = SYMBOLS.get(unit, unit)
    if symbol in SYMBOLS.values():
        axis.set_major_formatter(EngFormatter(symbol))
        axis.set_label_text(quantity)
    else:
        axis.set_label_text(quantity if unit in ("", "1") else f"{quantity} ({unit})")


def write_numbers(axis: Axis) -> None:
    """Write numbers of a logarithmic axis as they are read, 1000, 2000, 5000.

    Parameters
    ----------
    axis : Axis
        `panel.xaxis` or `panel.yaxis`.
    """
    axis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    axis.set_major_formatter(StrMethodFormatter("{x:g}"))
    # Marks without numbers show that the axis is logarithmic, where few numbers fall on it.
    axis.set_minor_locator(LogLocator(subs=tuple(range(2, 10))))
    axis.set_minor_formatter(NullFormatter())
