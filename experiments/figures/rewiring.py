"""A network whose synapses move: accuracy by pass, and where synapses were and are."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Recording

FIRST, LAST = "layers/1/first", "layers/1/last"
BLOCKS = 32  # squares of the pictures of masks in each direction, at most


def draw(recording: Recording) -> Figure:
    """Draw accuracy and synapses that stayed, by pass, beside the density of synapses.

    Parameters
    ----------
    recording : Recording
        Of a run of the study of rewiring.

    Returns
    -------
    Figure
        Three panels; the pictures are of the synapses between the first two hidden layers, or of
        those from the inputs if there is one only.

    Raises
    ------
    NothingToDrawError
        If it is of something else.
    """
    if "first_synapses_left" not in recording.metrics():
        raise NothingToDrawError(f"{recording.path}: no rewiring in it")
    figure = Figure(figsize=(WIDTH, 2.8), layout="constrained")
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.4, 1, 1))
    _draw_course(left, recording)
    layer = 1 if FIRST in recording.arrays else 0
    for axis, when in ((middle, "first"), (right, "last")):
        mask = np.asarray(recording.array(f"layers/{layer}/{when}"), dtype=float)
        shown = axis.imshow(_shares(mask), cmap="Greys", vmin=0, vmax=1, aspect="auto")
        axis.set_title("synapses at first" if when == "first" else "after learning", size=9)
        axis.set_xlabel("cells after")
        axis.set_xticks([])
        axis.set_yticks([])
    middle.set_ylabel(f"cells before layer {layer + 1} of synapses")
    figure.colorbar(shown, ax=right, label="share of pairs")
    return figure


def _draw_course(axis: Axes, recording: Recording) -> None:
    """Draw what was measured after each pass, in per cent."""
    accuracy = 100 * np.asarray(recording.metric("accuracy_by_pass"))
    passes = np.arange(1, len(accuracy) + 1)
    axis.plot(passes, accuracy, "o-", color=COLOURS[0], label="test images told right")
    looks = zip(("s--", "^:", "v-."), COLOURS[1:], strict=False)
    left = 100 * np.asarray(recording.metric("first_synapses_left"))
    for (layer, column), (style, colour) in zip(enumerate(left.T), looks, strict=False):
        label = f"first synapses left, layer {layer + 1}"
        axis.plot(passes, column, style, color=colour, label=label)
    axis.set_ylim(0, 103)
    axis.set_xticks(passes if len(passes) <= 10 else passes[:: -(-len(passes) // 10)])
    axis.set_xlabel("passes")
    axis.set_ylabel("%")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(frameon=False, fontsize=7, loc="lower left")


def _shares(mask: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the density of synapses in squares of neighbouring cells."""
    for axis in (0, 1):
        parts = np.array_split(mask, min(BLOCKS, mask.shape[axis]), axis=axis)
        mask = np.stack([part.mean(axis=axis) for part in parts], axis=axis)
    return mask
