"""Associative memories of the same synapses, stored as bits and as dense NumPy matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from networks.memories.willshaw import Willshaw

Bits = NDArray[np.bool_]


class Store(Protocol):
    """Store binary patterns in binary synapses, recall by one step with a threshold."""

    def store(self, patterns: Bits, /) -> None:
        """Set the synapses between the active units of each pattern."""
        ...

    def recall(self, cues: Bits, /) -> Bits:
        """Return the units that hear at least the threshold."""
        ...

    @property
    def weight(self) -> Bits:
        """Return W, [source, target]."""
        ...

    @property
    def bytes(self) -> int:
        """Return the size of the synapses."""
        ...


class OneByOne:
    """Hand the memory of bits one pattern and one cue at a time."""

    def __init__(self, size: int, threshold: int) -> None:
        self._memory = bits(size, threshold)

    def store(self, patterns: Bits, /) -> None:
        """Store by a call for each pattern."""
        for number in range(len(patterns)):
            self._memory.store(patterns[number : number + 1])

    def recall(self, cues: Bits, /) -> Bits:
        """Recall by a call for each cue."""
        states = [self._memory.recall(cues[number : number + 1]) for number in range(len(cues))]
        return np.concatenate(states)

    @property
    def weight(self) -> Bits:
        """Return W, [source, target]."""
        return self._memory.weight

    @property
    def bytes(self) -> int:
        """Return the size of the synapses."""
        return self._memory.bytes


class DenseRows:
    """Keep a byte for each synapse; set and add the rows of active units, as NumPy is written."""

    def __init__(self, size: int, threshold: int) -> None:
        self._threshold = threshold
        self._weight = np.zeros((size, size), dtype=np.uint8)

    def store(self, patterns: Bits, /) -> None:
        """Set the block of the active units of each pattern."""
        for pattern in patterns:
            active = np.flatnonzero(pattern)
            self._weight[np.ix_(active, active)] = 1

    def recall(self, cues: Bits, /) -> Bits:
        """Add the rows of the active units of each cue."""
        states = np.empty_like(cues)
        for cue, state in zip(cues, states, strict=True):
            heard = self._weight[np.flatnonzero(cue)].sum(axis=0, dtype=np.uint16)
            np.greater_equal(heard, self._threshold, out=state)
        return states

    @property
    def weight(self) -> Bits:
        """Return W, [source, target]."""
        return self._weight.astype(np.bool_)

    @property
    def bytes(self) -> int:
        """Return the size of the synapses."""
        return self._weight.nbytes


class DenseProduct:
    """Keep a float for each synapse; store and recall all at once by a matrix product."""

    def __init__(self, size: int, threshold: int) -> None:
        self._threshold = threshold
        self._weight = np.zeros((size, size), dtype=np.float32)

    def store(self, patterns: Bits, /) -> None:
        """Clip the product of all patterns with themselves."""
        shown = patterns.astype(np.float32)
        np.maximum(self._weight, np.minimum(shown.T @ shown, 1), out=self._weight)

    def recall(self, cues: Bits, /) -> Bits:
        """Multiply all cues with the matrix."""
        return np.asarray(cues.astype(np.float32) @ self._weight >= self._threshold)

    @property
    def weight(self) -> Bits:
        """Return W, [source, target]."""
        return self._weight.astype(np.bool_)

    @property
    def bytes(self) -> int:
        """Return the size of the synapses."""
        return self._weight.nbytes


def bits(size: int, threshold: int) -> Store:
    """Make the memory of the house: a bit for each synapse, all patterns in one call."""
    return Willshaw(size, size, 1, threshold, autapses=True).empty()


# Name -> maker (size, threshold) and what it is.
STORES: Mapping[str, tuple[Callable[[int, int], Store], str]] = MappingProxyType(
    {
        "bits": (bits, "bits, all patterns in one call"),
        "bits-single": (OneByOne, "bits, a call for each pattern"),
        "numpy-rows": (DenseRows, "NumPy, uint8, rows of active units"),
        "numpy-product": (DenseProduct, "NumPy, float32, one product for all"),
    }
)
PEERS = ("numpy-rows", "numpy-product")
