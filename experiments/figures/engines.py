"""Engines: the time that each takes for a second of each network, from the file of a benchmark."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from experiments.figures.canvas import WIDTH

# Shapes and shades tell the engines apart without colour: peers are open, the device is filled.
MARKERS: Mapping[str, tuple[str, str, str]] = {
    "brian2-cython": ("Brian2 Cython", "o", "#7a7a7a"),
    "standalone-1": ("Brian2 C++, 1 thread", "s", "#1b1b3a"),
    "standalone-2": ("Brian2 C++, 2 threads", "D", "#1b1b3a"),
    "nest-1": ("NEST, 1 thread", "^", "#2a7f62"),
    "nest-2": ("NEST, 2 threads", "v", "#2a7f62"),
    "numba-strict": ("numba strict", "o", "#d9a441"),
    "numba-fast": ("numba fast", "s", "#c1440e"),
    "numba-fast32": ("numba fast, float32", "D", "#5c1a00"),
    "numba-strict-2": ("numba strict, 2 threads", "^", "#d9a441"),
    "numba-fast-2": ("numba fast, 2 threads", "v", "#c1440e"),
}
SIZE = 6.5
ROW_HEIGHT = 0.42


def is_measured(held: Mapping[str, Any]) -> bool:
    """Return whether the content of the file holds anything to draw."""
    return any(_times(row) for row in held["rows"].values())


def _times(row: Mapping[str, Any]) -> dict[str, float]:
    """Return wall time for a model second of every engine whose time is not void."""
    return {
        name: entry["wall_per_model_second"]
        for name, entry in row["engines"].items()
        if entry["wall_per_model_second"] is not None and not entry["verdict"]
    }


def draw(held: Mapping[str, Any]) -> Figure:
    """Draw a line for each network with a mark for each engine.

    Parameters
    ----------
    held : mapping
        The content of the JSON file.

    Returns
    -------
    Figure
        Wall time on a logarithmic axis; further left is faster.
    """
    rows = {name: _times(row) for name, row in held["rows"].items()}
    names = [name for name, times in rows.items() if times]
    figure = Figure(figsize=(WIDTH, 1.8 + ROW_HEIGHT * len(names)), layout="constrained")
    axis = figure.subplots()
    place = np.arange(len(names))
    axis.hlines(place, *_span(rows, names), color="#d8d8d8", linewidth=1, zorder=0)
    for engine, (label, marker, colour) in MARKERS.items():
        at = [k for k, name in enumerate(names) if engine in rows[name]]
        if at:
            _mark(axis, engine, [rows[names[k]][engine] for k in at], at, label, marker, colour)
    axis.set_xscale("log")
    axis.set_yticks(place, names)
    axis.invert_yaxis()
    axis.spines[["top", "right", "left"]].set_visible(False)
    axis.tick_params(axis="y", length=0)
    axis.grid(axis="x", which="major", color="#e4e4e4", linewidth=0.6)
    axis.set_xlabel("wall time for a second of model time (s)")
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize="small")
    host = held["machine"]
    axis.set_title(f"{host['cpu']}, Python {host['python']}", fontsize="small", loc="left")
    return figure


def _mark(
    axis: Any,
    engine: str,
    times: list[float],
    at: list[int],
    label: str,
    marker: str,
    colour: str,
) -> None:
    face = colour if engine.startswith("numba") else "white"
    style = {"marker": marker, "markerfacecolor": face, "markeredgecolor": colour}
    axis.plot(times, at, linestyle="none", markersize=SIZE, label=label, **style)


def _span(
    rows: Mapping[str, Mapping[str, float]], names: list[str]
) -> tuple[list[float], list[float]]:
    least = [min(rows[name].values()) for name in names]
    return least, [max(rows[name].values()) for name in names]
