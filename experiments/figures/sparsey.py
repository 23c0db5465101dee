"""Figures of Sparsey: accuracy of each memory, digits typical of a class, clips."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH, tell_networks
from networks.memories.intervals import t_interval
from neuro.recording import Recording

CONTROLS = "controls/"
N_FRAMES = 8


def recipes(recording: Recording) -> Figure:
    """Draw the accuracy of every memory, below that of nearest neighbours.

    Parameters
    ----------
    recording : Recording
        Of `sparsey_mnist`.

    Returns
    -------
    Figure
        Means across networks with 95 % intervals; each network of a memory is a small mark.
    """
    names = [str(name) for name in _needed(recording, "recipes/names")]
    metrics = recording.metrics()
    neighbours = sorted(name for name in metrics if name.startswith(CONTROLS))
    figure = Figure(figsize=(WIDTH, 1.0 + 0.26 * (len(names) + len(neighbours))))
    figure.set_layout_engine("constrained")
    axis = figure.subplots()
    for place, name in enumerate(names):
        values = recording.metric(f"recipes/{name}/accuracy")
        axis.plot(values, np.full(len(values), place), "|", color="0.55", markersize=9)
        ends = recording.metric(f"recipes/{name}/accuracy_ci")
        _draw_mean(axis, place, values, ends, fmt="o", color=COLOURS[0])
    for place, name in enumerate(neighbours, start=len(names)):
        values = recording.metric(name)
        ends = np.clip(t_interval(values)[1:], 0.0, 1.0)
        _draw_mean(axis, place, values, ends, fmt="D", color=COLOURS[1], markerfacecolor="none")
    labels = [*names, *(_control_label(metrics[name].definition) for name in neighbours)]
    axis.set_yticks(range(len(labels)), labels, size=7)
    axis.invert_yaxis()
    axis.axvline(0.1, linestyle=":", color="0.6", linewidth=1)
    axis.annotate("chance", (0.11, len(labels) - 0.6), size=7, color="0.4")
    axis.axhline(len(names) - 0.5, color="0.8", linewidth=0.8)
    axis.set_xlim(0, 1)
    axis.set_xlabel("told right (fraction)")
    axis.tick_params(labelsize=7)
    axis.spines[["top", "right"]].set_visible(False)
    n_learnt, n_networks = int(recording.metric("load")), len(recording.metric("accuracy"))
    figure.suptitle(f"{n_learnt} digits learnt once: {tell_networks(n_networks)}", size=9)
    return figure


def _draw_mean(
    axis: Axes, place: int, values: NDArray[Any], ends: NDArray[Any], **look: Any
) -> None:
    """Draw a mean with its interval, none of a single network, and write the mean beside it."""
    mean = values.mean()
    axis.errorbar(mean, place, xerr=np.abs(ends - mean)[:, None], capsize=3, markersize=5, **look)
    axis.annotate(
        f"{100 * mean:.1f} %", (1.005, place), xycoords=("axes fraction", "data"),
        va="center", size=7,
    )  # fmt: skip


def typical(recording: Recording) -> Figure:
    """Draw what codes of a class share, read back to pixels, below the mean digit.

    Parameters
    ----------
    recording : Recording
        Of `sparsey_mnist`.

    Returns
    -------
    Figure
        A column for each class.
    """
    generated = _needed(recording, "typical/generated")
    mean, parts = recording.array("typical/mean"), recording.array("typical/parts")
    share = recording.metric("typical/share")
    figure = Figure(figsize=(WIDTH, 0.6 + 0.62 * (1 + len(generated))), layout="constrained")
    grid = figure.subplots(1 + len(generated), len(mean), squeeze=False)
    for digit, axis in enumerate(grid[0]):
        axis.imshow(mean[digit], cmap="gray_r", vmin=0, vmax=1)
        axis.set_title(f"{share[digit]:.2f}", size=7)
    for row, (images, part) in enumerate(zip(generated, parts, strict=True), start=1):
        for digit, axis in enumerate(grid[row]):
            shown = axis.imshow(images[digit], cmap="gray_r", vmin=-1, vmax=1)
        told = "all modules" if part == 1 else f"the {100 * part:.0f} % that\nintersect most"
        _name_row(grid[row, 0], f"intersection,\n{told}")
    _name_row(grid[0, 0], "mean of\nnew digits")
    for axis in grid.flat:
        axis.set(xticks=[], yticks=[])
    bar = figure.colorbar(shown, ax=grid[1:], shrink=0.7, pad=0.01)
    bar.set_label("winners reached: on - off", size=7)
    bar.ax.tick_params(labelsize=7)
    figure.suptitle(
        "what codes of a class share, read down to pixels; above: mean share of the codes that "
        "hold a module's commonest unit",
        size=8,
    )
    return figure


def clips(recording: Recording) -> Figure:
    """Draw the first clips that were learnt, a row each.

    Parameters
    ----------
    recording : Recording
        Of `sparsey_video`.

    Returns
    -------
    Figure
        At most eight frames of each clip.
    """
    frames = _needed(recording, "clips/frames")
    step = -(-frames.shape[1] // N_FRAMES)
    shown = frames[:, ::step]
    figure = Figure(figsize=(WIDTH, 0.4 + 0.65 * len(shown)), layout="constrained")
    grid = figure.subplots(*shown.shape[:2], squeeze=False)
    for axes, clip in zip(grid, shown, strict=True):
        for axis, frame in zip(axes, clip, strict=True):
            axis.imshow(frame, cmap="gray_r", vmin=0, vmax=1)
            axis.set(xticks=[], yticks=[])
    for number, axis in enumerate(grid[0]):
        axis.set_title(f"frame {number * step + 1}", size=7)
    figure.suptitle("clips as they were shown, once each", size=9)
    return figure


def _control_label(definition: str) -> str:
    return "nearest neighbour, " + definition.rpartition(" by ")[2]


def _name_row(axis: Any, text: str) -> None:
    axis.set_ylabel(text, rotation=0, ha="right", va="center", size=7)


def _needed(recording: Recording, name: str) -> NDArray[Any]:
    if name not in recording.arrays:
        raise NothingToDrawError(f"{recording.path}: no {name.partition('/')[0]} of Sparsey in it")
    return recording.array(name)
