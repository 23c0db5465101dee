"""Leave a word beside the segments of a living run, for whoever watches: what it does now.

It is no part of the recording: it is replaced, never merged, and goes with the segments.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
from dataclasses import asdict, dataclass
from pathlib import Path

_NAME = "now.json"
# Longer files are not from `leave`.
_MAX_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Beacon:
    """Say how far a run is.

    Attributes
    ----------
    stage : str
        What it does.
    done, total : float
        How much of the stage, and of how much; 0 where that is not known.
    unit : str
        Of these.
    more : str
        What else there is to say: a loss, an accuracy.
    stage_s, wall_s : float
        Seconds since the stage and the run began.
    """

    stage: str
    done: float = 0.0
    total: float = 0.0
    unit: str = ""
    more: str = ""
    stage_s: float = 0.0
    wall_s: float = 0.0


def leave(folder: Path, beacon: Beacon) -> None:
    """Replace the word beside the segments; a disk that refuses it does not stop a run.

    Parameters
    ----------
    folder : Path
        FILE.h5.parts.
    beacon : Beacon
        How far the run is.
    """
    temporary = folder / f"{_NAME}.tmp"
    # Not made durable: after a power failure nobody watches.
    with contextlib.suppress(OSError):
        temporary.write_text(json.dumps(asdict(beacon)), encoding="utf-8")
        os.replace(temporary, folder / _NAME)


def found(folder: Path) -> Beacon | None:
    """Return the word beside the segments; None if there is none, or none that makes sense.

    Parameters
    ----------
    folder : Path
        FILE.h5.parts.

    Returns
    -------
    Beacon or None
        As it was left.
    """
    try:
        with open(folder / _NAME, encoding="utf-8") as source:
            told = json.loads(source.read(_MAX_BYTES))
        stage, unit, more = (str(told[key]) for key in ("stage", "unit", "more"))
        numbers = [float(told[key]) for key in ("done", "total", "stage_s", "wall_s")]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    done, total, stage_s, wall_s = numbers
    if not all(math.isfinite(number) for number in numbers):
        return None
    return Beacon(stage, done, total, unit, more, stage_s, wall_s)
