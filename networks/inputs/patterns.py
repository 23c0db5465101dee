"""Random patterns, their corruption, and streams of items."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.winners import k_winners
from neuro.errors import SpecError

# Rows drawn at a time where a draw needs eight bytes for each unit of a pattern.
CHUNK_ELEMENTS = 1 << 22


def rademacher(n_patterns: int, n_units: int, rng: np.random.Generator) -> NDArray[np.int8]:
    """Draw patterns of independent units, +1 or -1 with probability 1/2, shape (P, N)."""
    return (2 * rng.integers(0, 2, (n_patterns, n_units), dtype=np.int8) - 1).astype(np.int8)


def diluted(
    n_patterns: int, n_units: int, dilution: float, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Draw patterns of units that are 0 with probability d, else +1 or -1 with equal chances.

    Parameters
    ----------
    n_patterns, n_units : int
        P and N.
    dilution : float
        d, 0 to 1.
    rng : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    array of int8, shape (P, N)
        The patterns.

    References
    ----------
    Agliari et al., "Multitasking associative networks", PRL 109, 268101 (2012), Eq. 2.
    """
    _check_fraction("dilution", dilution)
    pattern = rademacher(n_patterns, n_units, rng)
    pattern[rng.random((n_patterns, n_units)) < dilution] = 0
    return pattern


def fixed_k(n_patterns: int, n_units: int, k: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw patterns with exactly k active units, uniformly without replacement, shape (P, N)."""
    if not 0 <= k <= n_units:
        raise SpecError(f"{k} active of {n_units} units; needed: 0 to {n_units}")
    pattern = np.empty((n_patterns, n_units), dtype=np.bool_)
    n_rows = max(1, CHUNK_ELEMENTS // max(1, n_units))
    for start in range(0, n_patterns, n_rows):
        rows = pattern[start : start + n_rows]
        rows[...] = k_winners(rng.random(rows.shape), k)
    return pattern


def bernoulli(
    n_patterns: int, n_units: int, level: float, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Draw patterns of independent units, active with probability `level`, shape (P, N)."""
    _check_fraction("level", level)
    result: NDArray[np.bool_] = rng.random((n_patterns, n_units)) < level
    return result


def block(
    n_patterns: int, n_blocks: int, length: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Draw patterns with one active unit in each of c blocks of l units, shape (P, c * l)."""
    if min(n_blocks, length) < 1:
        raise SpecError(f"{n_blocks} blocks of {length} units; needed: at least 1 of each")
    winner = rng.integers(0, length, (n_patterns, n_blocks, 1))
    pattern: NDArray[np.bool_] = winner == np.arange(length)
    return pattern.reshape(n_patterns, n_blocks * length)


def noisy_examples(
    pattern: NDArray[np.int8], n_examples: int, quality: float, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Draw noisy examples of patterns of +1 and -1: each unit keeps its sign w.p. (1 + r) / 2.

    Parameters
    ----------
    pattern : array of int8, shape (P, N)
        xi.
    n_examples : int
        M, examples of each pattern.
    quality : float
        r, 0 (noise) to 1 (copies).
    rng : numpy.random.Generator
        Source of the draw.

    Returns
    -------
    array of int8, shape (P, M, N)
        eta[mu, a, i] = xi[mu, i] * chi with chi = +1 or -1.
    """
    _check_fraction("quality", quality)
    flipped = rng.random((len(pattern), n_examples, pattern.shape[1])) < (1 - quality) / 2
    return np.where(flipped, -pattern[:, None, :], pattern[:, None, :]).astype(np.int8)


def corrupt(
    pattern: NDArray[np.bool_], erase: int, insert: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Delete active units of each pattern and add units that were inactive.

    Parameters
    ----------
    pattern : array of bool, shape (P, N)
        Left as it is.
    erase, insert : int
        Units deleted and added, uniformly without replacement; an erased unit is not inserted
        again.
    rng : numpy.random.Generator
        Source of the choice.

    Returns
    -------
    array of bool, shape (P, N)
        The cues.

    Raises
    ------
    SpecError
        If a pattern has fewer active units than are to be erased, or fewer inactive ones than
        are to be inserted.
    """
    n_active = pattern.sum(axis=1)
    n_units = pattern.shape[1]
    if min(erase, insert) < 0:
        raise SpecError(f"erase {erase}, insert {insert}; needed: 0 or more")
    if len(pattern) and (erase > n_active.min() or insert > n_units - n_active.max()):
        raise SpecError(
            f"erase {erase}, insert {insert}; patterns have {n_active.min()} to "
            f"{n_active.max()} active of {n_units} units"
        )
    draw = rng.random(pattern.shape)
    erased = k_winners(np.where(pattern, draw, -1.0), erase)
    inserted = k_winners(np.where(pattern, -1.0, draw), insert)
    result: NDArray[np.bool_] = (pattern & ~erased) | inserted
    return result


def flip(pattern: NDArray[np.bool_], number: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Flip as many bits of each pattern, chosen uniformly without replacement.

    The order in which bits are flipped depends on the generator only, not on how many there are.
    """
    if not 0 <= number <= pattern.shape[1]:
        raise SpecError(f"{number} of {pattern.shape[1]} bits; needed: 0 to all of them")
    flipped: NDArray[np.bool_] = pattern ^ k_winners(rng.random(pattern.shape), number)
    return flipped


def flip_signs(
    pattern: NDArray[np.int8], number: int, rng: np.random.Generator
) -> NDArray[np.int8]:
    """Change the sign of as many units of each pattern, uniformly without replacement."""
    flipped = pattern.copy()
    for each in flipped:
        each[rng.choice(len(each), number, replace=False)] *= -1
    return flipped


def erase_blocks(
    pattern: NDArray[np.bool_], n_blocks: int, erase: int, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Silence whole blocks of each pattern, chosen uniformly without replacement.

    Parameters
    ----------
    pattern : array of bool, shape (P, c * l)
        Left as it is.
    n_blocks : int
        c.
    erase : int
        Blocks silenced, 0 to c.
    rng : numpy.random.Generator
        Source of the choice.

    Returns
    -------
    array of bool, shape (P, c * l)
        The cues.
    """
    if n_blocks < 1 or pattern.shape[1] % n_blocks or not 0 <= erase <= n_blocks:
        raise SpecError(f"erase {erase} of {n_blocks} blocks of {pattern.shape[1]} units")
    erased = k_winners(rng.random((len(pattern), n_blocks)), erase)
    return pattern & ~np.repeat(erased, pattern.shape[1] // n_blocks, axis=1)


def zipf_stream(
    n_items: int, exponent: float, length: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Draw a stream of items x = 0 .. n - 1 with p(x) proportional to (x + 1) ** -exponent.

    Parameters
    ----------
    n_items : int
        n, at least 1.
    exponent : float
        0 gives equal chances.
    length : int
        T, number of draws.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    array of int64, shape (T,)
        The items, by inversion of the cumulative distribution.
    """
    if n_items < 1 or not np.isfinite(exponent):
        raise SpecError(f"{n_items} items of exponent {exponent}; needed: 1 or more, finite")
    cumulative = np.cumsum(np.arange(1.0, n_items + 1) ** -exponent)
    draw: NDArray[Any] = rng.random(length) * cumulative[-1]
    # Rounding of the product may reach the last sum itself, which is beyond the last item.
    return np.minimum(np.searchsorted(cumulative, draw, side="right"), n_items - 1)


def _check_fraction(name: str, value: float) -> None:
    if not 0 <= value <= 1:
        raise SpecError(f"{name} {value}; needed: 0 to 1")
