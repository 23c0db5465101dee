"""Sweeps: a metric against the varied key, or recall against load, a line for each combination."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError, write
from experiments.figures.canvas import COLOURS, DASHES, LETTERS, legend_above, panels
from experiments.sweep.collection import Collection
from experiments.sweep.table import short, written
from networks.memories.intervals import Interval, mean_intervals

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
LINES = ("-", "--", "-.", ":")
MOST_PANELS = 4
MOST_LINES = len(COLOURS) * len(MARKERS)  # more would look like others
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
        One panel for each metric, its legend above it: within a panel, that of a large sweep
        leaves no room for anything else.

    Raises
    ------
    NothingToDrawError
        If nothing is done, or no metric was named.
    """
    if not found.points or not metrics:
        raise NothingToDrawError(f"{found.folder}: no point is done that has such metrics")
    names = [name for name in metrics if not _is_beside(name, metrics)][:MOST_PANELS]
    figure, axes = panels(len(names), 0.4 + PANEL_HEIGHT * len(names), share_x=False)
    n_lines = 0
    for axis, name in zip(axes, names, strict=True):
        draw_panel = _draw_scalar if name in found.scalars else _draw_curve
        n_lines = max(n_lines, draw_panel(axis, found, name))
        unit = found.metrics[0][name].unit
        axis.set_ylabel(name if unit == "1" else f"{name} ({unit})")
    figure.align_ylabels(axes)
    drawn = [each for axis in axes for each in axis.containers]
    has_ends = any(isinstance(each, ErrorbarContainer) and each.has_yerr for each in drawn)
    told = "mean and 95 % interval across networks and repeats"
    told = told if has_ends else "one network each, no interval"
    if n_lines > MOST_LINES:
        told += f"; the first {MOST_LINES} of {n_lines} lines, all are in the table"
    axes[0].set_title(told, size=9)
    told_labels: set[str] = set()
    room = sum(_explain(axis, told_labels) for axis in axes)
    figure.set_figheight(figure.get_figheight() + room)
    return figure


def _draw_scalar(axis: Axes, found: Collection, name: str) -> int:
    """Put the axis with most values along x; each combination of the others is a line.

    Returns the number of lines, of which at most `MOST_LINES` are drawn.
    """
    axes = found.axes
    along = max(axes, key=lambda key: (_is_numeric(axes[key]), len(axes[key])), default="")
    lines: dict[str, list[dict[str, Any]]] = {}
    for combination in found.combinations():
        lines.setdefault(_label(found, combination, along), []).append(combination)
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
    _tell_networks(axis, found, name)
    return len(lines)


def _tell_networks(axis: Axes, found: Collection, name: str) -> None:
    """Say in the panel how many networks have a metric, and for how many it was not measured."""
    combinations = found.combinations()
    missed, n_all = np.sum([found.missed(name, each) for each in combinations], axis=0)
    n_beyond = sum(found.extrapolated(name, each) for each in combinations)
    notes = [f"{n_all - missed} of {n_all} networks have it"] if missed else []
    notes += [f"{n_beyond} extrapolated"] if n_beyond else []
    axis.annotate(", ".join(notes), (0.01, 0.93), xycoords="axes fraction", size=7)


def _draw_curve(axis: Axes, found: Collection, name: str) -> int:
    """Draw a metric against load; of one that has a row for each network, all rows count.

    Returns the number of lines, of which at most `MOST_LINES` are drawn.
    """
    combinations = found.combinations()
    for combination, look in zip(combinations, _looks(), strict=False):
        chosen = found.at(combination)
        load = np.asarray(chosen[0]["load"].value, dtype=np.float64)
        rows = np.concatenate([np.atleast_2d(metrics[name].value) for metrics in chosen])
        estimates = mean_intervals(rows, chosen[0][name].attrs.get("trials"))
        _draw_estimates(axis, load, estimates, name, _label(found, combination), **look)
        if name == "recall" and "theory" in chosen[0]:
            _draw_theory(axis, load, np.ravel(chosen[0]["theory"].value), look["color"])
    if name in FRACTIONS:
        axis.set_ylim(-0.05, 1.05)
    axis.set_xlabel("load (stored items)")
    return len(combinations)


def _label(found: Collection, combination: dict[str, Any], left_out: str = "") -> str:
    """Return the values of a combination, their keys as short as they can be told apart."""
    names = dict(zip(found.axes, short(list(found.axes)), strict=True))
    return ", ".join(
        f"{names[key]}={written(v)}" for key, v in combination.items() if key != left_out
    )


def _looks() -> Iterator[dict[str, Any]]:
    """Return colours and marks of lines: no two lines have both in common."""
    looks = zip(cycle(COLOURS), cycle(MARKERS))
    return ({"color": colour, "marker": mark} for colour, mark in islice(looks, MOST_LINES))


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


def _explain(axis: Axes, told: set[str]) -> float:
    """Put a legend above a panel with more than one kind of line, of what no panel has told yet.

    Returns its height in inches.
    """
    entries: dict[str, Any] = {}
    for handle, label in zip(*axis.get_legend_handles_labels(), strict=True):
        entries.setdefault(label, handle)
    if len(entries) < 2 and "theory" not in entries:
        return 0.0
    new = [label for label in entries if label not in told]
    told.update(new)
    return legend_above(axis, [entries[label] for label in new], new, 2 * LETTERS)


def _place(value: Any) -> Any:
    return value if _is_numeric([value]) else str(value)


def _is_numeric(values: list[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _is_beside(name: str, metrics: Sequence[str]) -> bool:
    """Say whether a metric is the theory of another one that is drawn."""
    return name.endswith(THEORY) and name.removesuffix(THEORY) in metrics
