"""Sets of random vectors of +1 and -1, kept as one vector: their sum (MAP-I), or its sign (MAP-B).

A vector that was added points the way of the bundle, others do not: half of what a member has on
average tells them apart. How alike two bundles are estimates how many vectors they have in common.

References
----------
Clarkson, Ubaru & Yang, "Capacity Analysis of Vector Symbolic Architectures", arXiv:2301.10352
(2023).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import kernel
from networks.memories.bits import pack
from networks.memories.polar import Polar, check_polar
from networks.memories.protocol import Operations
from networks.memories.sdm import distance
from networks.memories.vsa_theory import agreement, alignment
from neuro.errors import SpecError

COUNTER = np.int16
MOST = int(np.iinfo(COUNTER).max)


class SumBundle:
    """Keep the sum of vectors (MAP-I).

    Parameters
    ----------
    size : int
        m, numbers of a vector.
    """

    def __init__(self, size: int) -> None:
        self._sum = np.zeros(size, dtype=COUNTER)
        self._n_items = 0
        self._operations = Operations()

    def store(self, patterns: Polar, /) -> None:
        """Add vectors, int8 of shape (P, m).

        Raises
        ------
        SpecError
            If a sum could leave its 16 bits.
        """
        check_polar(patterns, len(self._sum))
        if self._n_items + len(patterns) > MOST:
            raise SpecError(f"{self._n_items + len(patterns)} vectors; needed: at most {MOST}")
        self._sum += patterns.sum(axis=0, dtype=COUNTER)
        self._n_items += len(patterns)
        self._operations += Operations(writes=patterns.size)

    def holds(self, cues: Polar) -> NDArray[np.bool_]:
        """Return whether each cue is taken for one of the vectors: <x, B> > m / 2."""
        check_polar(cues, len(self._sum))
        self._operations += Operations(reads=cues.size)
        # Sums of up to 2**15 * m are exact in doubles.
        return np.asarray(
            cues.astype(np.float64) @ self._sum.astype(np.float64) > cues.shape[1] / 2
        )

    def recall(self, cues: Polar, /) -> Polar:
        """Return each cue that is taken for a member, and silence (zeros) for others."""
        return keep(cues, self.holds(cues))

    def common(self, other: SumBundle) -> float:
        """Estimate how many vectors two bundles have in common, <B, B'> / m; without bias."""
        m = len(self._sum)
        self._operations += Operations(reads=2 * m)
        return float(self._sum.astype(np.float64) @ other._sum.astype(np.float64)) / m

    @property
    def bytes(self) -> int:
        """Return the size of the sum."""
        return self._sum.nbytes

    @property
    def n_synapses(self) -> int:
        """Return m."""
        return len(self._sum)

    @property
    def operations(self) -> Operations:
        """Return the accesses to numbers of the sum since it was made."""
        return self._operations


class SignBundle:
    """Keep the sign of the sum of vectors (MAP-B), one bit for each number.

    A random vector joins a set of even size; without it, sums of 0 would have no sign.

    Parameters
    ----------
    size : int
        m, numbers of a vector.
    rng : numpy.random.Generator
        Of the vector that joins.
    """

    def __init__(self, size: int, rng: np.random.Generator) -> None:
        self._tie = np.asarray(2 * rng.integers(0, 2, size, dtype=np.int8) - 1, dtype=np.int8)
        self._bits = np.zeros(0, dtype=np.uint64)
        self._n_items = 0
        self._operations = Operations()

    def store(self, patterns: Polar, /) -> None:
        """Take all vectors at once, int8 of shape (P, m).

        Raises
        ------
        SpecError
            At a second call: signs do not tell the sums that the next vectors would be added to.
        """
        check_polar(patterns, len(self._tie))
        if self._n_items:
            raise SpecError("a bundle of signs takes its vectors at once; needed: a new bundle")
        total = patterns.sum(axis=0, dtype=np.int64) + (len(patterns) % 2 == 0) * self._tie
        self._bits = pack(total[None] > 0)[0]
        self._n_items = len(patterns)
        self._operations += Operations(writes=patterns.size)

    def holds(self, cues: Polar) -> NDArray[np.bool_]:
        """Return whether each cue is taken for a member: <x, sign B> > c m / 2."""
        m = len(self._tie)
        check_polar(cues, m)
        if not self._n_items:
            return np.zeros(len(cues), dtype=np.bool_)
        self._operations += Operations(reads=cues.size)
        likeness = m - 2 * distances(self._bits, pack(cues > 0))
        return np.asarray(likeness > alignment(self._n_items) * m / 2)

    def recall(self, cues: Polar, /) -> Polar:
        """Return each cue that is taken for a member, and silence (zeros) for others."""
        return keep(cues, self.holds(cues))

    def common(self, other: SignBundle) -> float:
        """Estimate how many vectors two bundles have in common.

        The number at which the signs would agree as often on average; below 0 and above the
        smaller set a straight line goes on, so that noise makes no bias at the ends.
        """
        m = len(self._tie)
        if not (self._n_items and other._n_items):
            return 0.0
        self._operations += Operations(reads=2 * m)
        likeness = 1 - 2 * float(distances(self._bits, other._bits[None])[0]) / m
        shared, mean = agreement(self._n_items, other._n_items)
        end = 0 if likeness < mean[0] else -2 if likeness > mean[-1] else None
        if end is None:
            return float(np.interp(likeness, mean, shared))
        slope = (shared[end + 1] - shared[end]) / (mean[end + 1] - mean[end])
        return float(shared[end] + slope * (likeness - mean[end]))

    @property
    def bytes(self) -> int:
        """Return the size of the bits; the vector that joins is needed by `store` alone."""
        return self._bits.nbytes

    @property
    def n_synapses(self) -> int:
        """Return m."""
        return len(self._tie)

    @property
    def operations(self) -> Operations:
        """Return the accesses to bits, and to the sums that become bits, since it was made."""
        return self._operations


def keep(cues: NDArray[Any], is_held: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the cues that are held, and zeros for others."""
    return np.asarray(cues * is_held[:, None], dtype=cues.dtype)


@kernel()
def distances(words: Any, rows: Any) -> Any:
    """Count the bits in which each row of words differs from some words."""
    found = np.empty(len(rows), np.int64)
    for row in range(len(rows)):
        found[row] = distance(words, rows[row])
    return found
