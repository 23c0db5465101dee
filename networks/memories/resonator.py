"""Resonator networks: which vector of each of F codebooks, if only their product is known.

    x_f <- g(X_f w(X_f^H o_f)),    o_f = s * prod of conj(x_h) over all other factors h,

one factor after the other, from the sum of its codebook. Vectors are +1 and -1 (g = sign) or
phasors (g keeps phases); w is the identity, or a softmax of beta Re(X_f^H o_f) / N (attention).

References
----------
Frady, Kent, Olshausen & Sommer, "Resonator networks, 1", Neural Computation 32 (2020).
Yeung, Poduval & Imani, "Self-attention based semantic decomposition in vector symbolic
architectures", arXiv:2403.13218 (2024): attention.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from networks.memories.protocol import Operations
from neuro.errors import SpecError

Update = Literal["sign", "phase", "attention"]
Vectors = NDArray[Any]
# Phasors settle gradually, and their factors turn against each other: what stays as like as this to
# what it was, but for a common phase or sign, has settled.
STILL = 0.999


@dataclass(frozen=True, slots=True)
class Resonator:
    """Describe a resonator network.

    Attributes
    ----------
    size : int
        N, numbers of a vector.
    factors : int
        F.
    update : {"sign", "phase", "attention"}
        Vectors of +1 and -1, or phasors without or with attention.
    beta : float
        Sharpness of attention.
    iterations : int
        Most rounds over all factors.
    """

    size: int
    factors: int = 3
    update: Update = "sign"
    beta: float = 10.0
    iterations: int = 300

    def empty(self) -> ResonatorMemory:
        """Make a network with empty codebooks."""
        return ResonatorMemory(self)

    @property
    def dtype(self) -> Any:
        """Return the type of vectors: int8, or complex64 of phasors."""
        return np.int8 if self.update == "sign" else np.complex64


class ResonatorMemory:
    """Hold the codebooks of one network.

    Attributes
    ----------
    settings : Resonator
        What was asked for.
    rounds : array of int64, shape (n_cues,)
        Rounds of each cue of the last recall.
    """

    def __init__(self, settings: Resonator) -> None:
        self.settings = settings
        self.rounds = np.zeros(0, dtype=np.int64)
        self._code = np.zeros((settings.factors, 0, settings.size), dtype=settings.dtype)
        self._operations = Operations()

    def store(self, patterns: Vectors, /) -> None:
        """Add one vector to each codebook with each pattern, shape (P, F N), side by side."""
        factors, size = self.settings.factors, self.settings.size
        self._check(patterns, factors * size)
        added = patterns.reshape(-1, factors, size).swapaxes(0, 1)
        self._code = np.concatenate([self._code, added], axis=1)
        self._operations += Operations(writes=patterns.size)

    def recall(self, cues: Vectors, /) -> Vectors:
        """Return the vectors of each product, shape (n, F N), from products of shape (n, N)."""
        self._check(cues, self.settings.size)
        if not self._code.shape[1]:
            raise SpecError("codebooks without vectors; needed: at least one stored")
        wide = np.float32 if self.settings.update == "sign" else np.complex64
        code = self._code.astype(wide)
        state, self.rounds = self._settle(code, cues.astype(wide))
        likeness = np.abs(state @ code.conj().swapaxes(1, 2))
        chosen = likeness.argmax(axis=2)
        self._count(int(self.rounds.sum()), len(cues))
        found = np.stack(
            [book[each] for book, each in zip(self._code, chosen, strict=True)], axis=1
        )
        return found.reshape(len(cues), -1)

    def first_guess(self, cues: Vectors) -> NDArray[np.int64]:
        """Return which vector of the first codebook the first update finds most like."""
        wide = np.float32 if self.settings.update == "sign" else np.complex64
        code = self._code.astype(wide)
        others = np.prod(_keep(code.sum(axis=1))[1:].conj(), axis=0)
        return np.asarray(np.abs((cues * others) @ code[0].conj().T).argmax(axis=1))

    @property
    def bytes(self) -> int:
        """Return the size of the codebooks."""
        return self._code.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the numbers of the codebooks."""
        return self._code.size

    @property
    def operations(self) -> Operations:
        """Return the accesses to codebooks: twice in each update, once for the answer."""
        return self._operations

    def _settle(self, code: Vectors, cues: Vectors) -> tuple[Vectors, NDArray[np.int64]]:
        n = len(cues)
        state = np.repeat(_keep(code.sum(axis=1))[:, None], n, axis=1)
        rounds, moving = np.zeros(n, dtype=np.int64), np.arange(n)
        for _ in range(self.settings.iterations):
            before = state[:, moving]
            after = self._round(code, cues[moving], before.copy())
            state[:, moving] = after
            rounds[moving] += 1
            stays = np.abs((after * before.conj()).mean(axis=2)).min(axis=0)
            moving = moving[stays < STILL]
            if not len(moving):
                break
        return state, rounds

    def _round(self, code: Vectors, cues: Vectors, state: Vectors) -> Vectors:
        for factor, book in enumerate(code):
            others = np.delete(state, factor, axis=0)
            weight = (cues * others.conj().prod(axis=0)) @ book.conj().T
            if self.settings.update == "attention":
                similar = self.settings.beta * weight.real / self.settings.size
                weight = softmax(similar, axis=1).astype(book.dtype)
            total = weight @ book
            state[factor] = np.where(total == 0, state[factor], _keep(total))
        return state

    def _count(self, n_rounds: int, n_cues: int) -> None:
        self._operations += Operations(reads=(2 * n_rounds + n_cues) * self._code.size)

    def _check(self, vectors: Vectors, size: int) -> None:
        kind = self.settings.dtype
        if vectors.ndim != 2 or vectors.shape[1] != size or vectors.dtype != kind:
            raise SpecError(
                f"vectors of {vectors.dtype} {vectors.shape}; "
                f"needed: {np.dtype(kind)} (number, {size})"
            )


def _keep(total: Vectors) -> Vectors:
    """Return signs of real numbers, phases of complex ones; of 0, 1."""
    length = np.abs(total)
    return np.where(length == 0, 1, total / np.where(length == 0, 1, length)).astype(total.dtype)
