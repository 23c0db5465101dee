"""The kernels of a mac: one-shot learning, freezing, and the presentation of inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from networks.kernels import inner, kernel, spliced
from networks.memories.bits import popcount
from networks.memories.sparsey.ages import bury, bury_all, pass_step, renew
from networks.memories.sparsey.choice import (
    best_unit,
    code_gain,
    count_hypotheses,
    draw_winner,
    expansion,
    familiarity,
)
from networks.memories.sparsey.signals import Scratch, multiply_alike, multiply_support


@spliced()
def set_synapses(
    afferents: Any, word: Any, winners: Any, gains: Any, fading: Any
) -> tuple[int, int]:
    """Set the synapses from the active lines onto each winner that is not frozen.

    Parameters
    ----------
    afferents : Afferents
        Changed in place.
    word : array of uint64, shape (n_words,)
        Active lines.
    winners : array of int64, shape (modules,)
        The winner of each module, counted within the module.
    gains : tuple or None
        None: synapses do not fade.
    fading : tuple
        As `ages.weigh` takes it.

    Returns
    -------
    reads, writes : int
        Synapses; those that do not fade are not read.
    """
    weight, n_set, excluded = afferents.weight, afferents.n_set, afferents.excluded
    n_lines = afferents.n_lines
    n_units = len(n_set) // len(n_lines)
    n_reads, n_writes = 0, 0
    for module in range(len(n_lines)):
        unit = module * n_units + winners[module]
        if afferents.frozen[unit]:
            continue
        if gains is not None and len(afferents.born) > 0:
            n_reads += renew(afferents, module, unit, word, fading)
        for k in range(len(word)):
            active = word[k] & ~excluded[module, k]
            n_writes += popcount(active)
            n_set[unit] += popcount(active & ~weight[k, unit])
            weight[k, unit] |= active
    return n_reads, n_writes


@spliced()
def end_period(
    afferents: Any, winners: Any, is_whole: bool, limit: float, gains: Any, lives: Any
) -> int:
    """Freeze the matrix, or those of the winners, whose fill has passed the limit.

    What is set is at least what lives: the dead are buried only where they might decide.

    Parameters
    ----------
    afferents : Afferents
        Changed in place.
    winners : array of int64, shape (modules,)
        Units that have just learnt.
    is_whole : bool
        Whether the fill of the matrix counts, or that of each unit.
    limit : float
        Fraction of synapses set.
    gains : tuple or None
        None: synapses do not fade.
    lives : array of int64, shape (classes,)
        Steps until a synapse of each class is dead.

    Returns
    -------
    int
        Synapses read to find the dead.
    """
    n_set, frozen, n_lines = afferents.n_set, afferents.frozen, afferents.n_lines
    n_units = len(n_set) // len(n_lines)
    n_reads = 0
    if is_whole:
        most = limit * _sum(n_lines) * n_units
        # The units of a whole matrix freeze together.
        if frozen[0] or _sum(n_set) <= most:
            return n_reads
        if gains is not None:
            n_reads += bury_all(afferents, lives)
        if _sum(n_set) > most:
            frozen[:] = True
        return n_reads
    for module in range(len(n_lines)):
        unit = module * n_units + winners[module]
        most = limit * n_lines[module]
        if frozen[unit] or n_set[unit] <= most:
            continue
        if gains is not None:
            n_reads += bury(afferents, module, unit, lives)
        if n_set[unit] > most:
            frozen[unit] = True
    return n_reads


@kernel()
def present(
    matrices: Any,
    rules: Any,
    words: Any,
    gains: Any,
    begins: Any,
    learns: bool,
    rng: Any,
    winners: Any,
    g: Any,
    zeta: Any,
    scratch: Scratch,
) -> tuple[int, int]:
    """Present inputs one after the other to a mac; write their codes and G.

    Parameters
    ----------
    matrices : tuple of three Afferents
        U, H and D.
    rules : Rules
        Settings of the mac.
    words : tuple of three arrays of uint64, shapes (T, n_words)
        Active lines of each; the code of the input before is added to the second.
    gains : tuple of three arrays of float64, shapes (T, lines), or None
        F of each line; that of the mac's own code is added. Of no lines if all of them are 1;
        None if synapses do not fade either, which needs a kernel that compiles in less time.
    begins : array of bool, shape (T,)
        Where it is not.
    learns : bool
        Draw codes and set synapses; otherwise take the best supported units.
    rng : numpy.random.Generator
        Source of the draws.
    winners : array of int64, shape (T, modules)
        Overwritten.
    g : array of float64, shape (T,)
        Overwritten.
    zeta : array of int64, shape (T,)
        Overwritten where gains count.
    scratch : Scratch
        Overwritten.

    Returns
    -------
    reads, writes : int
        Synapses; a synapse is read together with its age.
    """
    n_modules = winners.shape[1]
    n_units = len(matrices[0].n_set) // n_modules
    support = scratch.support
    threshold, power, most = rules.hypotheses
    n_reads, n_writes = 0, 0
    for t in range(len(winners)):
        if rules.is_recurrent and t > 0 and not begins[t]:
            _add_code(winners[t - 1], n_units, words[1][t])
            if gains is not None and gains[0].shape[1] > 0:
                gains[1][t, : n_modules * n_units] = code_gain(zeta[t - 1], power, most)
        n_reads += _support(matrices, rules, words, gains, t, learns, scratch)
        g[t] = familiarity(support)
        if gains is not None and gains[0].shape[1] > 0:
            zeta[t] = count_hypotheses(support, threshold)
        gain = expansion(g[t], n_units, rules.parameters)
        for module in range(n_modules):
            if learns:
                winners[t, module] = draw_winner(
                    support[module], gain, rules.parameters, rng, scratch.psi
                )
            else:
                winners[t, module] = best_unit(support[module], rng)
        if learns:
            read, written = _learn(matrices, rules, words, gains, t, winners[t])
            n_reads += read
            n_writes += written
    return n_reads, n_writes


@spliced()
def _support(
    matrices: Any, rules: Any, words: Any, gains: Any, t: int, ages: bool, scratch: Scratch
) -> int:  # fmt: skip
    """Compute V of input t, one step later if synapses age; return the synapses read."""
    _fill(scratch.support, 1.0)
    n_reads = 0
    for signal in range(3):
        part, word, power = matrices[signal], words[signal][t], rules.powers[signal]
        if gains is None:
            n_reads += multiply_alike(part, word, power, scratch)
        else:
            if ages:
                pass_step(part)
            n_reads += multiply_support(part, word, gains[signal][t], power, rules.fading, scratch)
    if n_reads == 0:
        _fill(scratch.support, 0.0)
    return n_reads


@spliced()
def _learn(
    matrices: Any, rules: Any, words: Any, gains: Any, t: int, winners: Any
) -> tuple[int, int]:
    """Set the synapses from the active lines onto the winners; freeze what is full."""
    n_reads, n_writes = 0, 0
    for signal in range(3):
        read, written = set_synapses(
            matrices[signal], words[signal][t], winners, gains, rules.fading
        )
        n_reads += read
        n_writes += written
    ends, is_whole, limit = rules.period
    if not ends:
        return n_reads, n_writes
    for signal in range(3):
        part = matrices[signal]
        # What a unit receives from below says when its period ends.
        if (signal == 0 or is_whole) and part.weight.shape[0] > 0:
            n_reads += end_period(part, winners, is_whole, limit, gains, rules.fading[0])
    return n_reads, n_writes


@inner()
def _sum(counts: Any) -> int:
    total = 0
    for count in counts:
        total += count
    return total


@inner()
def _fill(support: Any, value: float) -> None:
    for module in range(support.shape[0]):
        for unit in range(support.shape[1]):
            support[module, unit] = value


@inner()
def _add_code(winners: Any, n_units: int, word: Any) -> None:
    for module in range(len(winners)):
        line = module * n_units + winners[module]
        word[line >> 6] |= np.uint64(1) << np.uint64(line & 63)
