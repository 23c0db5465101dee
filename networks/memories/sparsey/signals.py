"""The kernels of a signal: what active lines tell each unit, and what it makes of its support."""

from __future__ import annotations

from typing import Any

import numpy as np

from networks.kernels import inner
from networks.memories.bits import popcount
from networks.memories.sparsey.ages import weigh


@inner()
def multiply_support(
    afferents: Any, word: Any, gain: Any, power: float, fading: Any, support: Any, total: Any
) -> int:
    """Multiply the support of each unit by (weight of active synapses / active lines) ** power.

    A signal none of whose lines is active is absent: it is left out of the product.

    Parameters
    ----------
    afferents : Afferents
        The synapses.
    word : array of uint64, shape (n_words,)
        Active lines.
    gain : array of float64, shape (lines,) or (0,)
        F of each line, 1 if there is none; a line of gain 0 is not heard. No signal exceeds 1.
    power : float
        lambda.
    fading : tuple
        As `ages.weigh` takes it.
    support : array of float64, shape (modules, units)
        V, changed in place.
    total : array of float64, shape (n_units,)
        Overwritten.

    Returns
    -------
    int
        Synapses read: those of all units from the active lines; where they count alike, from the
        lines of each word in which a line is active. 0 if the signal is absent.
    """
    heard = _audible(word, gain) if len(gain) > 0 else word
    if power == 0.0 or not heard.any():
        return 0
    is_alike = len(gain) == 0 and len(afferents.born) == 0
    if is_alike:
        _count(afferents.weight, heard, total)
    else:
        weigh(afferents, heard, gain, fading, total)
    excluded, n_lines = afferents.excluded, afferents.n_lines
    n_modules, n_units = support.shape
    n_reads = 0
    for module in range(n_modules):
        n_active, n_seen, n_left = 0, 0, n_lines[module]
        for k in range(len(heard)):
            # Bits of a last word that stand for no line are neither active nor excluded.
            n_here = min(64 - popcount(excluded[module, k]), n_left)
            n_left -= n_here
            if heard[k]:
                n_active += popcount(heard[k] & ~excluded[module, k])
                n_seen += n_here
        if n_active == 0:
            continue
        n_reads += (n_seen if is_alike else n_active) * n_units
        for unit in range(n_units):
            part = min(1.0, total[module * n_units + unit] / n_active)
            support[module, unit] *= part if power == 1.0 else part**power
    return n_reads


@inner()
def _audible(word: Any, gain: Any) -> Any:
    """Copy the active lines that count for something."""
    heard = word.copy()
    for line in range(len(gain)):
        if gain[line] == 0.0:
            heard[line >> 6] &= ~(np.uint64(1) << np.uint64(line & 63))
    return heard


@inner()
def _count(weight: Any, word: Any, total: Any) -> None:
    """Count the active synapses of each unit."""
    count = np.zeros(len(total), np.uint64)
    for k in range(len(word)):
        if word[k]:
            _add_word(weight[k], word[k], count)
    for unit in range(len(total)):
        total[unit] = count[unit]


@inner()
def _add_word(row: Any, word: Any, total: Any) -> None:
    for unit in range(len(row)):
        total[unit] += popcount(row[unit] & word)
