"""Sets of sparse binary vectors, kept as one: their union (Bloom) or their sum (counting Bloom).

An item is k of m bits. The union takes for a member whatever has all of its bits set; it forgets
no member. Counters answer the same, and know how often a bit was set: an item can be taken out.

References
----------
Bloom, "Space/time trade-offs in hash coding with allowable errors", CACM 13 (1970).
Fan, Cao, Almeida & Broder, "Summary cache", IEEE/ACM ToN 8 (2000): counters.
Clarkson, Ubaru & Yang, arXiv:2301.10352 (2023): both as bundles of sparse vectors.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import kernel
from networks.memories.bits import n_words, pack, popcount
from networks.memories.bundles import COUNTER, MOST, keep
from networks.memories.protocol import Operations
from networks.memories.sdm import check_patterns
from neuro.errors import SpecError


class BloomFilter:
    """Keep the union of items.

    Parameters
    ----------
    size, active : int
        m, bits; k, bits that an item has.
    """

    def __init__(self, size: int, active: int) -> None:
        check_active(active, size)
        self._size, self._active = size, active
        self._bits = np.zeros(n_words(size), dtype=np.uint64)
        self._n_items = 0
        self._operations = Operations()

    def store(self, patterns: NDArray[np.bool_], /) -> None:
        """Set the bits of items, bool of shape (P, m) with k active each."""
        check_items(patterns, self._size, self._active)
        self._bits |= np.bitwise_or.reduce(pack(patterns), axis=0)
        self._n_items += len(patterns)
        self._operations += Operations(writes=len(patterns) * self._active)

    def holds(self, cues: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return whether all bits of each cue are set."""
        check_items(cues, self._size, self._active)
        is_held, n_reads = covered(self._bits, pack(cues))
        self._operations += Operations(reads=int(n_reads))
        return np.asarray(is_held)

    def recall(self, cues: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Return each cue that is taken for a member, and silence for others."""
        return keep(cues, self.holds(cues))

    def common(self, other: BloomFilter) -> float:
        """Estimate how many items two filters have in common.

        As many as both have, less those that the fill of their union stands for: items leave a
        bit unset with chance 1 - k / m each.
        """
        unset = 1 - (np.bitwise_count(self._bits | other._bits).sum() / self._size)
        self._operations += Operations(reads=2 * self._size)
        # A union without a bit left stands for as many items as leave half of one.
        union = np.log(max(unset, 0.5 / self._size)) / np.log1p(-self._active / self._size)
        return float(self._n_items + other._n_items - union)

    @property
    def fill(self) -> float:
        """Return the fraction of bits that are set."""
        return float(np.bitwise_count(self._bits).sum() / self._size)

    @property
    def bytes(self) -> int:
        """Return the size of the bits."""
        return self._bits.nbytes

    @property
    def n_synapses(self) -> int:
        """Return m."""
        return self._size

    @property
    def operations(self) -> Operations:
        """Return the accesses to bits; the words of a cue are read up to one that is not set."""
        return self._operations


class CountingBloom:
    """Keep the sum of items, in counters of 16 bits.

    Parameters
    ----------
    size, active : int
        m, counters; k, counters that an item has.
    """

    def __init__(self, size: int, active: int) -> None:
        check_active(active, size)
        self._active = active
        self._count = np.zeros(size, dtype=COUNTER)
        self._n_items = 0
        self._operations = Operations()

    def store(self, patterns: NDArray[np.bool_], /) -> None:
        """Count items in, bool of shape (P, m) with k active each."""
        self._change(patterns, 1)

    def remove(self, patterns: NDArray[np.bool_]) -> None:
        """Count items out that were stored."""
        self._change(patterns, -1)

    def holds(self, cues: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return whether all counters of each cue are above 0."""
        check_items(cues, len(self._count), self._active)
        is_held, n_reads = covered(pack(self._count[None] > 0)[0], pack(cues))
        self._operations += Operations(reads=int(n_reads))
        return np.asarray(is_held)

    def recall(self, cues: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Return each cue that is taken for a member, and silence for others."""
        return keep(cues, self.holds(cues))

    def common(self, other: CountingBloom) -> float:
        """Estimate how many items two filters have in common; without bias.

        An item meets itself in k counters, any other in k**2 / m on average.
        """
        m, k = len(self._count), self._active
        self._operations += Operations(reads=2 * m)
        met = float(self._count.astype(np.float64) @ other._count.astype(np.float64))
        return (met - self._n_items * other._n_items * k**2 / m) / (k * (1 - k / m))

    @property
    def bytes(self) -> int:
        """Return the size of the counters."""
        return self._count.nbytes

    @property
    def n_synapses(self) -> int:
        """Return m."""
        return len(self._count)

    @property
    def operations(self) -> Operations:
        """Return the accesses to counters; as a `BloomFilter` counts them."""
        return self._operations

    def _change(self, patterns: NDArray[np.bool_], sign: int) -> None:
        check_items(patterns, len(self._count), self._active)
        n_items = self._n_items + sign * len(patterns)
        changed = self._count + sign * patterns.sum(axis=0, dtype=np.int64)
        if n_items > MOST or changed.min() < 0:
            raise SpecError(f"{n_items} items; needed: at most {MOST}, and out what is in")
        self._count, self._n_items = changed.astype(COUNTER), n_items
        self._operations += Operations(writes=len(patterns) * self._active)


def check_active(active: int, size: int) -> None:
    """Refuse items that are no sparse choice of bits."""
    if not 0 < active < size:
        raise SpecError(f"{active} active of {size} bits; needed: 1 to {size - 1}")


def check_items(patterns: NDArray[Any], size: int, active: int) -> None:
    """Refuse what is not items of as many bits, of which so many are active."""
    check_patterns(patterns, size)
    if (patterns.sum(axis=1) != active).any():
        raise SpecError(f"items that have not {active} active bits; needed: {active} in each")


@kernel()
def covered(bits: Any, cues: Any) -> Any:
    """Return whether all bits of each cue are set, and how many bits were read to know it."""
    is_held = np.ones(len(cues), np.bool_)
    n_reads: Any = 0
    for cue in range(len(cues)):
        for word in range(len(bits)):
            n_reads += np.int64(popcount(cues[cue, word]))
            if cues[cue, word] & ~bits[word]:
                is_held[cue] = False
                break
    return is_held, n_reads
