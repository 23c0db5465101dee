"""A memory that keeps its patterns and reads their mean, weighted by distance: attention.

With the weight that a sparse distributed memory gives to a distance on average, the number of
locations that two circles share, it is that memory without chance; with exp(beta cos) it is the
attention of transformers.

References
----------
Bricken & Pehlevan, "Attention approximates sparse distributed memory", NeurIPS 34 (2021).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import kernel
from networks.memories.bits import Words, n_words, pack
from networks.memories.polar import signs
from networks.memories.protocol import Operations
from networks.memories.sdm import check_patterns, distance, pack_row, take_signs
from neuro.errors import SpecError

Array = NDArray[np.float64]


def softmax_weights(size: int, beta: float) -> Array:
    """Return exp(beta (cos - 1)) by distance, with cos = 1 - 2 v / n, shape (n + 1,)."""
    return np.asarray(np.exp(-2 * beta * np.arange(size + 1) / size))


class WeightedRead:
    """Hold patterns, and what each counts for a query by its distance.

    Attributes
    ----------
    weight : array, shape (n + 1,)
        By the number of bits in which pattern and query differ; not negative.
    iterations : int
        Most reads of one recall; a read that changes nothing ends it early.
    """

    def __init__(self, weight: Array, iterations: int = 1) -> None:
        if weight.ndim != 1 or len(weight) < 2 or not (weight >= 0).all() or iterations < 1:
            raise SpecError("needed: a weight of 0 or more for each distance, and a read or more")
        self.weight = weight
        self.iterations = iterations
        self._packed: Words = np.zeros((0, n_words(self._size)), dtype=np.uint64)
        self._sign = np.zeros((0, self._size), dtype=np.int8)
        self._operations = Operations()

    @property
    def _size(self) -> int:
        return len(self.weight) - 1

    def store(self, patterns: NDArray[np.bool_], /) -> None:
        """Keep every pattern, shape (P, n)."""
        check_patterns(patterns, self._size)
        self._packed = np.concatenate([self._packed, pack(patterns)])
        self._sign = np.concatenate([self._sign, signs(patterns)])
        self._operations += Operations(writes=patterns.size)

    def step(self, states: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Read once at every state, shape (P, n)."""
        return self._read(states, 1)

    def recall(self, cues: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Read at every cue, and again where was read, at most `iterations` times."""
        return self._read(cues, self.iterations)

    @property
    def bytes(self) -> int:
        """Return the size of the patterns, as bits."""
        return self._packed.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of bits that are kept."""
        return self._sign.size

    @property
    def operations(self) -> Operations:
        """Return the accesses to bits of patterns: to find its distance, and to weigh it."""
        return self._operations

    def _read(self, states: NDArray[np.bool_], iterations: int) -> NDArray[np.bool_]:
        check_patterns(states, self._size)
        settled = states.copy()
        n_reads = read_weighted(self._packed, self._sign, self.weight, settled, iterations)
        self._operations += Operations(reads=2 * int(n_reads) * self.n_synapses)
        return settled


@kernel()
def read_weighted(packed: Any, sign: Any, weight: Any, states: Any, iterations: int) -> Any:
    """Let all states settle in place; return reads done."""
    total = np.empty(sign.shape[1])
    query = np.empty(packed.shape[1], np.uint64)
    n_reads: Any = 0
    for state in states:
        for _ in range(iterations):
            pack_row(state, query)
            total[:] = 0.0
            for pattern in range(len(packed)):
                share = weight[distance(packed[pattern], query)]
                for bit in range(len(total)):
                    total[bit] += share * sign[pattern, bit]
            n_reads += 1
            if not take_signs(total, state):
                break
    return n_reads
