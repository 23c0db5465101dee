"""The picture beside the file of a benchmark: what all of them have in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from experiments.figures import write

Draw = Callable[[Mapping[str, Any]], Figure]


def save(source: Path, is_measured: Callable[[Mapping[str, Any]], bool], draw: Draw) -> Path | None:
    """Draw the file of a benchmark into a picture beside it.

    Parameters
    ----------
    source : Path
        The JSON file.
    is_measured : callable
        Whether its content holds anything to draw.
    draw : callable
        Makes the figure of its content.

    Returns
    -------
    Path or None
        The PNG file; None if nothing was measured.
    """
    held = json.loads(source.read_text(encoding="utf-8"))
    if not is_measured(held):
        return None
    picture = source.with_suffix(".png")
    write(draw(held), picture)
    return picture
