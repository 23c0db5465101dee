"""Pruned networks: the score of each task against what the spikes of a network cost."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH, write_numbers
from experiments.figures.rivals import LEAST_RUNS, METHOD, look, told_runs
from experiments.sweep.collection import Collection
from experiments.transfer.metrics import ERRORS, HEADLINES
from experiments.transfer.settings import METHODS

DENSITY = "experiment.density"
COSTS = (
    ("synaptic_operations", "synaptic operations per second"),
    ("synapses", "synapses"),
)
MOST_WITH_ENDS = 8  # methods; of more only a few stand out, and all others are grey
FOCUS = ("unpruned", "random", "noise", "lnp", "lnp_lyapunov", "magnitude")
GREY: dict[str, Any] = {
    "color": "0.82", "label": "other methods", "linestyle": "-", "marker": ".", "zorder": 0,
}  # fmt: skip
N_COLUMNS, HEIGHT = 2, 2.5  # panels side by side; height of each, inch


def is_shown(found: Collection) -> bool:
    """Return whether a sweep compares methods of pruning by the score of any task."""
    return METHOD in found.axes and "neurons" in found.scalars and bool(scores(found))


def picture_name(_found: Collection) -> str:
    """Return the name of the picture, without suffix."""
    return "pareto"


def scores(found: Collection) -> list[str]:
    """Return the metrics by which the tasks of a sweep are judged."""
    return [name for name in HEADLINES.values() if name in found.scalars]


def draw(found: Collection) -> Figure:
    """Draw a panel for each task: its score against a cost, with 95 % intervals.

    Parameters
    ----------
    found : Collection
        A sweep over methods of pruning; densities of a method are joined, and whatever else varies
        has columns of its own.

    Returns
    -------
    Figure
        What is unpruned has a dotted line; of many methods most are grey, without intervals.

    Raises
    ------
    NothingToDrawError
        If no methods were compared.
    """
    if not is_shown(found):
        raise NothingToDrawError(f"{found.folder}: compares no methods of pruning")
    names, kinds = scores(found), _kinds(found)
    cost, label = next(each for each in COSTS if each[0] in found.scalars)
    n_columns = len(kinds) if len(kinds) > 1 else N_COLUMNS
    colourful = _colourful(found.axes[METHOD])
    n_legend = len(colourful) + 1
    n_rows = -(-len(names) * len(kinds) // n_columns)
    figure = Figure(
        figsize=(WIDTH, HEIGHT * n_rows + 0.18 * (-(-n_legend // 4)) + 0.3), layout="constrained"
    )
    panels = np.ravel(figure.subplots(n_rows, n_columns, squeeze=False))
    shown = [(name, kind) for name in names for kind in kinds]
    for axis, (name, kind) in zip(panels, shown, strict=False):
        for method, combinations in kinds[kind].items():
            has_ends = method in colourful
            style = look(METHODS.index(method)) | {"label": method, "linestyle": "-"}
            style = style if has_ends else GREY
            _draw_line(axis, found, combinations, (cost, name), style, has_ends=has_ends)
        axis.set_ylabel(f"{name} (less is better)" if name in ERRORS else name)
        axis.set_title(kind, size=8)
        axis.set_xscale("log")
        write_numbers(axis.xaxis)
        axis.set_xlabel(label)
        axis.spines[["top", "right"]].set_visible(False)
    for axis in panels[len(shown) :]:
        axis.axis("off")
    figure.suptitle(told_runs(found), size=9)
    handles, labels = panels[0].get_legend_handles_labels()
    told = dict(zip(labels, handles, strict=True))
    figure.legend(
        told.values(), told, loc="outside lower center", ncols=4, frameon=False, fontsize=7
    )
    return figure


def _colourful(methods: Sequence[str]) -> Sequence[str]:
    """Return the methods that stand out: all if they are few, else those most looked for."""
    if len(methods) <= MOST_WITH_ENDS:
        return methods
    return sorted(methods, key=lambda name: name not in FOCUS)[: len(FOCUS)]


def _kinds(found: Collection) -> dict[str, dict[str, list[dict[str, Any]]]]:
    """Return the combinations of each method by whatever else varies than method and density."""
    kinds: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for combination in found.combinations():
        rest = {k: v for k, v in combination.items() if k not in (METHOD, DENSITY)}
        told = ", ".join(f"{k.rpartition('.')[2]} = {json.dumps(v)}" for k, v in rest.items())
        kinds.setdefault(told, {}).setdefault(combination[METHOD], []).append(combination)
    return kinds


def _draw_line(
    axis: Axes,
    found: Collection,
    combinations: list[dict[str, Any]],
    metrics: tuple[str, str],
    style: dict[str, Any],
    *,
    has_ends: bool,
) -> None:
    """Draw the densities of a method, joined."""
    cost, name = metrics
    places = [found.interval(cost, each).mean for each in combinations]
    estimates = [found.interval(name, each) for each in combinations]
    mean, low, high = np.array(estimates).T
    has_ends = has_ends and min(len(found.at(each)) for each in combinations) >= LEAST_RUNS
    ends = [mean - low, high - mean] if has_ends else None
    axis.errorbar(places, mean, ends, capsize=2, markersize=4, linewidth=0.8, **style)
    if style["label"] == "unpruned":
        axis.axhline(mean[0], linestyle=":", color=COLOURS[5], linewidth=0.8, zorder=0)
