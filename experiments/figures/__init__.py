"""Figures: each reads a recording and draws, one file per figure; the only door to matplotlib.

A figure never simulates: what it shows is in the file, so it can be drawn again in a year.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from neuro.errors import EnvironmentFault, SpecError, nearest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from experiments.figures.selection import Selection
    from neuro.recording import Recording

# kind -> "module:function"; the function takes a recording and returns the figure. Modules are
# named, not imported: matplotlib is loaded when something is drawn.
FIGURES: Mapping[str, str] = MappingProxyType(
    {
        "accuracy": "experiments.figures.continual:draw",
        "atlas": "experiments.figures.atlas:draw",
        "branch-strength": "experiments.figures.branch_strength:draw",
        "bytes": "experiments.figures.key_value:draw",
        "capacity": "experiments.figures.capacity:draw",
        "curves": "experiments.figures.curves:draw",
        "clips": "experiments.figures.sparsey:clips",
        "damage": "experiments.figures.digit_memory:damage",
        "dendrite-spiking": "experiments.figures.dendrite_spiking:draw",
        "dendrite-theory": "experiments.figures.dendrite_theory:draw",
        "digits": "experiments.figures.digit_memory:digits",
        "graph": "experiments.figures.graph:draw",
        "graphs": "experiments.figures.graphs:draw",
        "lyapunov": "experiments.figures.lyapunov:draw",
        "maps": "experiments.figures.maps:draw",
        "matrix": "experiments.figures.continual:draw",
        "pruned-graphs": "experiments.figures.transfer:graphs",
        "raster": "experiments.figures.raster:draw",
        "rates": "experiments.figures.rates:draw",
        "recall": "experiments.figures.digit_memory:recall",
        "recipes": "experiments.figures.sparsey:recipes",
        "rewiring": "experiments.figures.rewiring:draw",
        "sequences": "experiments.figures.sequences:draw",
        "spectra": "experiments.figures.transfer:spectra",
        "subspaces": "experiments.figures.subspaces:draw",
        "trace": "experiments.figures.trace:draw",
        "typical": "experiments.figures.sparsey:typical",
        "weights": "experiments.figures.weights:draw",
    }
)

# Those that can show some neurons and some time only.
CHOOSING = ("raster", "rates", "trace")
FORMATS = (".png", ".pdf", ".svg")
RESOLUTION = 150  # dots per inch


class NothingToDrawError(SpecError):
    """Signal a recording that holds nothing of the kind asked for."""


def save(kind: str, recording: Recording, picture: Path, chosen: Selection | None = None) -> None:
    """Draw one figure of a recording into a file.

    Parameters
    ----------
    kind : str
        One of `FIGURES`.
    recording : Recording
        What to draw.
    picture : Path
        Where to; its suffix says the format.
    chosen : Selection, optional
        What of it, for the kinds of `CHOOSING`.

    Raises
    ------
    SpecError
        If the kind or the format is unknown, or the kind shows all or nothing.
    NothingToDrawError
        If the recording holds nothing of this kind.
    EnvironmentFault
        If the picture cannot be written.
    """
    if kind not in FIGURES:
        raise SpecError(f"no figure '{kind}'{nearest(kind, tuple(FIGURES))} ({', '.join(FIGURES)})")
    check_format(picture)
    if chosen is None:
        write(drawer(kind)(recording), picture)
        return
    if kind not in CHOOSING:
        raise SpecError(
            f"figure '{kind}' shows all or nothing: populations, neurons and times can be chosen"
            f" of {', '.join(CHOOSING)}"
        )
    write(drawer(kind)(recording, chosen), picture)


def check_format(picture: Path) -> None:
    """Refuse a name whose suffix is no format of pictures, before anything is drawn."""
    if picture.suffix.lower() not in FORMATS:
        raise SpecError(f"{picture}: the name must end in one of {', '.join(FORMATS)}")


def write(figure: Figure, picture: Path) -> None:
    """Write a figure into a file.

    Parameters
    ----------
    figure : Figure
        What was drawn.
    picture : Path
        Where to; its suffix says the format.

    Raises
    ------
    SpecError
        If the format is unknown.
    EnvironmentFault
        If the picture cannot be written.
    """
    check_format(picture)
    try:
        picture.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(picture, dpi=RESOLUTION)
    except OSError as fault:
        raise EnvironmentFault(f"{picture}: cannot be written ({fault.strerror})") from None


def png(figure: Figure) -> bytes:
    """Return a figure as the content of a PNG file."""
    made = io.BytesIO()
    figure.savefig(made, format="png", dpi=RESOLUTION)
    return made.getvalue()


def drawer(kind: str) -> Callable[..., Figure]:
    """Return the function that draws a figure.

    Parameters
    ----------
    kind : str
        One of `FIGURES`.

    Returns
    -------
    callable
        Takes a recording, and if of `CHOOSING` a selection too; returns the figure.
    """
    module, _, function = FIGURES[kind].partition(":")
    found: Callable[..., Figure] = getattr(import_module(module), function)
    return found
