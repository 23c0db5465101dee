"""The binary associative memory of Willshaw: clipped Hebbian synapses, clocked recall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

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
    """Hold the synapses of one memory.

    Attributes
    ----------
    settings : Willshaw
        What was asked for.
    weight : array of bool, shape (N, N)
        W, [source, target].
    """

    def __init__(self, settings: Willshaw, adjacency: NDArray[np.bool_] | None = None) -> None:
        shape = (settings.size, settings.size)
        if adjacency is not None and (adjacency.shape != shape or adjacency.dtype != np.bool_):
            raise SpecError(
                f"adjacency of {adjacency.dtype} {adjacency.shape}; needed: bool {shape}"
            )
        self.settings = settings
        self.weight: NDArray[np.bool_] = np.zeros(shape, dtype=np.bool_)
        self._adjacency = np.ones(shape, dtype=np.bool_) if adjacency is None else adjacency.copy()
        if not settings.autapses:
            np.fill_diagonal(self._adjacency, False)
        self._operations = Operations()

    def store(self, patterns: NDArray[np.bool_], /) -> None:
        """Set the synapses between the active units of each pattern, shape (P, N)."""
        self._check(patterns)
        n_writes = _store(self.weight, self._adjacency, patterns)
        self._operations += Operations(writes=int(n_writes))

    def step(self, states: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Update every state once, shape (P, N)."""
        return self._settle(states, 1)

    def recall(self, cues: NDArray[np.bool_], /) -> NDArray[np.bool_]:
        """Let every cue settle for at most `iterations` steps, shape (P, N)."""
        return self._settle(cues, self.settings.iterations)

    @property
    def bytes(self) -> int:
        """Return the size of the synapses and of the adjacency."""
        return self.weight.nbytes + self._adjacency.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of places where a synapse may be."""
        return int(self._adjacency.sum())

    @property
    def fill(self) -> float:
        """Return the fraction of those places that hold a synapse, p1."""
        return float(self.weight.sum() / max(1, self.n_synapses))

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        return self._operations

    def _settle(self, states: NDArray[np.bool_], iterations: int) -> NDArray[np.bool_]:
        self._check(states)
        settled = states.copy()
        threshold = WINNERS if self.settings.threshold is None else self.settings.threshold
        n_reads = _recall(self.weight, settled, self.settings.active, threshold, iterations)
        self._operations += Operations(reads=int(n_reads))
        return settled

    def _check(self, states: NDArray[Any]) -> None:
        if states.ndim != 2 or states.shape[1] != self.settings.size or states.dtype != np.bool_:
            raise SpecError(
                f"patterns of {states.dtype} {states.shape}; "
                f"needed: bool (number, {self.settings.size})"
            )


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _store(weight: Any, adjacency: Any, patterns: Any) -> int:
    n_writes = 0
    for pattern in patterns:
        active = np.flatnonzero(pattern)
        for source in active:
            for target in active:
                if adjacency[source, target]:
                    weight[source, target] = True
                    n_writes += 1
    return n_writes


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _recall(weight: Any, states: Any, k: int, threshold: int, iterations: int) -> int:
    n_units = states.shape[1]
    total = np.empty(n_units, np.int32)
    updated = np.empty(n_units, np.bool_)
    n_reads = 0
    for pattern in range(states.shape[0]):
        state = states[pattern]
        for _ in range(iterations):
            n_reads += _sum_inputs(weight, state, total)
            if threshold >= 0:
                for unit in range(n_units):
                    updated[unit] = total[unit] >= threshold
            else:
                _choose_winners(total, k, updated)
            changed = False
            for unit in range(n_units):
                changed |= updated[unit] != state[unit]
                state[unit] = updated[unit]
            if not changed:
                break
    return n_reads


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _sum_inputs(weight: Any, state: Any, total: Any) -> int:
    total[:] = 0
    n_reads = 0
    for source in range(len(state)):
        if state[source]:
            row = weight[source]
            for target in range(len(total)):
                total[target] += row[target]
            n_reads += len(total)
    return n_reads


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _choose_winners(total: Any, k: int, winner: Any) -> None:
    # Sums are small integers: a histogram finds the k-th largest without sorting.
    count = np.zeros(total.max() + 1, np.int64)
    for value in total:
        count[value] += 1
    cutoff = len(count) - 1
    n_above = 0
    while n_above + count[cutoff] < k:
        n_above += count[cutoff]
        cutoff -= 1
    n_tied = k - n_above
    for unit in range(len(total)):
        winner[unit] = total[unit] > cutoff
        if total[unit] == cutoff and n_tied > 0:
            winner[unit] = True
            n_tied -= 1
