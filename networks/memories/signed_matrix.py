"""Sets of random vectors of +1 and -1, kept as one matrix of random signs (Hopfield+-).

W = sum_i r_i x_i x_i^T, where the sign r of a vector is a function of it: the parity of its first
half. A member has r x^T W x = m**2 on average, others 0; the signs let cross-talk cancel.

References
----------
Clarkson, Ubaru & Yang, "Capacity Analysis of Vector Symbolic Architectures", arXiv:2301.10352
(2023).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from networks.memories.bundles import keep
from networks.memories.polar import Polar, check_polar
from networks.memories.protocol import Operations


class SignedMatrix:
    """Keep a set of vectors as the matrix of their signed products.

    Parameters
    ----------
    size : int
        m, numbers of a vector.
    """

    def __init__(self, size: int) -> None:
        self._weight = np.zeros((size, size), dtype=np.int32)
        self._operations = Operations()

    def store(self, patterns: Polar, /) -> None:
        """Add vectors, int8 of shape (P, m)."""
        check_polar(patterns, len(self._weight))
        # Whole numbers are exact in doubles, which have a fast product.
        wide = patterns.astype(np.float64)
        self._weight += ((sign_of(patterns)[:, None] * wide).T @ wide).astype(np.int32)
        self._operations += Operations(writes=len(patterns) * self._weight.size)

    def holds(self, cues: Polar) -> NDArray[np.bool_]:
        """Return whether each cue is taken for a member: r x^T W x > m**2 / 2."""
        check_polar(cues, len(self._weight))
        self._operations += Operations(reads=len(cues) * self._weight.size)
        wide = cues.astype(np.float64)
        energy = ((wide @ self._weight.astype(np.float64)) * wide).sum(axis=1)
        return np.asarray(sign_of(cues) * energy > self._weight.size / 2)

    def recall(self, cues: Polar, /) -> Polar:
        """Return each cue that is taken for a member, and silence (zeros) for others."""
        return keep(cues, self.holds(cues))

    def common(self, other: SignedMatrix) -> float:
        """Estimate how many vectors two sets have in common, tr(W W') / m**2; without bias."""
        self._operations += Operations(reads=2 * self._weight.size)
        product = self._weight.astype(np.float64) * other._weight
        return float(product.sum()) / self._weight.size

    @property
    def bytes(self) -> int:
        """Return the size of the matrix."""
        return self._weight.nbytes

    @property
    def n_synapses(self) -> int:
        """Return m**2."""
        return self._weight.size

    @property
    def operations(self) -> Operations:
        """Return the accesses to the matrix since it was made."""
        return self._operations


def sign_of(vectors: Polar) -> NDArray[np.int64]:
    """Return the sign r of each vector, the product of the first half of its numbers."""
    half = vectors[:, : (vectors.shape[1] + 1) // 2]
    return np.asarray(1 - 2 * ((half < 0).sum(axis=1) % 2), dtype=np.int64)
