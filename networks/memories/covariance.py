"""The sparse covariance memory of Tsodyks and Feigelman: graded synapses, threshold by activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, kernel
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Covariance:
    """Store binary patterns by J_ij = (1/N) sum_mu (xi_i - f)(xi_j - f), J_ii = 0.

    One step of recall updates all units at once: unit i becomes active if

        h_i = sum_j J_ij s_j >= (x - f) (1 - f) a / N

    where a is the number of active units. The drive of a unit of the recalled pattern is
    (1 - f)^2 a / N without cross-talk and without wrong units in the state, that of any other unit
    -f (1 - f) a / N: the threshold lies at the fraction x of the gap, whatever the activity.

    Attributes
    ----------
    size : int
        N, number of units.
    level : float
        f, fraction of units that a pattern activates.
    threshold : float
        x, between 0 and 1.
    iterations : int
        Most steps of one recall; a state that a step does not change ends it.

    References
    ----------
    Tsodyks & Feigelman, "The enhanced storage capacity in neural networks with low activity
    level", Europhysics Letters 6 (1988).
    """

    size: int
    level: float
    threshold: float = 0.5
    iterations: int = 1

    def __post_init__(self) -> None:
        if self.size < 1 or self.iterations < 1:
            raise SpecError(f"size {self.size}, iterations {self.iterations}; needed: at least 1")
        if not 0 < self.level < 1:
            raise SpecError(f"level {self.level}; needed: between 0 and 1")
        if not 0 < self.threshold < 1:
            raise SpecError(f"threshold {self.threshold}; needed: between 0 and 1")

    def empty(self) -> CovarianceMemory:
        """Make a memory that stores nothing."""
        return CovarianceMemory(self)


class CovarianceMemory:
    """Hold the synapses of one memory as counts, from which J follows exactly.

    N J_ij = C_ij - f (n_i + n_j) + P f^2 with C_ij the patterns in which both units are active and
    n_i those in which unit i is: storing a sparse pattern writes k (k - 1) counts, not N^2 weights.

    Attributes
    ----------
    settings : Covariance
        What was asked for.
    """

    def __init__(self, settings: Covariance) -> None:
        self.settings = settings
        self._together = np.zeros((settings.size, settings.size), dtype=np.int32)
        self._usage = np.zeros(settings.size, dtype=np.int64)
        self._n_patterns = 0
        self._operations = Operations()

    def store(self, patterns: Bits, /) -> None:
        """Count the pairs of active units of each pattern, shape (P, N)."""
        self._check(patterns)
        n_writes = _store(self._together, self._usage, patterns)
        self._n_patterns += len(patterns)
        self._operations += Operations(writes=int(n_writes))

    def recall(self, cues: Bits, /) -> Bits:
        """Let every cue settle for at most `iterations` steps, shape (P, N)."""
        self._check(cues)
        states = cues.copy()
        made = self.settings
        n_reads = _recall(
            self._together, self._usage, self._n_patterns, states, made.level, made.threshold,
            made.iterations,
        )  # fmt: skip
        self._operations += Operations(reads=int(n_reads))
        return states

    @property
    def weight(self) -> NDArray[np.float64]:
        """Return J, shape (N, N); a copy."""
        level = self.settings.level
        usage = self._usage[:, None] + self._usage
        weight = (self._together - level * usage + self._n_patterns * level**2) / len(usage)
        np.fill_diagonal(weight, 0.0)
        return np.asarray(weight)

    @property
    def bytes(self) -> int:
        """Return the size of the counts."""
        return self._together.nbytes + self._usage.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of pairs of different units, each direction one."""
        return self.settings.size * (self.settings.size - 1)

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        return self._operations

    def _check(self, states: NDArray[Any]) -> None:
        if states.ndim != 2 or states.shape[1] != self.settings.size or states.dtype != np.bool_:
            raise SpecError(
                f"patterns of {states.dtype} {states.shape}; "
                f"needed: bool (number, {self.settings.size})"
            )


@kernel()
def _store(together: Any, usage: Any, patterns: Any) -> int:
    n_writes = 0
    active = np.empty(len(usage), np.int64)
    for pattern in patterns:
        n_active = _list_active(pattern, active)
        for source in active[:n_active]:
            usage[source] += 1
            for target in active[:n_active]:
                if source != target:
                    together[source, target] += 1
        n_writes += n_active * (n_active - 1)
    return n_writes


@inner()
def _list_active(state: Any, active: Any) -> int:
    """Write the numbers of the active units into `active`; return how many there are."""
    n_active = 0
    for unit in range(len(state)):
        if state[unit]:
            active[n_active] = unit
            n_active += 1
    return n_active


@kernel()
def _recall(
    together: Any, usage: Any, n_patterns: int, states: Any, level: float, x: float, steps: int
) -> int:
    """Let all states settle in place; return how many synapses were read."""
    n_units = states.shape[1]
    n_reads = 0
    total, active = np.empty(n_units, np.int64), np.empty(n_units, np.int64)
    for state in states:
        for _ in range(steps):
            n_active = _list_active(state, active)
            used = 0
            for unit in range(n_units):
                total[unit] = 0
            for source in active[:n_active]:
                row = together[source]
                for unit in range(n_units):
                    total[unit] += row[unit]
                used += usage[source]
            n_reads += n_active * (n_units - 1)
            needed = (x - level) * (1 - level) * n_active
            changed = False
            for unit in range(n_units):
                # N h of the docstrings: a unit in the state does not hear itself.
                own = usage[unit] if state[unit] else 0
                heard = n_active - (1 if state[unit] else 0)
                drive = total[unit] - level * (used - own + heard * usage[unit])
                drive += heard * n_patterns * level**2
                wanted = drive >= needed
                changed |= wanted != state[unit]
                state[unit] = wanted
            if not changed:
                break
    return n_reads
