"""Sweeps: a metric against the varied key, or recall against load, a line for each combination."""

from __future__ import annotations

from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError, write
from experiments.figures.canvas import COLOURS, panels
from experiments.sweep.collection import Collection
from networks.memories.intervals import t_interval

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINES = ("-", "--", "-.", ":")
MOST_PANELS = 4
PANEL_HEIGHT = 1.9  # inch
FRACTIONS = ("recall", "accuracy")


def save(found: Collection, metrics: list[str], picture: Path) -> None:
    """Draw a sweep into a file.

    Parameters
    ----------
    found : Collection
        The results.
    metrics : list of str
        What is drawn, a panel each; at most the first four.
    picture : Path
        Where to; its suffix says the format.
    """
    write(draw(found, metrics), picture)


def draw(found: Collection, metrics: list[str]) -> Figure:
    """Draw means and 95 % intervals across repeats.

    Parameters
    ----------
    found : Collection
        The results.
    metrics : list of str
        Scalar metrics, or metrics that were measured against `load`.

    Returns
    -------
    Figure
        One panel for each metric.

    Raises
    ------
    NothingToDrawError
        If nothing is done, or no metric was named.
    """
    if not found.points or not metrics:
        raise NothingToDrawError(f"{found.folder}: no point is done that has such metrics")
    names = metrics[:MOST_PANELS]
    figure, axes = panels(len(names), 0.4 + PANEL_HEIGHT * len(names), share_x=False)
    for axis, name in zip(axes, names, strict=True):
        if name in found.scalars:
            _draw_scalar(axis, found, name)
        else:
            _draw_curve(axis, found, name)
        unit = found.metrics[0][name].unit
        axis.set_ylabel(name if unit == "1" else f"{name} ({unit})")
    figure.align_ylabels(axes)
    axes[0].set_title("mean and 95 % interval across networks and repeats", size=9)
    return figure


def _draw_scalar(axis: Axes, found: Collection, name: str) -> None:
    """Put the axis with most values along x; each combination of the others is a line."""
    axes = found.axes
    along = max(axes, key=lambda key: (_is_numeric(axes[key]), len(axes[key])), default="")
    lines: dict[str, list[tuple[Any, Any]]] = {}
    for combination in found.combinations():
        rest = ", ".join(f"{k}={v}" for k, v in combination.items() if k != along)
        estimate = found.interval(name, combination)
        lines.setdefault(rest, []).append((combination.get(along, "all"), estimate))
    for (label, entries), colour, marker, line in zip(
        lines.items(), cycle(COLOURS), cycle(MARKERS), cycle(LINES)
    ):
        places = [x if _is_numeric([x]) else str(x) for x, _ in entries]
        means = np.array([estimate.mean for _, estimate in entries])
        ends = np.array([[e.mean - e.low, e.high - e.mean] for _, e in entries]).T
        axis.errorbar(
            places, means, np.nan_to_num(ends), label=label or None, color=colour, marker=marker,
            linestyle=line if _is_numeric(places) else "", capsize=2, markersize=4,
        )  # fmt: skip
    axis.set_xlabel(along or "the configuration")
    if len(lines) > 1:
        axis.legend(frameon=False, fontsize=7)


def _draw_curve(axis: Axes, found: Collection, name: str) -> None:
    """Draw a metric against load; of one that has a row for each network, all rows count."""
    for combination, colour, marker in zip(found.combinations(), cycle(COLOURS), cycle(MARKERS)):
        chosen = found.at(combination)
        load = np.asarray(chosen[0]["load"].value, dtype=np.float64)
        rows = np.concatenate([np.atleast_2d(metrics[name].value) for metrics in chosen])
        estimates = [t_interval(column) for column in rows.T]
        means = np.array([estimate.mean for estimate in estimates])
        ends = np.array([[e.mean - e.low, e.high - e.mean] for e in estimates]).T
        label = ", ".join(f"{key}={value}" for key, value in combination.items())
        axis.errorbar(load, means, np.nan_to_num(ends), label=label or None, color=colour,
                      marker=marker, capsize=2, markersize=4)  # fmt: skip
        if name == "recall" and "theory" in chosen[0]:
            axis.plot(load, np.ravel(chosen[0]["theory"].value), "--", color=colour, linewidth=0.8)
    if name in FRACTIONS:
        axis.set_ylim(-0.05, 1.05)
    axis.set_xlabel("load (stored items)")
    if len(found.combinations()) > 1:
        axis.legend(frameon=False, fontsize=7)


def _is_numeric(values: list[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
