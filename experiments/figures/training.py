"""Training: images learnt in a second, from the file of `engram bench continual`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.canvas import COLOURS, WIDTH, whiskers


def is_measured(held: Mapping[str, Any]) -> bool:
    """Return whether the content of the file holds anything to draw."""
    return any(_measured(entries) for entries in held["entries"].values())


def _measured(entries: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: entry
        for name, entry in entries.items()
        if entry["images_per_cpu_second"] is not None
    }  # fmt: skip


def draw(held: Mapping[str, Any]) -> Figure:
    """Draw a panel for each number of steps, a bar for each contender that was measured.

    Parameters
    ----------
    held : mapping
        The content of the JSON file.

    Returns
    -------
    Figure
        Images for one second of processor time, with a line from the slowest to the fastest
        repetition; how many times faster than torch is written beside.
    """
    shown = {title: found for title, es in held["entries"].items() if (found := _measured(es))}
    height = 0.8 + sum(0.5 + 0.22 * len(entries) for entries in shown.values())
    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    ratios = [1 + len(entries) for entries in shown.values()]
    axes = figure.subplots(len(shown), 1, squeeze=False, height_ratios=ratios)[:, 0]
    for axis, (title, entries) in zip(axes, shown.items(), strict=True):
        _draw_panel(axis, title, entries)
    axes[-1].set_xlabel("images learnt for one second of processor time")
    figure.suptitle(held["machine"]["cpu"], size=9)
    return figure


def _draw_panel(axis: Axes, title: str, entries: Mapping[str, Any]) -> None:
    place = np.arange(len(entries))
    middle = np.array([entry["images_per_cpu_second"] for entry in entries.values()])
    ends = 1 / np.array([np.sort(entry["cpu"])[[-1, 0]] for entry in entries.values()])
    error = whiskers(middle, *ends.T)
    looks = [COLOURS[5] if name.startswith("torch") else COLOURS[0] for name in entries]
    axis.barh(place, middle, 0.7, xerr=error, color=looks, ecolor=COLOURS[4], capsize=2)
    for at, entry in zip(place, entries.values(), strict=True):
        if entry["ratio_cpu"] is not None:
            text = f"  x {entry['ratio_cpu']:.2f}"
            axis.annotate(text, (ends[at, 1], at), va="center", size=7)
    axis.set_yticks(place, list(entries), size=8)
    axis.invert_yaxis()
    axis.margins(x=0.1)
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_title(f"{title}; beside: times torch", size=9, loc="left")
