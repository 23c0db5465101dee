"""A pruned network: its Lyapunov spectrum and its graph, before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Recording

ENDS = (("before", "whole"), ("after", "pruned"))
MOST_EDGES = 4000  # more lines are a black disc


def spectra(recording: Recording) -> Figure:
    """Draw the leading exponents of the whole network and of the pruned one.

    Parameters
    ----------
    recording : Recording
        Of a run of the study of transfer.

    Returns
    -------
    Figure
        One panel; says so where exponents were not asked for.

    Raises
    ------
    NothingToDrawError
        If it is of something else.
    """
    _check(recording)
    figure = Figure(figsize=(WIDTH, 2.8), layout="constrained")
    axis = figure.subplots()
    known = recording.metrics()
    looks = (("lyapunov_exponents_before", "o-", "whole"), ("lyapunov_exponents", "s--", "pruned"))
    for (name, style, label), colour in zip(looks, COLOURS, strict=False):
        if name in known:
            values = np.asarray(recording.metric(name))
            axis.plot(np.arange(1, len(values) + 1), values, style, color=colour, label=label,
                      markersize=4)  # fmt: skip
    if "lyapunov_exponents" in known:
        axis.legend(frameon=False, fontsize=8)
    else:
        axis.set_title("exponents were not measured (experiment.exponents)", size=9)
    axis.axhline(0, color=COLOURS[5], linewidth=0.8)
    axis.xaxis.set_major_locator(MaxNLocator(integer=True))
    axis.set_xlabel("number of the exponent")
    axis.set_ylabel("Lyapunov exponent (1/s)")
    axis.spines[["top", "right"]].set_visible(False)
    return figure


def graphs(recording: Recording) -> Figure:
    """Draw the network before and after, neurons on a circle, beside where its synapses are.

    Parameters
    ----------
    recording : Recording
        Of a run of the study of transfer.

    Returns
    -------
    Figure
        Two panels; at most 4000 synapses of each, evenly chosen.

    Raises
    ------
    NothingToDrawError
        If it is of something else.
    """
    _check(recording)
    figure = Figure(figsize=(WIDTH, 3.6), layout="constrained")
    stays = np.asarray(recording.array("neurons/stay"), dtype=bool)
    for axis, (end, label) in zip(figure.subplots(1, 2), ENDS, strict=True):
        source, target = (
            np.asarray(recording.array(f"graph/{end}/{name}")) for name in ("source", "target")
        )
        left = stays if end == "after" else np.ones_like(stays)
        _draw_circle(axis, source, target, left)
        axis.set_title(f"{label}: {left.sum()} neurons, {len(source)} synapses", size=9)
    return figure


def _draw_circle(
    axis: Axes, source: NDArray[Any], target: NDArray[Any], stays: NDArray[np.bool_]
) -> None:
    """Draw edges as chords, and neurons as dots that grow with the number of their synapses."""
    angle = 2 * np.pi * np.arange(len(stays)) / len(stays)
    place = np.stack([np.cos(angle), np.sin(angle)])
    step = max(1, -(-len(source) // MOST_EDGES))
    ends = place[:, [source[::step], target[::step]]]
    gaps = np.full((2, 1, ends.shape[2]), np.nan)
    lines = np.concatenate([ends, gaps], axis=1).transpose(0, 2, 1).reshape(2, -1)
    axis.plot(*lines, color=COLOURS[0], linewidth=0.3, alpha=0.25, rasterized=True)
    degree = np.bincount(source, minlength=len(stays)) + np.bincount(target, minlength=len(stays))
    size = 4 + 26 * degree / max(1, degree.max())
    x, y = place
    axis.scatter(x[stays], y[stays], s=size[stays], color=COLOURS[1], zorder=3)
    axis.scatter(x[~stays], y[~stays], s=8, marker="x", linewidth=0.6, color=COLOURS[5], zorder=2)
    axis.set_aspect("equal")
    axis.axis("off")


def _check(recording: Recording) -> None:
    if "graph/after/source" not in recording.arrays:
        raise NothingToDrawError(f"{recording.path}: no pruned network in it")
