"""Put the figures of a recording that are still pictures into a page."""

from __future__ import annotations

import base64

from experiments import figures
from experiments.memory.laboratory.curves import PANELS
from neuro.errors import NeuroError
from neuro.recording import Recording

# Drawn by the script of the page.
LIVE = ("raster", "accuracy", "matrix", "curves")
# What a drawer raises where the run ended before all that it draws was recorded.
UNFINISHED = (NeuroError, LookupError, ValueError, TypeError, ArithmeticError)


def pictures(recording: Recording) -> tuple[list[dict[str, str]], list[str]]:
    """Draw every kind of figure that the recording has something for.

    Parameters
    ----------
    recording : Recording
        Open.

    Returns
    -------
    drawn : list of dict
        `kind`, and `source`, a data address.
    notes : list of str
        Figures that could not be drawn.
    """
    drawn, notes, done = [], [], set[str]()
    for kind, place in figures.FIGURES.items():
        if kind in LIVE or place in done or (kind == "capacity" and PANELS in recording.arrays):
            continue
        done.add(place)
        try:
            picture = figures.png(figures.drawer(kind)(recording))
        except figures.NothingToDrawError:
            continue
        except UNFINISHED as fault:
            notes.append(f"figure {kind} could not be drawn: {type(fault).__name__}: {fault}")
            continue
        data = base64.b64encode(picture).decode()
        drawn.append({"kind": kind, "source": f"data:image/png;base64,{data}"})
    return drawn, notes
