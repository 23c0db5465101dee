"""When which element of which sequence is shown, fixed before the run, in whole time steps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments.memory.sequences.settings import LETTERS, SpikingTemporalMemory
from neuro.errors import SpecError
from neuro.units import Quantity

LEAD = 10  # steps before the first cue
# A time on the grid of the simulation is meant, whatever its rounding.
BEFORE = 1e-9


@dataclass(frozen=True, slots=True)
class Timetable:
    """Hold the cues of a run: learning, then replay.

    Attributes
    ----------
    times : array of float64
        Of all cues, in s.
    elements : array of int64
        What they show, 0 for A.
    shown : array of float64, shape (n_episodes, n_sequences, n_elements)
        When each element is shown while learning, in s.
    replayed : array of float64, shape (n_sequences,)
        When the first element of each sequence is shown afterwards, in s.
    learning, replaying : float
        Length of both phases in s.
    """

    times: NDArray[np.float64]
    elements: NDArray[np.int64]
    shown: NDArray[np.float64]
    replayed: NDArray[np.float64]
    learning: float
    replaying: float


def plan(settings: SpikingTemporalMemory, dt: float) -> Timetable:
    """Lay all cues of a run on the grid of the simulation.

    Parameters
    ----------
    settings : SpikingTemporalMemory
        What is shown, and how fast.
    dt : float
        Time step in s.

    Returns
    -------
    Timetable
        The same for every network.
    """
    letters = np.array([[LETTERS.index(each) for each in word] for word in settings.sequences])
    n_sequences, length = letters.shape
    interval = _steps(settings.interval, dt, "interval")
    pause = _steps(settings.gap, dt, "gap")
    one = (length - 1) * interval + pause
    begin = LEAD + one * np.arange(settings.episodes * n_sequences)
    steps = begin.reshape(-1, n_sequences, 1) + interval * np.arange(length)
    learning = LEAD + one * begin.size
    apart = _steps(settings.replay_interval, dt, "replay_interval")
    cues = learning + LEAD + apart * np.arange(n_sequences)
    shown = np.broadcast_to(letters, steps.shape)
    return Timetable(
        times=np.concatenate([steps.ravel(), cues]) * dt,
        elements=np.concatenate([shown.ravel(), letters[:, 0]]).astype(np.int64),
        shown=steps * dt,
        replayed=cues * dt,
        learning=learning * dt,
        replaying=(LEAD + apart * n_sequences) * dt,
    )


def _steps(time: Quantity, dt: float, name: str) -> int:
    steps = round(time.value / dt)
    if steps < 1:
        raise SpecError(f"experiment.{name}: shorter than simulation.dt")
    return steps
