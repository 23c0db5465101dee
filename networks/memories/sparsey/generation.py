"""From codes back to inputs: the bottom-up synapses read downwards."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.memories.bits import unpack
from networks.memories.sparsey.codes import Codes
from networks.memories.sparsey.mac import MacMemory

SILENT = -1


def reconstruct(memory: MacMemory, winners: NDArray[np.int64]) -> NDArray[np.float64]:
    """Compute the drive of each line by a code: the fraction of its winners that it reaches.

    Parameters
    ----------
    memory : MacMemory
        The mac.
    winners : array of int64, shape (T, Q)
        Codes; a module whose winner is -1 is silent.

    Returns
    -------
    array of float64, shape (T, lines)
        1 where all winners have a synapse from the line; 0 for a silent code.
    """
    settings = memory.settings
    unit = np.where(winners == SILENT, 0, winners) + np.arange(settings.modules) * settings.units
    drive = np.zeros((len(winners), settings.lines))
    for row, code, units in zip(drive, winners, unit, strict=True):
        spoken = units[code != SILENT]
        if len(spoken):
            columns = np.ascontiguousarray(memory.up.weight[:, spoken].T)
            row[:] = unpack(columns, settings.lines).mean(axis=0)
    return drive


def intersection(
    winners: NDArray[np.int64], units: int
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find what codes have in common: in each module the unit that wins most often.

    Parameters
    ----------
    winners : array of int64, shape (T, Q)
        Codes, say of inputs of one class.
    units : int
        K.

    Returns
    -------
    code : array of int64, shape (Q,)
        The commonest units; of equally common ones the first.
    fraction : array of float64, shape (Q,)
        Fraction of the codes that hold them.
    """
    count = np.stack([np.bincount(module, minlength=units) for module in winners.T])
    return count.argmax(axis=1), count.max(axis=1) / len(winners)


def replay(memory: MacMemory, first: NDArray[np.bool_], length: int) -> Codes:
    """Let a mac go on alone from the first frame of a sequence, by its horizontal synapses.

    Parameters
    ----------
    memory : MacMemory
        A mac with `horizontal` synapses.
    first : array of bool, shape (lines,)
        The first frame.
    length : int
        Frames, the first one too.

    Returns
    -------
    Codes
        One for each frame.
    """
    frames: NDArray[Any] = np.zeros((length, len(first)), dtype=np.bool_)
    frames[0] = first
    return memory.read(frames, begins=np.arange(length) == 0)
