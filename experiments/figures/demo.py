"""The picture of the demo: digits recalled, beside a stream of tasks forgotten and one kept."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure

from experiments.figures.continual import draw_matrix, percent
from experiments.figures.digit_memory import draw_digits
from neuro.recording import Recording

SIZE = (13.0, 3.8)  # inch
SHARES = (1.9, 1.0, 1.0)  # of the width: digits, one stream, the other


def draw(memory: Recording, streams: Mapping[str, Recording]) -> Figure:
    """Draw both stories side by side.

    Parameters
    ----------
    memory : Recording
        Of a digit memory.
    streams : mapping of str to Recording
        Two recordings of continual learning, by the name of their method.

    Returns
    -------
    Figure
        Digits (cue, recalled, stored), and an accuracy matrix for each stream.
    """
    figure = Figure(figsize=SIZE, layout="constrained")
    parts = figure.subfigures(
        1, 1 + len(streams), squeeze=False, width_ratios=SHARES, wspace=0.03
    ).ravel()
    draw_digits(parts[0], memory)
    for part, (method, stream) in zip(parts[1:], streams.items(), strict=True):
        matrix = percent(stream)
        draw_matrix(part, part.subplots(), matrix)
        part.suptitle(f"{method}: {matrix[-1].mean():.1f} % after all tasks", size=9)
    return figure
