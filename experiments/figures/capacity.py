"""Capacity: recall against load, whatever memory a recording is of."""

from __future__ import annotations

from matplotlib.figure import Figure

from experiments.figures import NothingToDrawError, curves, digit_memory
from neuro.recording import Recording


def draw(recording: Recording) -> Figure:
    """Draw what was measured against the load, with its theory dashed.

    Parameters
    ----------
    recording : Recording
        Of a memory.

    Returns
    -------
    Figure
        Of a digit memory a panel for each condition, of other memories all panels noted.

    Raises
    ------
    NothingToDrawError
        If no capacity curve was measured.
    """
    for drawn in (digit_memory.capacity, curves.draw):
        try:
            return drawn(recording)
        except NothingToDrawError:
            continue
    raise NothingToDrawError(f"{recording.path}: no capacity curve was measured")
