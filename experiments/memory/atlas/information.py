"""Bits that a memory adds to a cue, defined the same for all memories.

The symbols of a code are taken for channels from what was stored to what is shown: units of sparse
and dense codes, blocks of codes that choose one unit in each block; with the errors of each pattern
for itself, since one may be forgotten and the next one known. With a class known (or none) a unit
is expected to be active or silent; each of the two groups has its own level f, and by the errors of
a pattern it tells T(f; e01, e10) bits a unit. Summed over the units of a pattern this is, without
errors and classes, N H(f); it is scaled to log2 of the number of code words. A block of l units
with a active ones, among which the stored one is with chance q, leaves
H(q) + q log2 a + (1 - q) log2(l - a) bits open, of the log2 l (with a class: of what it leaves
open) that there were.

What recall adds to a pattern is what its state tells, less what the cue tells, computed in the same
way; nothing where that is negative, for the cue is known, and nothing for a pattern that is not
recalled: of items with classes a state may tell much that is common to all of them.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from experiments.memory.atlas.items import Code
from experiments.memory.polar import RETRIEVED
from networks.memories.observables import transmitted_bits

Bits = NDArray[np.bool_]
Array = NDArray[np.float64]
# Most patterns of a point have the same few numbers of errors.
_transmitted = lru_cache(maxsize=1 << 14)(transmitted_bits)


def told_bits(code: Code, shown: Bits, wanted: Bits, expected: Bits | None = None) -> Array:
    """Compute the bits of each pattern that a state tells, beyond its class.

    Parameters
    ----------
    code : Code
        Of the patterns.
    shown, wanted : array of bool, shape (P, N)
        Recalled states or cues, and the patterns behind.
    expected : array of bool, shape (P, N), optional
        What the class of each pattern lets expect of its units: its prototype.

    Returns
    -------
    array of float64, shape (P,)
        `code.bits` for a pattern without a class that is told exactly.
    """
    if code.form == "blocks":
        shape = (-1, code.active, code.size // code.active)
        known = None if expected is None else expected.reshape(shape)
        return code.active * _letters(shown.reshape(shape), wanted.reshape(shape), known)
    groups = [np.ones_like(wanted)] if expected is None else [expected, ~expected]
    total = np.sum([_units(shown, wanted, group) for group in groups], axis=0)
    level = code.active / code.size if code.form == "sparse" else 0.5
    return np.asarray(code.bits * total / (code.size * transmitted_bits(level, 0.0, 0.0)))


def added_bits(
    code: Code, states: Bits, cues: Bits, wanted: Bits, expected: Bits | None = None
) -> Array:
    """Compute the bits that recall adds to the cue of each pattern, shape (P,)."""
    told = told_bits(code, states, wanted, expected)
    added = np.maximum(0.0, told - told_bits(code, cues, wanted, expected))
    return np.where(correlated(states, wanted), added, 0.0)


def correlated(states: Bits, wanted: Bits) -> Bits:
    """Return whether the units of each state correlate with those of its pattern above .9.

    Of active units as 1 and silent ones as 0, over the units of one pattern.
    """
    one, other = states.astype(np.float64), wanted.astype(np.float64)
    one -= one.mean(axis=1, keepdims=True)
    other -= other.mean(axis=1, keepdims=True)
    norm = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.asarray((one * other).sum(axis=1) > RETRIEVED * norm)


def _units(shown: Bits, wanted: Bits, group: Bits) -> Array:
    """Return the bits that the units of a group tell together, of each pattern."""
    n_units, n_active = group.sum(axis=1), (wanted & group).sum(axis=1)
    level = float(n_active.sum() / max(1, n_units.sum()))
    false_on = _share((shown & ~wanted & group).sum(axis=1), n_units - n_active)
    false_off = _share((~shown & wanted & group).sum(axis=1), n_active)
    rates = zip(false_on.tolist(), false_off.tolist(), strict=True)
    return np.asarray(np.array([_transmitted(level, *each) for each in rates]) * n_units)


def _share(number: NDArray[Any], of: NDArray[Any]) -> Array:
    return np.asarray(number / np.maximum(1, of))


def _letters(shown: Bits, wanted: Bits, expected: Bits | None) -> Array:
    """Return the mean bits that a block tells, of each pattern; all of shape (P, blocks, units)."""
    width = wanted.shape[2]
    first = float(np.log2(width))
    if expected is not None:
        first = min(first, float(_open((expected & wanted).any(axis=2).mean(), 1, width)))
    number = shown.sum(axis=2)
    is_in: Bits = np.asarray((shown & wanted).any(axis=2))
    told = np.zeros(len(wanted))
    for active in np.unique(number).tolist():
        group = number == active
        chance = _share((is_in & group).sum(axis=1), group.sum(axis=1))
        told += group.mean(axis=1) * np.maximum(0.0, first - _open(chance, active, width))
    return told


def _open(chance: Any, active: int, width: int) -> Any:
    """Return the bits open of a letter that is one of some with a chance, else one of the rest."""
    entropy = -(xlogy(chance, chance) + xlogy(1 - chance, 1 - chance)) / np.log(2)
    among = chance * np.log2(active) if active else 0.0
    rest = (1 - chance) * np.log2(width - active) if active < width else 0.0
    return entropy + among + rest
