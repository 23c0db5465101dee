"""Binary patterns packed into words of 64 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import kernel

Words = NDArray[np.uint64]
WORD = 64

_PAIRS = np.uint64(0x5555555555555555)
_QUADS = np.uint64(0x3333333333333333)
_OCTETS = np.uint64(0x0F0F0F0F0F0F0F0F)
_ONES = np.uint64(0x0101010101010101)
_1, _2, _4, _56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)


def n_words(n_bits: int) -> int:
    """Return how many words hold as many bits."""
    return -(-n_bits // WORD)


def pack(patterns: NDArray[np.bool_]) -> Words:
    """Pack patterns of shape (P, N) into words of shape (P, ceil(N / 64)).

    Bit b of word w is unit 64 w + b; what is left of the last word is 0.
    """
    n_patterns, n_bits = patterns.shape
    packed = np.zeros((n_patterns, n_words(n_bits) * WORD // 8), dtype=np.uint8)
    octets = np.packbits(patterns, axis=1, bitorder="little")
    packed[:, : octets.shape[1]] = octets
    return packed.view("<u8").astype(np.uint64, copy=False)


def unpack(words: Words, n_bits: int) -> NDArray[np.bool_]:
    """Undo `pack`: the first `n_bits` of each row, as bool."""
    octets = np.ascontiguousarray(words).astype("<u8", copy=False).view(np.uint8)
    return np.unpackbits(octets, axis=1, count=n_bits, bitorder="little").view(np.bool_)


@kernel(inline="always")
def popcount(word: Any) -> Any:
    """Count the bits of one uint64 (the compiler makes one instruction of it).

    References
    ----------
    Warren, "Hacker's Delight", 2nd ed. (2012), section 5-1.
    """
    word = word - ((word >> _1) & _PAIRS)
    word = (word & _QUADS) + ((word >> _2) & _QUADS)
    return (((word + (word >> _4)) & _OCTETS) * _ONES) >> _56
