"""Clique memory of Gripon and Berrou: messages as cliques between clusters, synapses as bits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, kernel
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Bits = NDArray[np.bool_]
WORD = 64


@dataclass(frozen=True, slots=True)
class Cliques:
    """Store messages that choose one unit in each cluster.

    A message joins its units by binary synapses. A cue leaves clusters empty; all their units
    are candidates then. In every step a unit scores one point for each cluster that holds at
    least one active neighbour of it, its own state counting for its own cluster; of each
    cluster the units of largest score stay active ("sum of max").

    Attributes
    ----------
    clusters : int
        c, clusters.
    units : int
        l, units of each cluster.
    iterations : int, optional
        Most steps of one recall; without it until nothing changes.

    References
    ----------
    Gripon & Berrou, "Sparse neural networks with large learning diversity", IEEE Transactions on
    Neural Networks 22 (2011); sum of max: Gripon & Berrou, "Nearly-optimal associative memories
    based on distributed constant weight codes", ITA 2012.
    """

    clusters: int
    units: int
    iterations: int | None = None

    def __post_init__(self) -> None:
        if self.clusters < 2 or self.units < 1 or self.most_steps < 1:
            raise SpecError(
                f"{self.clusters} clusters of {self.units} units, {self.iterations} iterations; "
                "needed: at least 2 clusters, 1 unit and 1 iteration"
            )

    @property
    def size(self) -> int:
        """Return N, the number of all units."""
        return self.clusters * self.units

    @property
    def most_steps(self) -> int:
        """Return the most steps of one recall: each but the last silences a unit at least."""
        return self.size if self.iterations is None else self.iterations

    def empty(self) -> CliqueMemory:
        """Make a memory that stores nothing."""
        return CliqueMemory(self)


class CliqueMemory:
    """Hold the synapses of one memory, 64 in a word; clusters begin at whole words.

    Attributes
    ----------
    settings : Cliques
        What was asked for.
    """

    def __init__(self, settings: Cliques) -> None:
        self.settings = settings
        self._words = -(-settings.units // WORD)
        self._synapse = np.zeros((settings.size, settings.clusters * self._words), dtype=np.uint64)
        self._operations = Operations()

    def store(self, patterns: Bits, /) -> None:
        """Join the units of each pattern; shape (P, N), one active unit in each cluster.

        Raises
        ------
        SpecError
            If a cluster of a pattern has another number of active units.
        """
        self._check(patterns)
        shape = (-1, self.settings.clusters, self.settings.units)
        clusters = patterns.reshape(shape)
        if not (clusters.sum(axis=2) == 1).all():
            raise SpecError("a message needs exactly one active unit in each cluster")
        n = _store(self._synapse, clusters.argmax(axis=2), self.settings.units, self._words)
        self._operations += Operations(writes=int(n))

    def recall(self, cues: Bits, /) -> Bits:
        """Complete cues, shape (P, N); a cluster without an active unit is unknown.

        Returns
        -------
        array of bool, shape (P, N)
            Where a cluster keeps several units the message is not unique.
        """
        return self._settle(cues, self.settings.most_steps)

    def step(self, cues: Bits, /) -> Bits:
        """Complete cues as `recall` does, but by one step."""
        return self._settle(cues, 1)

    @property
    def bytes(self) -> int:
        """Return the size of the synapses."""
        return self._synapse.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of pairs of units of different clusters."""
        c, units = self.settings.clusters, self.settings.units
        return c * (c - 1) * units**2 // 2

    @property
    def density(self) -> float:
        """Return the fraction of those pairs that are joined."""
        return float(np.bitwise_count(self._synapse).sum()) / 2 / self.n_synapses

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        return self._operations

    def _settle(self, cues: Bits, iterations: int) -> Bits:
        self._check(cues)
        shape = (len(cues), self.settings.clusters, self.settings.units)
        active = cues.reshape(shape).copy()
        active |= ~active.any(axis=2, keepdims=True)
        n = _recall(self._synapse, active, self._words, iterations)
        self._operations += Operations(reads=int(n))
        return active.reshape(cues.shape)

    def _check(self, states: NDArray[Any]) -> None:
        if states.ndim != 2 or states.shape[1] != self.settings.size or states.dtype != np.bool_:
            raise SpecError(
                f"patterns of {states.dtype} {states.shape}; "
                f"needed: bool (number, {self.settings.size})"
            )


@kernel()
def _store(synapse: Any, messages: Any, n_units: int, words: int) -> int:
    n_clusters = messages.shape[1]
    for message in messages:
        for a in range(n_clusters):
            row = synapse[a * n_units + message[a]]
            for b in range(n_clusters):
                if a != b:
                    unit = message[b]
                    row[b * words + unit // WORD] |= np.uint64(1) << np.uint64(unit % WORD)
    n_writes: int = len(messages) * n_clusters * (n_clusters - 1)
    return n_writes


@kernel()
def _recall(synapse: Any, active: Any, words: int, iterations: int) -> int:
    """Let all states settle in place; count the synapses looked at, 64 with each word."""
    n_cues, n_clusters, n_units = active.shape
    packed = np.empty(n_clusters * words, np.uint64)
    score = np.empty(n_units, np.int64)
    n_reads = 0
    for cue in range(n_cues):
        state = active[cue]
        for _ in range(iterations):
            _pack(state, packed, words)
            changed = False
            for a in range(n_clusters):
                best = -1
                for unit in range(n_units):
                    score[unit] = -1
                    if state[a, unit]:
                        row = synapse[a * n_units + unit]
                        score[unit], n_words = _points(row, packed, a, words)
                        best = max(best, score[unit])
                        n_reads += n_words * WORD
                for unit in range(n_units):
                    if state[a, unit] and score[unit] < best:
                        state[a, unit] = False
                        changed = True
            if not changed:
                break
    return n_reads


@inner()
def _pack(state: Any, packed: Any, words: int) -> None:
    packed[:] = 0
    for cluster in range(state.shape[0]):
        for unit in range(state.shape[1]):
            if state[cluster, unit]:
                packed[cluster * words + unit // WORD] |= np.uint64(1) << np.uint64(unit % WORD)


@inner()
def _points(row: Any, packed: Any, own: int, words: int) -> tuple[int, int]:
    """Count the other clusters that hold an active neighbour, and the words read to know it."""
    points = n_words = 0
    for cluster in range(len(packed) // words):
        if cluster != own:
            for word in range(cluster * words, (cluster + 1) * words):
                n_words += 1
                if row[word] & packed[word]:
                    points += 1
                    break
    return points, n_words
