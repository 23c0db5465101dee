"""The modern Hopfield memory: patterns are kept as they are, and a read is their weighted mean.

    xi <- X^T share(beta (X xi - theta)),

with share a softmax, one of the sparse entmaxes, or softmax-one, which adds a pattern of nothing
whose overlap counts as theta: where that one has more than half, the memory declines to answer.

References
----------
Ramsauer et al., "Hopfield networks is all you need", ICLR (2021).
Hu et al., "On sparse modern Hopfield model", NeurIPS 36 (2023): sparse shares.
Hu et al., "Outlier-efficient Hopfield layers for large transformer-based models", ICML (2024).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.memories.protocol import Operations
from networks.memories.separation import Separation, entmax, softmax, softmax_one, sparsemax
from neuro.errors import SpecError

Array = NDArray[np.float64]
SHARES: dict[Separation, Callable[[Array], Array]] = {
    "softmax": softmax,
    "softmax-one": softmax_one,
    "entmax": entmax,
    "sparsemax": sparsemax,
}
STILL = 1e-6  # a state of +1 and -1 that moves less than this has settled
CHUNK = 1 << 22  # scores held at once


@dataclass(frozen=True, slots=True)
class ModernHopfield:
    """Describe a modern Hopfield memory.

    Attributes
    ----------
    size : int
        N, units of a pattern.
    separation : {"softmax", "softmax-one", "entmax", "sparsemax"}
        What makes shares of scores.
    beta : float
        Sharpness, by units of overlap.
    iterations : int
        Most reads of one recall; a read that moves nothing ends it early.
    threshold : float
        theta, the overlap as which nothing counts; softmax-one alone knows it.
    """

    size: int
    separation: Separation = "softmax"
    beta: float = 0.5
    iterations: int = 1
    threshold: float = 0.0

    def __post_init__(self) -> None:
        if self.separation not in SHARES:
            raise SpecError(f"separation {self.separation!r}; needed: one of {', '.join(SHARES)}")
        if self.size < 1 or self.iterations < 1:
            raise SpecError(f"{self.size} units, {self.iterations} reads; needed: 1 or more")
        if not 0 < self.beta < np.inf:
            raise SpecError(f"beta {self.beta}; needed: above 0")

    def empty(self) -> ModernHopfieldMemory:
        """Make a memory that stores nothing."""
        return ModernHopfieldMemory(self)


class ModernHopfieldMemory:
    """Hold the patterns of one memory.

    Attributes
    ----------
    settings : ModernHopfield
        What was asked for.
    """

    def __init__(self, settings: ModernHopfield) -> None:
        self.settings = settings
        self._pattern = np.zeros((0, settings.size), dtype=np.int8)
        self._operations = Operations()

    def store(self, patterns: NDArray[np.int8], /) -> None:
        """Keep every pattern of +1 and -1, shape (P, N)."""
        self._check(patterns)
        self._pattern = np.concatenate([self._pattern, patterns])
        self._operations += Operations(writes=patterns.size)

    def shares(self, states: NDArray[Any], /) -> Array:
        """Return what each pattern has of the read at each state, shape (n, P)."""
        self._check(states, kept=True)
        score = states.astype(np.float64) @ self._pattern.T.astype(np.float64)
        if self.settings.separation == "softmax-one":
            score -= self.settings.threshold
        return SHARES[self.settings.separation](self.settings.beta * score)

    def step(self, states: NDArray[Any], /) -> Array:
        """Read once at every state, shape (n, N)."""
        read, share_n = np.empty(states.shape), 0
        rows = max(1, CHUNK // max(1, len(self._pattern)))
        for start in range(0, len(states), rows):
            share = self.shares(states[start : start + rows])
            share_n += int(np.count_nonzero(share))
            read[start : start + rows] = share @ self._pattern
        accesses = len(states) * self._pattern.size + share_n * self.settings.size
        self._operations += Operations(reads=accesses)
        return read

    def recall(self, cues: NDArray[Any], /) -> NDArray[np.int8]:
        """Return the signs of what is read in the end; 0 everywhere where the memory declines."""
        self._check(cues, kept=True)
        state = cues.astype(np.float64)
        moving = np.arange(len(cues))
        for _ in range(self.settings.iterations):
            after = self.step(state[moving])
            moved = np.abs(after - state[moving]).max(axis=1, initial=0.0) > STILL
            state[moving] = after
            moving = moving[moved]
            if not len(moving):
                break
        states = np.where(state < 0, -1, 1).astype(np.int8)
        if self.settings.separation == "softmax-one":
            states[~self.knows(cues)] = 0
        return states

    def knows(self, cues: NDArray[Any], /) -> NDArray[np.bool_]:
        """Return whether the patterns together have more than half of the read at each cue."""
        self._operations += Operations(reads=len(cues) * self._pattern.size)
        return np.asarray(self.shares(cues).sum(axis=1) > 0.5)

    @property
    def bytes(self) -> int:
        """Return the size of the patterns, a byte a unit."""
        return self._pattern.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of units that are kept."""
        return self._pattern.size

    @property
    def operations(self) -> Operations:
        """Return the accesses to units: all for overlaps, those with a share for the mean."""
        return self._operations

    def _check(self, states: NDArray[Any], kept: bool = False) -> None:
        size = self.settings.size
        if states.ndim != 2 or states.shape[1] != size or states.dtype.kind not in "if":
            raise SpecError(f"states of {states.dtype} {states.shape}; needed: (number, {size})")
        if kept and not len(self._pattern):
            raise SpecError("a memory without patterns; needed: at least one stored")
        if not kept and states.dtype != np.int8:
            raise SpecError(f"patterns of {states.dtype}; needed: int8 of +1 and -1")
