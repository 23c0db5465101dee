"""What is measured of a recall: overlap, hits, spurious and missing units, bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """Count units of recalled states against stored patterns, one number a pattern.

    Attributes
    ----------
    hits : array of int64, shape (P,)
        Active and stored.
    spurious : array of int64, shape (P,)
        Active but not stored.
    missing : array of int64, shape (P,)
        Stored but not active.
    """

    hits: NDArray[np.int64]
    spurious: NDArray[np.int64]
    missing: NDArray[np.int64]

    @property
    def exact(self) -> NDArray[np.bool_]:
        """Return whether each state is its pattern, shape (P,)."""
        return np.asarray((self.spurious == 0) & (self.missing == 0))


def count_units(states: NDArray[np.bool_], patterns: NDArray[np.bool_]) -> UnitCounts:
    """Count hits, spurious and missing units of binary states.

    Parameters
    ----------
    states, patterns : array of bool, shape (P, N)
        Recalled and stored.

    Returns
    -------
    UnitCounts
        One number a pattern.

    Raises
    ------
    SpecError
        If shapes differ.
    """
    _check_shapes(states, patterns)
    return UnitCounts(
        hits=np.sum(states & patterns, axis=1),
        spurious=np.sum(states & ~patterns, axis=1),
        missing=np.sum(~states & patterns, axis=1),
    )


def mattis_overlap(states: NDArray[Any], patterns: NDArray[Any]) -> NDArray[np.float64]:
    """Compute m = (1/N) sum_i xi_i s_i of states and patterns of +1 and -1, shape (P,)."""
    _check_shapes(states, patterns)
    result: NDArray[np.float64] = np.mean(patterns.astype(np.float64) * states, axis=1)
    return result


def sparse_overlap(
    states: NDArray[np.bool_], patterns: NDArray[np.bool_], level: float
) -> NDArray[np.float64]:
    """Compute m = sum_i (xi_i - f) s_i / (N f (1 - f)) of binary states.

    Parameters
    ----------
    states, patterns : array of bool, shape (P, N)
        s and xi.
    level : float
        f, the fraction of units that a pattern activates, between 0 and 1.

    Returns
    -------
    array of float64, shape (P,)
        1 for the pattern itself, 0 on average for a state that is independent of it.
    """
    _check_shapes(states, patterns)
    if not 0 < level < 1:
        raise SpecError(f"coding level {level}; needed: between 0 and 1")
    norm = patterns.shape[1] * level * (1 - level)
    return np.asarray(np.sum((patterns - level) * states, axis=1) / norm, dtype=np.float64)


def transmitted_bits(level: float, false_on: float, false_off: float) -> float:
    """Compute T(f; e01, e10) = H(y) - H(y|x), bits per unit of the channel stored to recalled.

    Parameters
    ----------
    level : float
        f = P(x = 1), the chance that a stored unit is active.
    false_on : float
        e01 = P(y = 1 | x = 0).
    false_off : float
        e10 = P(y = 0 | x = 1).

    Returns
    -------
    float
        Mutual information of one unit in bits, 0 to 1.
    """
    recalled = level * (1 - false_off) + (1 - level) * false_on
    noise = (1 - level) * _entropy(false_on) + level * _entropy(false_off)
    return max(0.0, _entropy(recalled) - noise)


def stored_bits(states: NDArray[np.bool_], patterns: NDArray[np.bool_], n_patterns: int) -> float:
    """Compute the information I = P N T(f; e01, e10) that a memory gives back, in bits.

    Parameters
    ----------
    states, patterns : array of bool, shape (n_probes, N)
        Recalled and stored patterns of the probes, from which f, e01 and e10 are counted.
    n_patterns : int
        P, number of patterns stored in the memory (the probes may be a sample of them).

    Returns
    -------
    float
        I; divided by the number of plastic synapses it is the capacity C.
    """
    counts = count_units(states, patterns)
    n_active = int(patterns.sum())
    n_silent = patterns.size - n_active
    if n_active == 0 or n_silent == 0:
        return 0.0
    bits = transmitted_bits(
        n_active / patterns.size,
        float(counts.spurious.sum() / n_silent),
        float(counts.missing.sum() / n_active),
    )
    return float(n_patterns * patterns.shape[1] * bits)


def _entropy(chance: float) -> float:
    return float(-(xlogy(chance, chance) + xlogy(1 - chance, 1 - chance)) / np.log(2))


def _check_shapes(states: NDArray[Any], patterns: NDArray[Any]) -> None:
    if states.shape != patterns.shape or states.ndim != 2:
        raise SpecError(f"states {states.shape} of patterns {patterns.shape}; needed: equal (P, N)")
