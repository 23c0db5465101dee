"""The binary associative memory of Willshaw: clipped Hebbian synapses as bits, clocked recall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.memories.bits import n_words, pack, unpack
from networks.memories.planes import settle, store_pairs
from networks.memories.protocol import Operations
from neuro.errors import SpecError

WINNERS = -1


@dataclass(frozen=True, slots=True)
class Willshaw:
    """Store binary patterns in binary synapses: W_ij = 1 if a pattern has i and j active.

    Recall repeats one step from the cue: unit j sums s_j = sum of W_ij over active i. Then the
    `active` units of largest s_j become active, and of equal sums the unit of lower index
    (k winners); or, with a `threshold`, every unit with s_j >= threshold. All units update at
    once, a cue does not persist, and a state that a step does not change ends recall early.

    Attributes
    ----------
    size : int
        N, number of units.
    active : int
        k, number of winners.
    iterations : int
        Most steps of one recall.
    threshold : int, optional
        Fixed threshold in place of k winners. Without autapses an active unit of a full cue of
        k sums k - 1, so a pattern is a fixed point for thresholds up to k - 1.
    autapses : bool
        Whether a unit may connect to itself.

    References
    ----------
    Willshaw, Buneman & Longuet-Higgins, "Non-holographic associative memory", Nature 222
    (1969). Iterated recall: Gibson & Robinson, Network 3 (1992).
    """

    size: int
    active: int
    iterations: int = 8
    threshold: int | None = None
    autapses: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.active <= self.size:
            raise SpecError(f"{self.active} active of {self.size} units; needed: 1 to {self.size}")
        if self.iterations < 1:
            raise SpecError(f"{self.iterations} iterations; needed: at least 1")
        if self.threshold is not None and self.threshold < 0:
            raise SpecError(f"threshold {self.threshold}; needed: 0 or more")

    def empty(self, adjacency: NDArray[np.bool_] | None = None) -> WillshawMemory:
        """Make a memory that stores nothing.

        Parameters
        ----------
        adjacency : array of bool, shape (N, N), optional
            Where a synapse may be, [source, target]; every pair without it. The diagonal
            counts only with `autapses`.

        Returns
        -------
        WillshawMemory
            The memory.

        Raises
        ------
        SpecError
            If the shape of the adjacency is another.
        """
        return WillshawMemory(self, adjacency)


class WillshawMemory:
    """Hold the synapses of one memory, one bit each.

    Attributes
    ----------
    settings : Willshaw
        What was asked for.
    """

    def __init__(self, settings: Willshaw, adjacency: NDArray[np.bool_] | None = None) -> None:
        shape = (settings.size, settings.size)
        if adjacency is not None and (adjacency.shape != shape or adjacency.dtype != np.bool_):
            raise SpecError(
                f"adjacency of {adjacency.dtype} {adjacency.shape}; needed: bool {shape}"
            )
        self.settings = settings
        self._synapse = np.zeros((settings.size, n_words(settings.size)), dtype=np.uint64)
        # Without an adjacency nothing is kept of it: no row restricts a target.
        self._allowed = self._synapse[:0] if adjacency is None else pack(adjacency)
        self._everyone = pack(np.ones((1, settings.size), dtype=np.bool_))[0]
        self._operations = Operations()

    def store(self, patterns: NDArray[np.bool_], /) -> None:
        """Set the synapses between the active units of each pattern, shape (P, N)."""
        self._check(patterns)
        n_writes = store_pairs(self._synapse, self._allowed, pack(patterns), self.settings.autapses)
        self._operations += Operations(writes=int(n_writes))

    def step(self, states: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Update every state once, shape (P, N)."""
        return self._settle(states, 1)

    def recall(self, cues: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Let every cue settle for at most `iterations` steps, shape (P, N)."""
        return self._settle(cues, self.settings.iterations)

    @property
    def weight(self) -> NDArray[np.bool_]:
        """Return W, [source, target], shape (N, N); a copy."""
        return unpack(self._synapse, self.settings.size)

    @property
    def bytes(self) -> int:
        """Return the size of the synapses and of the adjacency."""
        return self._synapse.nbytes + self._allowed.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of places where a synapse may be."""
        size, with_self = self.settings.size, self.settings.autapses
        if not len(self._allowed):
            return size * size if with_self else size * (size - 1)
        diagonal = 0 if with_self else int(unpack(self._allowed, size).diagonal().sum())
        return int(np.bitwise_count(self._allowed).sum()) - diagonal

    @property
    def fill(self) -> float:
        """Return the fraction of those places that hold a synapse, p1."""
        return float(np.bitwise_count(self._synapse).sum() / max(1, self.n_synapses))

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        return self._operations

    def _settle(self, states: NDArray[np.bool_], iterations: int) -> NDArray[np.bool_]:
        self._check(states)
        settled = pack(states)
        threshold = WINNERS if self.settings.threshold is None else self.settings.threshold
        n_reads = settle(
            self._synapse, settled, self._everyone, self.settings.active, threshold, iterations
        )
        self._operations += Operations(reads=int(n_reads) * self.settings.size)
        return unpack(settled, self.settings.size)

    def _check(self, states: NDArray[Any]) -> None:
        if states.ndim != 2 or states.shape[1] != self.settings.size or states.dtype != np.bool_:
            raise SpecError(
                f"patterns of {states.dtype} {states.shape}; "
                f"needed: bool (number, {self.settings.size})"
            )
