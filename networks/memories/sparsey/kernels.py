"""The kernels of a mac: support, selection of a code, one-shot learning, freezing.

All of them are in this file: Numba's cache does not see changes of a callee elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from networks.kernels import inner, kernel
from networks.memories.bits import popcount
from networks.memories.sparsey.settings import Parameters


@inner()
def familiarity(support: Any) -> float:
    """Compute G, the mean over modules of the largest support; support has shape (Q, K)."""
    total = 0.0
    for module in range(support.shape[0]):
        most = support[module, 0]
        for unit in range(1, support.shape[1]):
            most = max(most, support[module, unit])
        total += most
    return float(total / support.shape[0])


@inner()
def expansion(g: float, units: int, parameters: Parameters) -> float:
    """Compute eta - 1."""
    g_min, gamma, chi = parameters[:3]
    return float(max(0.0, (g - g_min) / (1.0 - g_min)) ** gamma * chi * units)


@inner()
def likelihood(support: float, gain: float, parameters: Parameters) -> float:
    """Compute psi of one unit; `gain` is eta - 1."""
    s1, s2, s3, s4 = parameters[3:]
    squashed = 1.0 + s1 * np.exp(-s2 * (support - s3))
    return float(1.0 + gain / (squashed if s4 == 1.0 else squashed**s4))


@kernel()
def win_probabilities(support: Any, parameters: Parameters, rho: Any) -> None:
    """Compute rho of all modules; `support` and `rho`, which is overwritten, have shape (Q, K)."""
    n_modules, n_units = support.shape
    gain = expansion(familiarity(support), n_units, parameters)
    for module in range(n_modules):
        total = 0.0
        for unit in range(n_units):
            rho[module, unit] = likelihood(support[module, unit], gain, parameters)
            total += rho[module, unit]
        for unit in range(n_units):
            rho[module, unit] /= total


@inner()
def draw_winner(support: Any, gain: float, parameters: Parameters, rng: Any, psi: Any) -> int:
    """Draw the winner of one module from rho; `psi`, shape (K,), is overwritten."""
    total = 0.0
    for unit in range(len(support)):
        # Most units have no support: their likelihood is worth no exponential.
        if gain == 0.0:
            total += 1.0
        else:
            total += likelihood(support[unit], gain, parameters)
        psi[unit] = total
    draw = rng.random() * total
    for unit in range(len(support)):
        if draw < psi[unit]:
            return unit
    return len(support) - 1


@inner()
def best_unit(support: Any, rng: Any) -> int:
    """Find the unit of largest support in one module; equal ones are drawn with equal chances."""
    best, n_equal = 0, 1
    for unit in range(1, len(support)):
        if support[unit] > support[best]:
            best, n_equal = unit, 1
        elif support[unit] == support[best]:
            n_equal += 1
            if rng.random() * n_equal < 1.0:
                best = unit
    return best


@inner()
def multiply_support(afferents: Any, word: Any, power: float, support: Any, total: Any) -> int:
    """Multiply the support of each unit by (active synapses / active lines) ** power.

    A signal none of whose lines is active is absent: it is left out of the product.

    Parameters
    ----------
    afferents : Afferents
        The synapses.
    word : array of uint64, shape (n_words,)
        Active lines.
    power : float
        lambda.
    support : array of float64, shape (modules, units)
        V, changed in place.
    total : array of uint64, shape (n_units,)
        Overwritten: active synapses of each unit.

    Returns
    -------
    int
        Synapses read: those of all units from the lines of each word in which a line is active.
        0 if the signal is absent.
    """
    weight, _, _, excluded, n_lines = afferents
    n_modules, n_units = support.shape
    if power == 0.0:
        return 0
    for unit in range(len(total)):
        total[unit] = 0
    is_absent = True
    for k in range(len(word)):
        if word[k]:
            is_absent = False
            _add_word(weight[k], word[k], total)
    n_reads = 0
    if is_absent:
        return n_reads
    for module in range(n_modules):
        n_active, n_seen, n_left = 0, 0, n_lines[module]
        for k in range(len(word)):
            # Bits of a last word that stand for no line are neither active nor excluded.
            n_here = min(64 - popcount(excluded[module, k]), n_left)
            n_left -= n_here
            if word[k]:
                n_active += popcount(word[k] & ~excluded[module, k])
                n_seen += n_here
        if n_active == 0:
            continue
        n_reads += n_seen * n_units
        for unit in range(n_units):
            part = total[module * n_units + unit] / n_active
            support[module, unit] *= part if power == 1.0 else part**power
    return n_reads


@inner()
def _add_word(row: Any, word: Any, total: Any) -> None:
    for unit in range(len(row)):
        total[unit] += popcount(row[unit] & word)


@inner()
def set_synapses(afferents: Any, word: Any, winners: Any) -> int:
    """Set the synapses from the active lines onto each winner that is not frozen.

    Parameters
    ----------
    afferents : Afferents
        Changed in place.
    word : array of uint64, shape (n_words,)
        Active lines.
    winners : array of int64, shape (modules,)
        The winner of each module, counted within the module.

    Returns
    -------
    int
        Synapses written.
    """
    weight, n_set, frozen, excluded, n_lines = afferents
    n_units = len(n_set) // len(n_lines)
    n_writes = 0
    for module in range(len(n_lines)):
        unit = module * n_units + winners[module]
        if frozen[unit]:
            continue
        for k in range(len(word)):
            active = word[k] & ~excluded[module, k]
            n_writes += popcount(active)
            n_set[unit] += popcount(active & ~weight[k, unit])
            weight[k, unit] |= active
    return n_writes


@inner()
def end_period(afferents: Any, winners: Any, is_whole: bool, limit: float) -> None:
    """Freeze the matrix, or those of the winners, whose fill has passed the limit.

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
    """
    _, n_set, frozen, _, n_lines = afferents
    n_units = len(n_set) // len(n_lines)
    if is_whole:
        n_filled = n_places = 0
        for unit in range(len(n_set)):
            n_filled += n_set[unit]
        for module in range(len(n_lines)):
            n_places += n_lines[module]
        if n_filled > limit * n_places * n_units:
            for unit in range(len(frozen)):
                frozen[unit] = True
        return
    for module in range(len(n_lines)):
        unit = module * n_units + winners[module]
        if n_set[unit] > limit * n_lines[module]:
            frozen[unit] = True


@kernel()
def present(
    matrices: Any,
    words: Any,
    begins: Any,
    is_recurrent: bool,
    powers: tuple[float, float, float],
    parameters: Parameters,
    learns: bool,
    period: tuple[bool, bool, float],
    rng: Any,
    winners: Any,
    g: Any,
) -> tuple[int, int]:
    """Present inputs one after the other to a mac; write their codes and G.

    Parameters
    ----------
    matrices : tuple of three Afferents
        U, H and D.
    words : tuple of three arrays of uint64, shapes (T, n_words)
        Active lines of each; the code of the input before is added to the second.
    begins : array of bool, shape (T,)
        Where it is not.
    is_recurrent : bool
        Whether it is at all.
    powers : tuple of three floats
        Exponents of the signals.
    parameters : tuple of seven floats
        Gmin, gamma, chi, s1, s2, s3, s4.
    learns : bool
        Draw codes and set synapses; otherwise take the best supported units.
    period : tuple of bool, bool, float
        Whether there is a critical period, whether it is the mac's, and its fill.
    rng : numpy.random.Generator
        Source of the draws.
    winners : array of int64, shape (T, modules)
        Overwritten.
    g : array of float64, shape (T,)
        Overwritten.

    Returns
    -------
    reads, writes : int
        Synapses.
    """
    n_modules = winners.shape[1]
    n_units = len(matrices[0].n_set) // n_modules
    support = np.empty((n_modules, n_units))
    total = np.empty(n_modules * n_units, np.uint64)
    scratch = np.empty(n_units)
    n_reads, n_writes = 0, 0
    for t in range(len(winners)):
        if is_recurrent and t > 0 and not begins[t]:
            _add_code(winners[t - 1], n_units, words[1][t])
        _fill(support, 1.0)
        n_read = 0
        for signal in range(3):
            n_read += multiply_support(
                matrices[signal], words[signal][t], powers[signal], support, total
            )
        if n_read == 0:
            _fill(support, 0.0)
        n_reads += n_read
        g[t] = familiarity(support)
        gain = expansion(g[t], n_units, parameters)
        for module in range(n_modules):
            if learns:
                winners[t, module] = draw_winner(support[module], gain, parameters, rng, scratch)
            else:
                winners[t, module] = best_unit(support[module], rng)
        if learns:
            for signal in range(3):
                n_writes += set_synapses(matrices[signal], words[signal][t], winners[t])
            _end_periods(matrices, winners[t], period)
    return n_reads, n_writes


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


@inner()
def _end_periods(matrices: Any, winners: Any, period: tuple[bool, bool, float]) -> None:
    ends, is_whole, limit = period
    if not ends:
        return
    for signal in range(3):
        # What a unit receives from below says when its period ends.
        if (signal == 0 or is_whole) and matrices[signal].weight.shape[0] > 0:
            end_period(matrices[signal], winners, is_whole, limit)
