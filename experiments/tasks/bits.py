"""Streams of bits whose last N decide: N-parity and N-delayed match to sample."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.int8]
Labels = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BitTask:
    """Hold a family of tasks on bits, one for each N.

    Attributes
    ----------
    name : str
        In tables and files.
    draw_chance : callable
        Takes a number of sequences and a generator; returns the chance of a 1 in each.
    label : callable
        Takes bits, shape (n_steps, n_sequences), and N; returns 0 or 1 for each sequence.
    chance : callable
        Takes N; returns the best accuracy without looking at the bits.

    References
    ----------
    Khajehabdollahi et al., "Emergent mechanisms for long timescales depend on training curriculum
    and affect performance in memory tasks", ICLR 2024.
    """

    name: str
    draw_chance: Callable[[int, np.random.Generator], NDArray[np.float64]]
    label: Callable[[Bits, int], Labels]
    chance: Callable[[int], float]

    def draw(self, largest: int, n_sequences: int, rng: np.random.Generator) -> Bits:
        """Draw sequences of one length, uniform from N + 2 to 4 N + 1.

        Parameters
        ----------
        largest : int
            The largest N that is asked of these sequences.
        n_sequences : int
            How many.
        rng : numpy.random.Generator
            Source of the draws.

        Returns
        -------
        array of int8, shape (n_steps, n_sequences)
        """
        n_steps = int(rng.integers(largest + 2, 4 * largest + 2))
        chance = self.draw_chance(n_sequences, rng)
        return (rng.random((n_steps, n_sequences)) < chance).astype(np.int8)


def parity(bits: Bits, n: int) -> Labels:
    """Return the sum of the last N bits, modulo 2."""
    total: Labels = bits[len(bits) - n :].sum(axis=0, dtype=np.int64) % 2
    return total


def parity_chance(n: int) -> float:
    """Return the larger chance of the two parities, if the chance p of a 1 is uniform.

    (1 + E[(1 - 2p)^N]) / 2: one half for odd N, 1/2 + 1 / (2 (N + 1)) for even N.
    """
    return 0.5 if n % 2 else 0.5 + 1 / (2 * (n + 1))


def match(bits: Bits, n: int) -> Labels:
    """Tell whether the bit N back, the last counting as 1, is the same as the last."""
    same: Labels = (bits[len(bits) - n] == bits[-1]).astype(np.int64)
    return same


PARITY = BitTask("parity", lambda n, rng: rng.random(n), parity, parity_chance)
MATCH = BitTask("match", lambda n, _: np.full(n, 0.5), match, lambda _: 0.5)
BIT_TASKS: Mapping[str, BitTask] = MappingProxyType({each.name: each for each in (PARITY, MATCH)})
