"""Stores: the time that storing and recalling takes, from the file of `engram bench memory`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.figures.canvas import COLOURS, WIDTH, whiskers

BAR = 0.38
# Fill and hatching tell the operations apart without colour.
LOOKS: Mapping[str, dict[str, Any]] = {
    "store": {"color": COLOURS[0]},
    "recall": {"color": "white", "edgecolor": COLOURS[0], "hatch": "////"},
}


def is_measured(held: Mapping[str, Any]) -> bool:
    """Return whether the content of the file holds anything to draw."""
    return any(_is_measured(entry) for entry in held["stores"].values())


def _is_measured(entry: Mapping[str, Any]) -> bool:
    return entry["store_cpu_us"] is not None


def draw(held: Mapping[str, Any]) -> Figure:
    """Draw two bars for each memory: the median processor time of storing and of recalling.

    Parameters
    ----------
    held : mapping
        The content of the JSON file.

    Returns
    -------
    Figure
        Times on a logarithmic axis, with lines from the fastest to the slowest repetition.
    """
    entries = [entry for entry in held["stores"].values() if _is_measured(entry)]
    figure = Figure(figsize=(WIDTH, 1.4 + 0.6 * len(entries)), layout="constrained")
    axis = figure.subplots()
    place = np.arange(len(entries))
    for shift, (operation, look) in zip((-BAR / 2, BAR / 2), LOOKS.items(), strict=True):
        times = np.array([entry[f"{operation}_cpu_us"] for entry in entries])
        ends = np.array([np.sort(entry[f"{operation}_cpu"])[[0, -1]] for entry in entries]) * 1e6
        error = whiskers(times, *ends.T)
        axis.barh(
            place + shift, times, BAR, xerr=error, label=operation, ecolor="0.5", capsize=2, **look
        )
        for at, value in zip(place + shift, times, strict=True):
            axis.annotate(f" {value:.3g}", (value, at), va="bottom", size=7)
    axis.set_xscale("log")
    axis.set_yticks(place, [entry["summary"] for entry in entries], size=8)
    axis.invert_yaxis()
    axis.spines[["top", "right"]].set_visible(False)
    axis.set_xlabel("processor time for one operation (us): median, fastest to slowest")
    axis.legend(frameon=False, fontsize=8)
    host, task = held["machine"], held["task"]
    axis.set_title(
        f"{task['n_synapses'] / 1e6:.4g} million synapses; {host['cpu']}, one thread",
        fontsize="small", loc="left",
    )  # fmt: skip
    return figure
