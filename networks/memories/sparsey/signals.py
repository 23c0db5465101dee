"""The kernels of a signal: what active lines tell each unit, and what it makes of its support."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, spliced
from networks.memories.bits import Words, popcount
from networks.memories.sparsey.ages import weigh


class Scratch(NamedTuple):
    """Hold what a presentation writes to and nobody reads afterwards.

    Attributes
    ----------
    support : array of float64, shape (modules, units)
        V.
    tally, total : arrays of uint64 and float64, shape (n_units,)
        Active synapses of each unit, and their weight.
    psi : array of float64, shape (units,)
        Sums of the likelihoods of a module.
    heard : array of uint64, shape (words of the longest signal,)
        Active lines that count for something.
    """

    support: NDArray[np.float64]
    tally: Words
    total: NDArray[np.float64]
    psi: NDArray[np.float64]
    heard: Words


def scratch(modules: int, units: int, words: int) -> Scratch:
    """Make room for a mac of so many modules of so many units, whose signals have so many words."""
    return Scratch(
        np.empty((modules, units)),
        np.empty(modules * units, dtype=np.uint64),
        np.empty(modules * units),
        np.empty(units),
        np.empty(words, dtype=np.uint64),
    )


@spliced()
def multiply_support(
    afferents: Any, word: Any, gain: Any, power: float, fading: Any, scratch: Scratch
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
    scratch : Scratch
        Its support is changed in place, the rest overwritten.

    Returns
    -------
    int
        Synapses read: those of all units from the active lines; where they count alike, from the
        lines of each word in which a line is active. 0 if the signal is absent.
    """
    if power == 0.0:
        return 0
    support, total, heard = scratch.support, scratch.total, scratch.heard
    if not _hear(word, gain, heard):
        return 0
    weigh(afferents, heard, gain, fading, total)
    n_reads = 0
    for module in range(support.shape[0]):
        n_active, _ = _lines_of(afferents, module, heard)
        if n_active == 0:
            continue
        n_reads += n_active * support.shape[1]
        for unit in range(support.shape[1]):
            part = min(1.0, total[module * support.shape[1] + unit] / n_active)
            support[module, unit] *= part if power == 1.0 else part**power
    return n_reads


@spliced()
def multiply_alike(afferents: Any, word: Any, power: float, scratch: Scratch) -> int:
    """Do the same where each synapse that is set counts 1."""
    if power == 0.0:
        return 0
    support, count = scratch.support, scratch.tally
    for unit in range(len(count)):
        count[unit] = 0
    is_absent = True
    for k in range(len(word)):
        if word[k]:
            is_absent = False
            _add_word(afferents.weight[k], word[k], count)
    n_reads = 0
    if is_absent:
        return n_reads
    for module in range(support.shape[0]):
        n_active, n_seen = _lines_of(afferents, module, word)
        if n_active == 0:
            continue
        n_reads += n_seen * support.shape[1]
        for unit in range(support.shape[1]):
            part = count[module * support.shape[1] + unit] / n_active
            support[module, unit] *= part if power == 1.0 else part**power
    return n_reads


@inner()
def _lines_of(afferents: Any, module: int, word: Any) -> tuple[int, int]:
    """Count the active lines that reach a module, and all that do of words with an active one."""
    excluded = afferents.excluded
    n_active, n_seen, n_left = 0, 0, afferents.n_lines[module]
    for k in range(len(afferents.weight)):
        # Bits of a last word that stand for no line are neither active nor excluded.
        n_here = min(64 - popcount(excluded[module, k]), n_left)
        n_left -= n_here
        if word[k]:
            n_active += popcount(word[k] & ~excluded[module, k])
            n_seen += n_here
    return n_active, n_seen


@spliced()
def _hear(word: Any, gain: Any, heard: Any) -> bool:
    """Copy the active lines that count for something; return whether there are any."""
    for k in range(len(word)):
        heard[k] = word[k]
    for line in range(len(gain)):
        if gain[line] == 0.0:
            heard[line >> 6] &= ~(np.uint64(1) << np.uint64(line & 63))
    joined = np.uint64(0)
    for k in range(len(word)):
        joined |= heard[k]
    return bool(joined != 0)


@inner()
def _add_word(row: Any, word: Any, total: Any) -> None:
    for unit in range(len(row)):
        total[unit] += popcount(row[unit] & word)
