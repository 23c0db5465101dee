"""Maps of a quantity over two axes, with the line of simulation and the dashed one of theory."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import WIDTH, write_numbers
from experiments.memory.laboratory.maps import MAPS
from neuro.recording import Recording

HEIGHT = 2.9  # inch, of one row of maps
LINE = "#c1440e"


def draw(recording: Recording) -> Figure:
    """Draw all maps that a run has noted.

    Parameters
    ----------
    recording : Recording
        Of an experiment that measured something over two axes.

    Returns
    -------
    Figure
        Two maps a row; colours are means across networks.

    Raises
    ------
    NothingToDrawError
        If nothing was measured so.
    """
    if MAPS not in recording.arrays:
        raise NothingToDrawError(f"{recording.path}: no maps in it")
    notes = json.loads(str(recording.array(MAPS)[()]))
    n_rows = -(-len(notes) // 2)
    figure = Figure(figsize=(WIDTH, 0.6 + HEIGHT * n_rows), layout="constrained")
    axes = figure.subplots(n_rows, 2, squeeze=False)
    for axis, note in zip(axes.flat, notes, strict=False):
        _draw_map(axis, recording, note)
    for axis in axes.flat[len(notes) :]:
        axis.set_visible(False)
    n_networks = len(recording.metric(notes[0]["name"]))
    lines = [Line2D([], [], color=LINE, linestyle=style) for style in ("-", "--")]
    level = notes[0]["level"]
    figure.legend(
        lines, [f"{level:g} in simulation", f"{level:g} in theory"], loc="outside upper center",
        ncols=2, frameon=False, fontsize=8,
        title=f"mean across {n_networks} networks", title_fontsize=9,
    )  # fmt: skip
    return figure


def _draw_map(axis: Axes, recording: Recording, note: dict[str, Any]) -> None:
    x, y = (recording.metric(note[letter]["name"]).astype(np.float64) for letter in "xy")
    mean = recording.metric(note["name"]).mean(axis=0)
    # Edges between places lie half way on the scale of the axis.
    mesh = axis.pcolormesh(
        _edges(x, note["x"]["scale"]), _edges(y, note["y"]["scale"]), mean, cmap="Greys",
        vmin=0.0, vmax=1.0,
    )  # fmt: skip
    bar = axis.figure.colorbar(mesh, ax=axis)
    bar.set_label(note["quantity"], size=8)
    bar.ax.tick_params(labelsize=7)
    fine = [recording.metric(f"{note[letter]['name']}_fine") for letter in "xy"]
    theory = recording.metric(f"{note['name']}_theory_fine")
    between = _between(_between(mean, x, fine[0]).T, y, fine[1]).T
    for values, style in ((between, "-"), (theory, "--")):
        if values.min() < note["level"] < values.max():
            axis.contour(*fine, values, levels=[note["level"]], colors=[LINE], linestyles=[style])
    for letter, line in (("x", axis.xaxis), ("y", axis.yaxis)):
        getattr(axis, f"set_{letter}scale")(note[letter]["scale"])
        getattr(axis, f"set_{letter}label")(note[letter]["label"], size=8)
        if note[letter]["scale"] == "log":
            write_numbers(line)
    axis.tick_params(labelsize=7, which="both")
    axis.set_title(note["title"], size=9)


def _between(
    values: NDArray[np.float64], places: NDArray[np.float64], fine: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Interpolate rows of values over the logarithm of their places, all above 0."""
    return np.stack([np.interp(np.log(fine), np.log(places), row) for row in values])


def _edges(places: NDArray[np.float64], scale: str) -> NDArray[np.float64]:
    found = np.log(places) if scale == "log" else places
    between = (found[1:] + found[:-1]) / 2
    ends = 2 * found[0] - between[0], 2 * found[-1] - between[-1]
    edges = np.concatenate([ends[:1], between, ends[1:]])
    return np.asarray(np.exp(edges) if scale == "log" else edges)
