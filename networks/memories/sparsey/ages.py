"""The kernels of synapses that fade: their weight by age, renewal, and the end of their life.

Nothing is done to a synapse while it fades: its age is the clock of its unit less when it was
set, computed where it is read. What is dead is cleared where someone counts what is set.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from networks.kernels import inner, kernel, spliced


@inner()
def fade(age: int, life: int, convexity: float) -> float:
    """Compute w of a synapse by its age in steps; exactly 1 at age 0."""
    if age >= life:
        return 0.0
    return float((1.0 + convexity / life) / (1.0 + convexity / (life - age)))


@inner()
def pass_step(afferents: Any) -> None:
    """Let one step pass for the units that are not frozen."""
    for unit in range(len(afferents.clock)):
        if not afferents.frozen[unit]:
            afferents.clock[unit] += 1


@spliced()
def weigh(afferents: Any, word: Any, gain: Any, fading: Any, total: Any) -> None:
    """Sum the weights of the active synapses of each unit, each times the gain of its line.

    Parameters
    ----------
    afferents : Afferents
        The synapses.
    word : array of uint64, shape (n_words,)
        Active lines.
    gain : array of float64, shape (lines,) or (0,)
        F of each line; of no length if it is 1.
    fading : tuple of array of int64, shape (classes,), float and float
        Lives, convexity, and the weight above which permanence grows.
    total : array of float64, shape (n_units,)
        Overwritten.
    """
    lives, convexity, _ = fading
    is_young = len(afferents.born) == 0
    for unit in range(len(total)):
        total[unit] = 0.0
    for k in range(len(afferents.weight)):
        for bit in range(64 * (word[k] != 0)):
            if not word[k] >> np.uint64(bit) & np.uint64(1):
                continue
            line = 64 * k + bit
            factor = gain[line] if len(gain) > 0 else 1.0
            for unit in range(len(total)):
                if not afferents.weight[k, unit] >> np.uint64(bit) & np.uint64(1):
                    continue
                part = factor
                if not is_young:
                    age = afferents.clock[unit] - afferents.born[line, unit]
                    part *= fade(age, lives[afferents.permanence[line, unit]], convexity)
                total[unit] += part


@spliced()
def renew(afferents: Any, module: int, unit: int, word: Any, fading: Any) -> int:
    """Make the synapses that are about to be set young, those still strong more permanent too.

    Parameters
    ----------
    afferents : Afferents
        Changed in place, but for what is set.
    module, unit : int
        The winner, counted among all units, and its module.
    word : array of uint64, shape (n_words,)
        Active lines.
    fading : tuple
        As `weigh` takes it.

    Returns
    -------
    int
        Synapses read.
    """
    lives, convexity, high = fading
    n_reads = 0
    for k in range(len(word)):
        active = word[k] & ~afferents.excluded[module, k]
        for bit in range(64 * (active != 0)):
            if not active >> np.uint64(bit) & np.uint64(1):
                continue
            n_reads += 1
            line = 64 * k + bit
            level, age = 0, afferents.clock[unit] - afferents.born[line, unit]
            if afferents.weight[k, unit] >> np.uint64(bit) & np.uint64(1):
                level = int(afferents.permanence[line, unit])
                if age >= lives[level]:
                    level = 0
                elif level + 1 < len(lives) and fade(age, lives[level], convexity) >= high:
                    level += 1
            afferents.permanence[line, unit] = level
            afferents.born[line, unit] = afferents.clock[unit]
    return n_reads


@inner()
def bury(afferents: Any, module: int, unit: int, lives: Any) -> int:
    """Clear the synapses of one unit whose life is over; return how many were read."""
    if len(afferents.born) == 0:
        return 0
    for k in range(len(afferents.weight)):
        for bit in range(64 * (afferents.weight[k, unit] != 0)):
            if not afferents.weight[k, unit] >> np.uint64(bit) & np.uint64(1):
                continue
            line = 64 * k + bit
            age = afferents.clock[unit] - afferents.born[line, unit]
            if age >= lives[afferents.permanence[line, unit]]:
                afferents.weight[k, unit] &= ~(np.uint64(1) << np.uint64(bit))
                afferents.n_set[unit] -= 1
    return int(afferents.n_lines[module])


@spliced()
def bury_all(afferents: Any, lives: Any) -> int:
    """Clear the synapses of all units whose life is over; return how many were read."""
    n_units = len(afferents.n_set) // len(afferents.n_lines)
    n_reads = 0
    for unit in range(len(afferents.n_set)):
        n_reads += bury(afferents, unit // n_units, unit, lives)
    return n_reads


@kernel()
def clear(afferents: Any, lives: Any) -> None:
    """Clear the synapses whose life is over, for one who looks at what is set."""
    bury_all(afferents, lives)
