"""Exponents and pruned networks: the times in the file of `engram bench lyapunov`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from experiments.figures.canvas import COLOURS, WIDTH, write_numbers

BAR = 0.38


def is_measured(held: Mapping[str, Any]) -> bool:
    """Return whether the content of the file holds anything to draw."""
    return any(row["numba"]["cpu"] for row in held["exponents"])


def draw(held: Mapping[str, Any]) -> Figure:
    """Draw the time of exponents against N, and how much less pruned networks take.

    Parameters
    ----------
    held : mapping
        The content of the JSON file.

    Returns
    -------
    Figure
        Two panels: medians of processor time, logarithmic; ratios of time and bytes.
    """
    figure = Figure(figsize=(WIDTH, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    _draw_growth(left, held)
    _draw_ratios(right, held["pruned"])
    for axis in (left, right):
        axis.spines[["top", "right"]].set_visible(False)
        axis.tick_params(labelsize=7)
    figure.suptitle(f"{held['machine']['cpu']}, one thread", size=8)
    return figure


def _draw_growth(axis: Axes, held: Mapping[str, Any]) -> None:
    """Draw the processor time of the same number of spikes in networks of several sizes."""
    looks = {
        ("numba", False): "o-", ("numba", True): "s-", ("numpy", False): "o:",
        ("numpy", True): "s:",
    }  # fmt: skip
    for (program, is_leading), look in looks.items():
        points = [
            (row["task"]["size"], row[program]["cpu_median"])
            for row in held["exponents"]
            if bool(row["task"]["count"]) == is_leading
            and row["task"]["synapses"] == "delta"
            and row[program]["cpu_median"] is not None
        ]
        if points:
            which = "leading exponents" if is_leading else "full spectrum"
            colour = COLOURS[0] if program == "numba" else COLOURS[1]
            label = f"{which}, {'NumPy' if program == 'numpy' else 'compiled'}"
            axis.plot(*np.transpose(points), look, color=colour, label=label, markersize=4)
    axis.set(xscale="log", yscale="log", xlabel="neurons N")
    write_numbers(axis.xaxis)
    axis.set_ylabel(f"processor time of {held['spikes']} spikes (s)", size=8)
    axis.legend(frameon=False, fontsize=7)


def _draw_ratios(axis: Axes, pairs: list[Mapping[str, Any]]) -> None:
    """Draw how many times less time and memory each network takes once it is pruned."""
    place = np.arange(len(pairs))
    for shift, (key, label), colour in zip(
        (-BAR / 2, BAR / 2), (("ratio_cpu", "time"), ("ratio_bytes", "synapse memory")), COLOURS,
        strict=False,
    ):  # fmt: skip
        values = [pair[key] or 0.0 for pair in pairs]
        axis.barh(place + shift, values, BAR, color=colour, label=label)
    shares = [pair["whole"]["event_share"] for pair in pairs]
    names = [
        pair["name"] if share is None else f"{pair['name']}\n{share:.0%} of the time at synapses"
        for pair, share in zip(pairs, shares, strict=True)
    ]
    axis.set_yticks(place, names, size=7)
    axis.invert_yaxis()
    axis.set_xlabel("times less after pruning to 10 %", size=8)
    axis.legend(frameon=False, fontsize=7)
