"""Accuracy of read-outs of fixed codes against all that they keep."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from experiments.continual.key_value_results import RECIPES
from experiments.figures import NothingToDrawError
from experiments.figures.canvas import COLOURS, WIDTH
from neuro.recording import Recording

# Kind of code -> colour, marker and words of the legend.
LOOKS = {
    "pixels": (COLOURS[5], "s", "pixels"),
    "race": (COLOURS[0], "o", "first spikes of random cells"),
    "keys": (COLOURS[1], "^", "first spike of prototypes"),
}


def draw(recording: Recording) -> Figure:
    """Draw the mean accuracy of each read-out, with its interval, against the bytes it keeps.

    Parameters
    ----------
    recording : Recording
        Of a run that compared read-outs.

    Returns
    -------
    Figure
        One panel; read-outs are numbered, and named beside it.

    Raises
    ------
    NothingToDrawError
        If no read-outs were compared.
    """
    if RECIPES not in recording.arrays:
        raise NothingToDrawError(f"{recording.path}: no read-outs in it")
    names = [_text(name) for name in recording.array(RECIPES)[()]]
    kinds = [_text(kind) for kind in recording.array("recipes/codes")[()]]
    figure = Figure(figsize=(WIDTH, 4.2), layout="constrained")
    axis = figure.subplots()
    for number, (name, kind) in enumerate(zip(names, kinds, strict=True), start=1):
        colour, marker, _ = LOOKS[kind]
        kept = recording.metric(f"recipes/{name}/bytes_kept").mean() / 1e6
        mean = 100 * recording.metric(f"recipes/{name}/accuracy").mean()
        ends = 100 * recording.metric(f"recipes/{name}/accuracy_ci")
        error = np.nan_to_num(np.abs(ends - mean))[:, None]
        axis.errorbar(kept, mean, error, color=colour, marker=marker, capsize=2, markersize=4)
        axis.annotate(
            str(number), (kept, mean), (4, 3), textcoords="offset points", size=7, color=colour
        )
        axis.plot([], [], " ", label=f"{number}  {name}")
    handles, labels = axis.get_legend_handles_labels()
    for kind in dict.fromkeys(kinds):
        colour, marker, words = LOOKS[kind]
        handles += axis.plot([], [], marker, color=colour, markersize=4)
        labels.append(words)
    axis.set_xscale("log")
    axis.set_xlabel("kept after the last task (MB)")
    axis.set_ylabel("ten classes told apart (% of judged images)")
    axis.spines[["top", "right"]].set_visible(False)
    axis.legend(
        handles, labels, frameon=False, fontsize=7, loc="center left", bbox_to_anchor=(1, 0.5),
        handlelength=0.8,
    )  # fmt: skip
    return figure


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)
