"""One matrix of binary synapses onto the units of a mac, as bits, with what freezes it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from networks.memories.bits import Words, n_words, pack, unpack


class Afferents(NamedTuple):
    """Hold the synapses from some lines onto all units, as the kernels read them.

    Attributes
    ----------
    weight : array of uint64, shape (n_words, n_units)
        Bit b of word w of unit i: the synapse from line 64 w + b. Words come first, so that one
        line's word is compared with all units in one sweep.
    n_set : array of int64, shape (n_units,)
        Synapses of each unit that are set.
    frozen : array of bool, shape (n_units,)
        Units that do not learn any more.
    excluded : array of uint64, shape (modules, n_words)
        Lines that have no synapse onto the units of a module.
    n_lines : array of int64, shape (modules,)
        Lines that have one.
    born : array of int64, shape (lines, n_units)
        Clock of the unit when the synapse was last set; of no lines if synapses do not fade, as
        the next one, and no clock then.
    permanence : array of uint8, shape (lines, n_units)
        Class.
    clock : array of int64, shape (n_units,)
        Steps that have passed for each unit; none pass for a frozen one.
    """

    weight: Words
    n_set: NDArray[np.int64]
    frozen: NDArray[np.bool_]
    excluded: Words
    n_lines: NDArray[np.int64]
    born: NDArray[np.int64]
    permanence: NDArray[np.uint8]
    clock: NDArray[np.int64]


def no_synapses(
    modules: int, units: int, lines: int, own_code: bool = False, fades: bool = False
) -> Afferents:
    """Make a matrix in which nothing is set.

    Parameters
    ----------
    modules, units : int
        Q and K of the mac that receives.
    lines : int
        Number of lines.
    own_code : bool
        Whether the first Q K lines are the mac's own units, each of which reaches all modules
        but its own.
    fades : bool
        Whether the age of synapses is kept.

    Returns
    -------
    Afferents
        The matrix.
    """
    shape = (n_words(lines), modules * units)
    excluded = np.zeros((modules, lines), dtype=np.bool_)
    if own_code:
        excluded[:, : modules * units] = np.repeat(np.eye(modules, dtype=np.bool_), units, axis=1)
    return Afferents(
        np.zeros(shape, dtype=np.uint64),
        np.zeros(modules * units, dtype=np.int64),
        np.zeros(modules * units, dtype=np.bool_),
        pack(excluded),
        lines - excluded.sum(axis=1),
        np.zeros((lines * fades, modules * units), dtype=np.int64),
        np.zeros((lines * fades, modules * units), dtype=np.uint8),
        np.zeros(modules * units * fades, dtype=np.int64),
    )


def size(afferents: Afferents) -> int:
    """Return the bytes of the synapses, their counts and ages, and of what is frozen."""
    excluded, n_lines = afferents.excluded, afferents.n_lines
    return sum(array.nbytes for array in afferents) - excluded.nbytes - n_lines.nbytes


def n_synapses(afferents: Afferents) -> int:
    """Count the places where a synapse may be."""
    units = len(afferents.n_set) // len(afferents.n_lines)
    return int(afferents.n_lines.sum()) * units


def fill(afferents: Afferents) -> float:
    """Return the fraction of those places that are set."""
    return float(afferents.n_set.sum() / max(1, n_synapses(afferents)))


def dense(afferents: Afferents, lines: int) -> NDArray[np.bool_]:
    """Unpack the synapses, shape (lines, n_units)."""
    return unpack(np.ascontiguousarray(afferents.weight.T), lines).T
