"""Graph: who is connected to whom, projection by projection, and how many synapses neurons have."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Edges, Recording

CELLS = 100  # most cells of a matrix along one side; neurons share them
N_BINS = 30
HEIGHT = 2.6  # inch, of the row of a projection


def draw(recording: Recording) -> Figure:
    """Draw the matrix of connections of every projection, and degrees beside it.

    Parameters
    ----------
    recording : Recording
        With at least one synapse.

    Returns
    -------
    Figure
        A row for each projection: synapses from the neurons across to the neurons up, and how
        many neurons have so many synapses.

    Raises
    ------
    NothingToDrawError
        If there is no synapse.
    """
    found = {name: recording.edges(name) for name in recording.projections}
    found = {name: edges for name, edges in found.items() if edges.source_ids.size}
    if not found:
        raise NothingToDrawError(f"{recording.path}: no synapses, so no graph to draw")
    figure = Figure(figsize=(WIDTH, 0.3 + HEIGHT * len(found)), layout="constrained")
    grid = figure.subplots(len(found), 2, squeeze=False)
    for (left, right), (name, edges) in zip(grid, found.items(), strict=True):
        size = recording.size(edges.source_pop), recording.size(edges.target_pop)
        _draw_matrix(figure, left, edges, size)
        _draw_degrees(right, edges, size)
        left.set_title(f"{name}: {edges.source_ids.size} synapses", size=9)
    return figure


def _draw_matrix(figure: Figure, axis: Axes, edges: Edges, size: tuple[int, int]) -> None:
    n_cells = [min(each, CELLS) for each in size]
    # A cell holds whole neurons, so that equal densities have equal shades.
    across, up = (
        np.unique(np.linspace(0, each, n + 1).astype(int)) - 0.5
        for each, n in zip(size, n_cells, strict=True)
    )
    count, _, _ = np.histogram2d(edges.source_ids, edges.target_ids, (across, up))
    density = count / np.outer(np.diff(across), np.diff(up))
    mesh = axis.pcolormesh(across, up, density.T, cmap="Greys", vmin=0.0, rasterized=True)
    bar = figure.colorbar(mesh, ax=axis)
    bar.set_label("synapses per pair", size=8)
    bar.ax.tick_params(labelsize=7)
    axis.set_xlabel(f"from neuron of {edges.source_pop}", size=8)
    axis.set_ylabel(f"to neuron of {edges.target_pop}", size=8)
    _whole_numbers(axis)


def _draw_degrees(axis: Axes, edges: Edges, size: tuple[int, int]) -> None:
    degrees = (
        ("leaving a neuron", np.bincount(edges.source_ids.astype(np.int64), minlength=size[0])),
        ("reaching a neuron", np.bincount(edges.target_ids.astype(np.int64), minlength=size[1])),
    )
    low = min(degree.min() for _, degree in degrees)
    high = max(degree.max() for _, degree in degrees)
    step = -(-(high - low + 1) // N_BINS)
    bins = np.arange(low, high + step + 1, step) - 0.5
    for (label, degree), line, colour in zip(degrees, ("-", "--"), COLOURS, strict=False):
        steps = axis.stairs(np.histogram(degree, bins)[0], bins, label=label)
        steps.set(linestyle=line, color=colour)
    axis.set_xlabel("synapses", size=8)
    axis.set_ylabel("neurons", size=8)
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=7)
    _whole_numbers(axis)


def _whole_numbers(axis: Axes) -> None:
    for line in (axis.xaxis, axis.yaxis):
        line.set_major_locator(MaxNLocator("auto", integer=True))
    axis.tick_params(labelsize=7)
