"""The capacity atlas at a glance: what each memory holds in the same bytes, its cost, its end."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from experiments.memory.atlas.table import KEPT, LEGEND, LOST
from neuro.recording import Recording

Array = NDArray[np.float64]
# Kind of items -> colour, marker, words of the legend; at other heights of the row.
LOOKS = {
    "random": (COLOURS[0], "o", "random", 0.0),
    "correlated": (COLOURS[1], "^", "correlated", 0.22),
    "mnist": (COLOURS[2], "s", "digits", -0.22),
}
SIZES = (2.0, 3.5, 5.0, 6.5, 8.0)  # of marks, from the fewest bytes to the most
ROW, HEAD = 0.235, 1.3  # inch
MOST_RETAINED = 1.3
BESIDE = 2.5  # so many times beyond its least and greatest marks ends a logarithmic axis


def draw(recording: Recording) -> Figure:
    """Draw a row for each memory, best first: bits by byte and synapse, costs, what is left.

    Parameters
    ----------
    recording : Recording
        Of a capacity atlas.

    Returns
    -------
    Figure
        Of the most bytes and the first kind of damage; costs of all sizes, of the first kind of
        items. Lines are 95 % intervals across networks.

    Raises
    ------
    NothingToDrawError
        If there is no atlas.
    """
    if LEGEND not in recording.arrays:
        raise NothingToDrawError(f"{recording.path}: no capacity atlas in it")
    legend = json.loads(str(recording.array(LEGEND)[()]))
    n_rows = len(legend["memory"])
    order = np.argsort(-_table(recording, "bits_per_byte")[:, -1, 0, 0], kind="stable")
    figure = Figure(figsize=(WIDTH, HEAD + ROW * n_rows), layout="constrained")
    axes = figure.subplots(1, 4, sharey=True, width_ratios=(1.2, 1.2, 1.3, 1))
    kinds = [LOOKS[kind] for kind in legend["patterns"]]
    for axis, name, label in (
        (axes[0], "bits_per_byte", "bits per byte"),
        (axes[1], "bits_per_synapse", "bits per synapse"),
    ):
        _draw_kinds(axis, recording, name, order, kinds)
        marks = _table(recording, name)[:, -1, :, 0]
        _log(axis, label, marks[marks > 0])
    _draw_kinds(axes[2], recording, "retained", order, kinds)
    _zones(axes[2])
    _draw_sizes(axes[3], recording, "seconds_recall", order, legend["bytes"])
    _log(axes[3], "µs per recall", 1e6 * _table(recording, "seconds_recall")[:, :, 0, 0])
    names = [
        f"{label} †" if keeps.startswith("patterns") else label
        for label, keeps in zip(legend["label"], legend["keeps"], strict=True)
    ]
    axes[0].set_yticks(range(n_rows), [names[each] for each in order])
    axes[0].set_ylim(n_rows - 0.4, -0.6)
    for axis in axes:
        _rows(axis, n_rows)
    _head(figure, axes[0], legend)
    return figure


def _table(recording: Recording, name: str) -> Array:
    return recording.metric(f"table/{name}").astype(np.float64)


def _draw_kinds(
    axis: Axes, recording: Recording, name: str, order: NDArray[np.int64], kinds: list[Any]
) -> None:
    """Draw a mark for each kind of items, with its interval; at the most bytes, first damage."""
    mean = _table(recording, name)[order, -1, :, 0]
    ends = _table(recording, f"{name}_ci")[order, -1, :, 0]
    is_bound = (_table(recording, "is_bracketed") == 0)[order, -1, :, 0]
    for number, (colour, marker, words, shift) in enumerate(kinds):
        place = np.arange(len(order)) + shift
        value, low, high = mean[:, number], ends[:, number, 0], ends[:, number, 1]
        shown = np.isfinite(value) & (value > 0) if name != "retained" else np.isfinite(value)
        axis.hlines(place[shown], np.maximum(low, 1e-9)[shown], high[shown], colour, linewidth=0.8)
        axis.plot(
            value[shown], place[shown], marker, color=colour, markersize=4, label=words, zorder=3
        )
        for row in np.flatnonzero(shown & is_bound[:, number] & (name != "retained")):
            axis.annotate(
                "≥", (value[row], place[row]), (3, -2.5), textcoords="offset points", size=6,
                color=colour,
            )  # fmt: skip


def _draw_sizes(
    axis: Axes, recording: Recording, name: str, order: NDArray[np.int64], sizes: list[int]
) -> None:
    """Draw the cost of random items at all sizes, as marks that grow."""
    cost = 1e6 * _table(recording, name)[order, :, 0, 0]
    axis.hlines(
        np.arange(len(order)), cost.min(axis=1), cost.max(axis=1), COLOURS[5], linewidth=0.8
    )
    for number in range(len(sizes)):
        size = SIZES[min(number, len(SIZES) - 1)]
        axis.plot(
            cost[:, number], np.arange(len(order)), "o", color=COLOURS[0], markersize=size,
            markerfacecolor="white" if number < len(sizes) - 1 else COLOURS[0],
            markeredgewidth=0.8, zorder=3,
        )  # fmt: skip


def _log(axis: Axes, label: str, marks: Array) -> None:
    axis.set_xscale("log")
    axis.set_xlim(marks.min() / BESIDE, marks.max() * BESIDE)
    axis.xaxis.set_major_locator(LogLocator(numticks=8))
    axis.xaxis.set_minor_formatter(NullFormatter())
    axis.set_xlabel(label, size=8)


def _zones(axis: Axes) -> None:
    """Tell graceful from steep and catastrophic."""
    axis.set_xlim(-0.06, MOST_RETAINED)
    for limit in (LOST, KEPT):
        axis.axvline(limit, color=COLOURS[5], linewidth=0.6, linestyle=":", zorder=0)
    axis.set_xticks((0, 0.5, 1))
    zones = (
        (LOST, "right", "lost "),
        ((LOST + KEPT) / 2, "center", "steep"),
        (KEPT, "left", " graceful"),
    )
    for place, side, words in zones:
        axis.annotate(
            words, (place, 1), (0, 2), xycoords=("data", "axes fraction"), ha=side,
            textcoords="offset points", size=6.5, color=COLOURS[5],
        )  # fmt: skip
    axis.set_xlabel("left at twice the capacity", size=8)


def _rows(axis: Axes, n_rows: int) -> None:
    """Lead the eye from a name to its marks."""
    for row in range(0, n_rows, 2):
        axis.axhspan(row - 0.5, row + 0.5, color="#f2f0ec", zorder=-1, linewidth=0)
    axis.tick_params(labelsize=7, length=2)
    axis.tick_params(axis="y", length=0)
    axis.spines[["top", "right", "left"]].set_visible(False)


def _head(figure: Figure, axis: Axes, legend: dict[str, Any]) -> None:
    sizes = [f"{each / 1024:g}" for each in legend["bytes"]]
    figure.suptitle(
        f"{sizes[-1]} KiB each, cues with {legend['damage'][0]}; time at {', '.join(sizes)} KiB "
        f"(small to large marks)\n{legend['networks']} networks, 95 % intervals; "
        "† keeps the patterns themselves",
        size=9,
    )
    handles, labels = axis.get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3, frameon=False, fontsize=7.5)
