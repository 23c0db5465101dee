"""Sweeps: a metric against the varied key, or recall against load, a line for each combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError, write
from experiments.figures.canvas import COLOURS, DASHES, panels
from experiments.sweep.collection import Collection
from networks.memories.intervals import Interval, mean_intervals

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINES = ("-", "--", "-.", ":")
MOST_PANELS = 4
PANEL_HEIGHT = 1.9  # inch
FRACTIONS = ("recall", "accuracy")
THEORY = "_theory"  # how the name ends of what a closed form predicts of a metric


def save(found: Collection, metrics: list[str], picture: Path) -> None:
    """Draw a sweep into a file.

    Parameters
    ----------
    found : Collection
        The results.
    metrics : list of str
        What is drawn, a panel each; at most the first four. The theory of one of them is dashed
        in its panel.
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
        Scalar metrics, or metrics that were measured against `load`; as `save` takes them.

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
    names = [name for name in metrics if not _is_beside(name, metrics)][:MOST_PANELS]
    figure, axes = panels(len(names), 0.4 + PANEL_HEIGHT * len(names), share_x=False)
    for axis, name in zip(axes, names, strict=True):
        if name in found.scalars:
            _draw_scalar(axis, found, name)
        else:
            _draw_curve(axis, found, name)
        unit = found.metrics[0][name].unit
        axis.set_ylabel(name if unit == "1" else f"{name} ({unit})")
    figure.align_ylabels(axes)
    drawn = [each for axis in axes for each in axis.containers]
    has_ends = any(isinstance(each, ErrorbarContainer) and each.has_yerr for each in drawn)
    told = "mean and 95 % interval across networks and repeats"
    axes[0].set_title(told if has_ends else "one network each, no interval", size=9)
    return figure


def _draw_scalar(axis: Axes, found: Collection, name: str) -> None:
    """Put the axis with most values along x; each combination of the others is a line."""
    axes = found.axes
    along = max(axes, key=lambda key: (_is_numeric(axes[key]), len(axes[key])), default="")
    lines: dict[str, list[dict[str, Any]]] = {}
    for combination in found.combinations():
        rest = ", ".join(f"{k}={v}" for k, v in combination.items() if k != along)
        lines.setdefault(rest, []).append(combination)
    theory = f"{name}{THEORY}"
    for (label, line), look, style in zip(lines.items(), _looks(), cycle(LINES), strict=False):
        places = [_place(combination.get(along, "all")) for combination in line]
        estimates = [found.interval(name, combination) for combination in line]
        joined = style if _is_numeric(places) else ""
        _draw_estimates(axis, places, estimates, name, label, linestyle=joined, **look)
        if theory in found.scalars:
            expected = [found.interval(theory, combination).mean for combination in line]
            _draw_theory(axis, places, expected, look["color"])
    axis.set_xlabel(along or "the configuration")
    missed = [found.missed(name, combination) for combination in found.combinations()]
    if any(number for number, _ in missed):
        known = sum(n_networks - number for number, n_networks in missed)
        n_all = sum(n_networks for _, n_networks in missed)
        axis.annotate(f"{known} of {n_all} networks have it", (0.01, 0.93),
                      xycoords="axes fraction", size=7)  # fmt: skip
    _explain(axis)


def _draw_curve(axis: Axes, found: Collection, name: str) -> None:
    """Draw a metric against load; of one that has a row for each network, all rows count."""
    for combination, look in zip(found.combinations(), _looks(), strict=False):
        chosen = found.at(combination)
        load = np.asarray(chosen[0]["load"].value, dtype=np.float64)
        rows = np.concatenate([np.atleast_2d(metrics[name].value) for metrics in chosen])
        estimates = mean_intervals(rows, chosen[0][name].attrs.get("trials"))
        label = ", ".join(f"{key}={value}" for key, value in combination.items())
        _draw_estimates(axis, load, estimates, name, label, **look)
        if name == "recall" and "theory" in chosen[0]:
            _draw_theory(axis, load, np.ravel(chosen[0]["theory"].value), look["color"])
    if name in FRACTIONS:
        axis.set_ylim(-0.05, 1.05)
    axis.set_xlabel("load (stored items)")
    _explain(axis)


def _looks() -> Iterator[dict[str, Any]]:
    """Return colours and marks of lines, one after the other."""
    return (
        {"color": colour, "marker": mark} for colour, mark in zip(cycle(COLOURS), cycle(MARKERS))
    )


def _draw_estimates(
    axis: Axes, places: Any, estimates: Sequence[Interval], name: str, label: str, **look: Any
) -> None:
    """Draw means with their intervals, those of a fraction within 0 and 1; none of one network."""
    mean, low, high = np.array(estimates).T
    if name in FRACTIONS:
        low, high = np.maximum(low, 0.0), np.minimum(high, 1.0)
    has_ends = np.isfinite(low).any()
    axis.errorbar(
        places, mean, [mean - low, high - mean] if has_ends else None, label=label or None,
        capsize=2, markersize=4, **look,
    )  # fmt: skip


def _draw_theory(axis: Axes, places: Any, expected: Any, colour: str) -> None:
    axis.plot(places, expected, color=colour, linewidth=0.8, linestyle=DASHES[0], label="theory")


def _explain(axis: Axes) -> None:
    """Put a legend where there is more than one kind of line; "theory" is told once."""
    entries: dict[str, Any] = {}
    for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
        entries.setdefault(label, handle)
    if len(entries) > 1 or "theory" in entries:
        axis.legend(list(entries.values()), list(entries), frameon=False, fontsize=7)


def _place(value: Any) -> Any:
    return value if _is_numeric([value]) else str(value)


def _is_numeric(values: list[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _is_beside(name: str, metrics: Sequence[str]) -> bool:
    """Say whether a metric is the theory of another one that is drawn."""
    return name.endswith(THEORY) and name.removesuffix(THEORY) in metrics
