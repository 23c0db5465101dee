"""The dense associative memory: units that interact P at a time, updated by overlaps alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from networks.kernels import inner, kernel
from networks.memories.bits import WORD, pack, unpack
from networks.memories.polar import Polar, check_polar, follow
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Integers = NDArray[np.int64]
Tuples = Literal["distinct", "all"]
LEAST_ORDER, MOST_ORDER = 2, 8
MOST_SUM = 2**62


@dataclass(frozen=True, slots=True)
class Dense:
    """Store patterns of +1 and -1 in couplings of P units, which are never written down.

        H = -sum_mu sum xi_i1 ... xi_iP s_i1 ... s_iP

    over tuples of P different units (`distinct`), or over all tuples, where it is -sum_mu M_mu^P
    with the overlap M_mu = sum_i xi_i s_i (`all`). In a sweep every unit in turn, from the first to
    the last, takes the sign of lower energy and keeps its own where both are equal; a sweep that
    changes nothing ends the recall. All is summed in integers, without rounding.

    Attributes
    ----------
    size : int
        N, units.
    order : int
        P, 2 (Hopfield) to 8.
    tuples : {"distinct", "all"}
        Whether indices of a coupling must differ.
    sweeps : int
        Most sweeps of one recall.

    References
    ----------
    Krotov & Hopfield, "Dense associative memory for pattern recognition", NIPS 2016; Agliari et
    al., "Dense Hebbian neural networks: a replica symmetric picture", Physica A 2023.
    """

    size: int
    order: int = 4
    tuples: Tuples = "distinct"
    sweeps: int = 50

    def __post_init__(self) -> None:
        if self.size < 2 or self.sweeps < 1:
            raise SpecError(f"size {self.size}, sweeps {self.sweeps}; needed: at least 2 and 1")
        if not LEAST_ORDER <= self.order <= min(MOST_ORDER, self.size):
            raise SpecError(f"order {self.order}; needed: {LEAST_ORDER} to {MOST_ORDER}")
        if self.tuples not in ("distinct", "all"):
            raise SpecError(f"tuples {self.tuples}; needed: distinct or all")

    def empty(self) -> DenseMemory:
        """Make a memory that stores nothing."""
        return DenseMemory(self)

    def gains(self) -> tuple[Integers, Integers]:
        """Tabulate what a pattern of overlap M adds to s_i h_i of a unit.

        Returns
        -------
        agrees, differs : array of int64, shape (N + 1,)
            By (M + N) / 2: of a unit that has the sign of the pattern, and (to be subtracted) of
            one that has not. What cannot be, such as M = N with a unit that differs, is 0.

        Raises
        ------
        SpecError
            If a number does not fit into 64 bits.
        """
        agrees, differs = [0] * (self.size + 1), [0] * (self.size + 1)
        for right in range(self.size + 1):
            if right:
                agrees[right] = self._gain(right - 1)
            if right < self.size:
                differs[right] = self._gain(right)
        if 2 * max(map(abs, agrees + differs)) >= MOST_SUM:
            raise SpecError(f"order {self.order} of {self.size} units does not fit into 64 bits")
        return np.array(agrees, np.int64), np.array(differs, np.int64)

    def _gain(self, right: int) -> int:
        """Return what a unit weighs if so many of the N - 1 others agree with the pattern."""
        wrong, others = self.size - 1 - right, self.order - 1
        if self.tuples == "distinct":
            return sum(
                (-1) ** k * comb(wrong, k) * comb(right, others - k) for k in range(others + 1)
            )
        overlap = right - wrong
        return int((overlap + 1) ** self.order - (overlap - 1) ** self.order)


class DenseMemory:
    """Hold the patterns as bits, [unit, pattern].

    Attributes
    ----------
    settings : Dense
        What was asked for.
    """

    def __init__(self, settings: Dense) -> None:
        self.settings = settings
        self._rows = np.zeros((settings.size, 0), dtype=np.uint64)
        self._n_patterns = 0
        self._agrees, self._differs = settings.gains()
        self._operations = Operations()

    def store(self, patterns: Polar, /) -> None:
        """Add patterns, shape (K, N)."""
        check_polar(patterns, self.settings.size)
        n_patterns = self._n_patterns + len(patterns)
        if 2 * n_patterns * int(np.abs(self._agrees).max() + 1) >= 2 * MOST_SUM:
            raise SpecError(
                f"{n_patterns} patterns of {self.settings.size} units at order "
                f"{self.settings.order} do not fit into 64 bits"
            )
        fresh = patterns.T > 0
        if self._n_patterns:
            fresh = np.concatenate([unpack(self._rows, self._n_patterns), fresh], axis=1)
        self._rows, self._n_patterns = pack(fresh), n_patterns
        self._operations += Operations(writes=patterns.size)

    def recall(self, cues: Polar, /) -> Polar:
        """Let every cue settle for at most `sweeps` sweeps, shape (P, N)."""
        check_polar(cues, self.settings.size)
        states = cues.copy()
        n_reads = settle(
            self._rows, self._n_patterns, self._agrees, self._differs, states, self.settings.sweeps
        )
        self._operations += Operations(reads=int(n_reads))
        return states

    def fields(self, states: Polar) -> Integers:
        """Return h_i of all units in each state, shape (P, N), without the order's factorial."""
        check_polar(states, self.settings.size)
        drive = np.empty(states.shape, np.int64)
        listen(self._rows, self._n_patterns, self._agrees, self._differs, states, drive)
        return drive * states

    def step(self, states: Polar) -> Polar:
        """Return what all units would become at once, shape (P, N)."""
        return follow(self.fields(states), states)

    @property
    def bytes(self) -> int:
        """Return the size of the bits and of the tables."""
        return self._rows.nbytes + self._agrees.nbytes + self._differs.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of couplings of P different units; none of them is kept."""
        return comb(self.settings.size, self.settings.order)

    @property
    def operations(self) -> Operations:
        """Return the bits of patterns read and written since the memory was made."""
        return self._operations


@inner()
def count_agreeing(rows: Any, state: Any, right: Any) -> None:
    """Count in how many units the state agrees with each pattern."""
    for place in range(len(right)):
        right[place] = 0
    for unit in range(len(rows)):
        row, flip = rows[unit], np.uint64(0) if state[unit] > 0 else ~np.uint64(0)
        for word in range(len(row)):
            agreeing = row[word] ^ flip
            for bit in range(WORD):
                right[WORD * word + bit] += np.int64((agreeing >> np.uint64(bit)) & np.uint64(1))


@inner()
def weigh(right: Any, n_patterns: int, agrees: Any, differs: Any, weight: Any) -> Any:
    """Write what each pattern weighs, agreeing and differing together; return the sum of differing.

    s_i h_i = sum over agreeing patterns of `agrees` - sum over the others of `differs`, which is
    the sum over agreeing patterns of both - the sum over all of `differs`.
    """
    total = 0
    for pattern in range(n_patterns):
        other = differs[right[pattern]]
        weight[pattern] = agrees[right[pattern]] + other
        total += other
    return total


@inner()
def hear(row: Any, flip: Any, weight: Any) -> Any:
    """Sum the weights of the patterns that agree in one unit, 64 in a word."""
    total = 0
    for word in range(len(row)):
        agreeing = row[word] ^ flip
        for bit in range(WORD):
            is_one = np.int64((agreeing >> np.uint64(bit)) & np.uint64(1))
            total += weight[WORD * word + bit] & -is_one
    return total


@kernel()
def listen(rows: Any, n_patterns: int, agrees: Any, differs: Any, states: Any, drive: Any) -> None:
    """Write s_i h_i of all units of all states, none of which changes."""
    right = np.empty(WORD * rows.shape[1], np.int64)
    weight = np.zeros(WORD * rows.shape[1], np.int64)
    for number in range(len(states)):
        state = states[number]
        count_agreeing(rows, state, right)
        missing = weigh(right, n_patterns, agrees, differs, weight)
        for unit in range(len(rows)):
            flip = np.uint64(0) if state[unit] > 0 else ~np.uint64(0)
            drive[number, unit] = hear(rows[unit], flip, weight) - missing


@kernel()
def settle(rows: Any, n_patterns: int, agrees: Any, differs: Any, states: Any, most: int) -> int:
    """Let all states settle in place; return how many bits of patterns were read."""
    right = np.empty(WORD * rows.shape[1], np.int64)
    weight = np.zeros(WORD * rows.shape[1], np.int64)
    n_reads = 0
    for number in range(len(states)):
        state = states[number]
        count_agreeing(rows, state, right)
        missing = weigh(right, n_patterns, agrees, differs, weight)
        n_reads += len(rows) * n_patterns
        for _ in range(most):
            n_flips = 0
            for unit in range(len(rows)):
                row = rows[unit]
                flip = np.uint64(0) if state[unit] > 0 else ~np.uint64(0)
                if hear(row, flip, weight) < missing:
                    state[unit] = -state[unit]
                    for word in range(len(row)):
                        agreed = row[word] ^ flip
                        for bit in range(WORD):
                            is_one = np.int64((agreed >> np.uint64(bit)) & np.uint64(1))
                            right[WORD * word + bit] += 1 - 2 * is_one
                    missing = weigh(right, n_patterns, agrees, differs, weight)
                    n_flips += 1
            n_reads += (len(rows) + n_flips) * n_patterns
            if n_flips == 0:
                break
    return n_reads
