"""Weights: how the synapses of each projection are distributed, before and after the run."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH, name_axis
from neuro.recording import Recording

N_BINS = 50
# Weights that differ by less are equal and differ by rounding.
ROUNDING = 1e-9


def draw(recording: Recording) -> Figure:
    """Draw a histogram of the weights of every projection.

    Where weights were recorded over time, the first and the last snapshot are shown, without
    pruned synapses; elsewhere the weights that were recorded with the synapses: those in which
    the network was built, or what an experiment says that it learnt.

    Parameters
    ----------
    recording : Recording
        With at least one projection.

    Returns
    -------
    Figure
        A panel for each projection.

    Raises
    ------
    NothingToDrawError
        If there is no synapse.
    """
    found = {name: _distributions(recording, name) for name in recording.projections}
    found = {name: given for name, given in found.items() if any(w.size for w, _ in given.values())}
    if not found:
        raise NothingToDrawError(f"{recording.path}: no synapses, so no weights to draw")
    figure = Figure(figsize=(WIDTH, 0.6 + 1.8 * len(found)), layout="constrained")
    grid = figure.subplots(len(found), 1, squeeze=False)
    for axis, (name, given) in zip(grid[:, 0], found.items(), strict=True):
        edges = _bins(np.concatenate([weight for weight, _ in given.values()]))
        for index, (label, (weight, unit)) in enumerate(given.items()):
            count, _ = np.histogram(weight, edges)
            steps = axis.stairs(count, edges, label=label)
            steps.set(color=COLOURS[index], linestyle=("-", "--")[index])
            name_axis(axis.xaxis, f"weight of {name}", unit)
        axis.set_yscale("symlog", linthresh=1)
        axis.set_ylabel("synapses")
        axis.spines[["top", "right"]].set_visible(False)
        axis.legend(frameon=False)
    return figure


def _bins(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the edges of the bins; equal weights lie in the middle of half to one and a half."""
    low, high = float(weight.min()), float(weight.max())
    if high - low <= ROUNDING * max(abs(low), abs(high)):
        half = abs(high) / 2 or 0.5
        low, high = low - half, high + half
    return np.linspace(low, high, N_BINS + 1)


def _distributions(
    recording: Recording, projection: str
) -> dict[str, tuple[NDArray[np.float64], str]]:
    if projection not in recording.weighed:
        edges = recording.edges(projection)
        return {"recorded": (edges.weight, edges.weight_unit)}
    history = recording.weights(projection)
    shown = {f"at {history.times_ms[index]:g} ms": index for index in (0, -1)}
    return {
        label: (history.data[index][history.alive[index]], history.unit)
        for label, index in shown.items()
    }
