"""Recorders: spikes per second and bytes per spike, from the file of `engram bench recording`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.figures.canvas import COLOURS, WIDTH, whiskers

MILLION = 1e6


def is_measured(held: Mapping[str, Any]) -> bool:
    """Return whether the content of the file holds anything to draw."""
    return bool(_measured(held))


def _measured(held: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [entry for entry in held["recorders"].values() if entry["spikes_per_second_wall"]]


def draw(held: Mapping[str, Any]) -> Figure:
    """Draw the rate of each way of recording, slowest to fastest repetition, and its file's size.

    Parameters
    ----------
    held : mapping
        The content of the JSON file.

    Returns
    -------
    Figure
        Two panels that share their rows.
    """
    entries = _measured(held)
    n_spikes = held["task"]["n_spikes"]
    figure = Figure(figsize=(WIDTH, 1.2 + 0.4 * len(entries)), layout="constrained")
    rate, size = figure.subplots(1, 2, sharey=True)
    place = np.arange(len(entries))
    rates = np.array([entry["spikes_per_second_wall"] for entry in entries]) / MILLION
    ends = np.array([n_spikes / np.sort(entry["wall"])[[-1, 0]] / MILLION for entry in entries])
    error = whiskers(rates, *ends.T)
    rate.barh(place, rates, 0.6, xerr=error, color=COLOURS[0], ecolor="0.5", capsize=2)
    sizes = [entry["bytes"] / n_spikes for entry in entries]
    size.barh(place, sizes, 0.6, color="white", edgecolor=COLOURS[0], hatch="////")
    for axis, values in ((rate, rates), (size, sizes)):
        for at, value in zip(place, values, strict=True):
            axis.annotate(f" {value:.3g}", (value, at), va="bottom", size=7)
        axis.spines[["top", "right"]].set_visible(False)
        axis.margins(x=0.15)
    rate.set_yticks(place, [entry["summary"] for entry in entries], size=7)
    rate.invert_yaxis()
    rate.set_xlabel("million spikes per second (wall)", size=8)
    size.set_xlabel("bytes per spike (raw: 16)", size=8)
    figure.suptitle(f"{n_spikes / MILLION:.3g} million spikes; {held['machine']['cpu']}", size=8)
    return figure
