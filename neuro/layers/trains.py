"""Spikes of a batch as groups of cells that fire alike, and products that take each train once.

Over some steps many cells of a sample have the same spike train: few trains are possible, and a
constant input makes even fewer. What the cells of a group send is summed first, then added at
the steps of their common train: S W = C (Z W), where row (sample, group) of Z names the members,
and C says at which steps a group fires. A correlation goes the other way, S^T E = Z^T (C^T E).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from neuro.layers import events
from neuro.layers.events import add_spikes

Array = NDArray[Any]
LONGEST = 64  # steps that the bits of a code can tell apart
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 over the golden ratio: Fibonacci hashing
_HIGH = np.uint64(32)


@dataclass(frozen=True, slots=True)
class Trains:
    """Hold who fires alike, and when; silent cells are in no group.

    Attributes
    ----------
    cells : array of int32, shape (n_members,)
        Members, group after group, ascending.
    start : array of int64, shape (n_groups + 1,)
        Where each group begins.
    first : array of int64, shape (n_samples + 1,)
        The first group of each sample.
    code : array of uint64, shape (n_groups,)
        Bit t is set where the group fires at step t.
    n_steps, width : int
        Steps, and cells of a sample.
    """

    cells: NDArray[np.int32]
    start: NDArray[np.int64]
    first: NDArray[np.int64]
    code: NDArray[np.uint64]
    n_steps: int
    width: int

    @property
    def n_sums(self) -> int:
        """Return the number of rows that a product adds: members, and spikes of groups."""
        return len(self.cells) + int(_count_bits(self.code))

    @property
    def is_cheap(self) -> bool:
        """Say whether adding rows beats a dense product; counted, so always the same answer."""
        n_rows = self.n_steps * (len(self.first) - 1)
        return self.n_sums < events.SPARSE * n_rows * self.width

    def product(self, weight: Array) -> Array:
        """Multiply the spikes by a weight matrix, shape (width, n_out).

        Returns
        -------
        array, shape (n_steps, n_samples, n_out)
            What arrives at each step. The sums have another order than those of a dense product:
            where they are exact (weights on a grid of powers of two) all bits agree.
        """
        n_samples = len(self.first) - 1
        total = np.empty((self.n_steps, n_samples, weight.shape[1]), dtype=weight.dtype)
        _product(self.cells, self.start, self.first, self.code, np.ascontiguousarray(weight), total)
        return total

    def correlation(self, error: Array, decay: float = 0.0) -> Array:
        """Correlate the spikes, or traces of them that begin at 0, with errors.

        Parameters
        ----------
        error : array, shape (n_steps, n_samples, n_out)
            An error of each step.
        decay : float
            What a step leaves of the traces a_t = decay a_(t-1) + s_t; 0 for the spikes.

        Returns
        -------
        array, shape (width, n_out)
            sum_t a_t^T e_t, as sum_t s_t^T f_t with f_t = e_t + decay f_(t+1).
        """
        total = np.zeros((self.width, error.shape[2]), dtype=error.dtype)
        _correlation(
            self.cells, self.start, self.first, self.code, np.ascontiguousarray(error),
            error.dtype.type(decay), total,
        )  # fmt: skip
        return total


def trains_of(spikes: Array) -> Trains | None:
    """Group the cells of each sample by their trains.

    Parameters
    ----------
    spikes : array, shape (n_steps, n_samples, width)
        Zeros and ones.

    Returns
    -------
    Trains or None
        The same, as groups; those of a sample in the order of their first members. None if there
        are more steps than `LONGEST`.
    """
    if len(spikes) > LONGEST:
        return None
    return group(_codes(spikes), len(spikes))


def multiply(spikes: Array, weight: Array, trains: Trains | None) -> Array:
    """Multiply spikes by a weight matrix, the cheaper way for the number of their trains.

    Parameters
    ----------
    spikes : array, shape (n_steps, n_samples, width)
        In the type of the weights.
    weight : array, shape (width, n_out)
        Synapses.
    trains : Trains or None
        What `trains_of` found in the spikes.

    Returns
    -------
    array, shape (n_steps, n_samples, n_out)
        What arrives at each step.
    """
    if trains is not None and trains.is_cheap:
        return trains.product(weight)
    flat = spikes.reshape(-1, spikes.shape[2])
    is_sparse = float(flat.sum()) < events.SPARSE * flat.size
    total: Array = events.product(events.events_of(flat), weight) if is_sparse else flat @ weight
    return total.reshape(*spikes.shape[:2], -1)


def group(codes: NDArray[np.uint64], n_steps: int) -> Trains:
    """Group the cells of each sample by codes of their trains, shape (n_samples, width)."""
    n_samples, width = codes.shape
    cells = np.empty(codes.size, dtype=np.int32)
    start = np.zeros(codes.size + 1, dtype=np.int64)
    first = np.zeros(n_samples + 1, dtype=np.int64)
    found = np.empty(codes.size, dtype=np.uint64)
    n = _group(codes, cells, start, first, found)
    return Trains(cells[: start[n]], start[: n + 1], first, found[:n], n_steps, width)


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _count_bits(code: Any) -> int:
    n = 0
    for each in code:
        left = each
        while left:
            left &= left - np.uint64(1)
            n += 1
    return n


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _codes(spikes: Any) -> Any:
    n_steps, n_samples, width = spikes.shape
    codes = np.zeros((n_samples, width), np.uint64)
    for step in range(n_steps):
        bit = np.uint64(1) << np.uint64(step)
        for sample in range(n_samples):
            fired, row = spikes[step, sample], codes[sample]
            for i in range(width):
                row[i] |= bit if fired[i] else np.uint64(0)
    return codes


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _group(codes: Any, cells: Any, start: Any, first: Any, found: Any) -> int:
    """Fill the lists of `Trains`; return the number of groups."""
    n_samples, width = codes.shape
    # At most half full: a power of two of places.
    size = 2
    while size < 2 * width:
        size *= 2
    table, place = np.full(size, -1, np.int32), np.empty(width, np.int64)
    of, count = np.empty(width, np.int32), np.empty(width, np.int64)
    n_groups = 0
    for sample in range(n_samples):
        known = found[n_groups:]
        n = 0
        for i in range(width):
            code = codes[sample, i]
            of[i] = -1
            if code:
                at = _look_up(code, table, known)
                if table[at] < 0:
                    table[at], known[n], place[n], count[n] = n, code, at, 0
                    n += 1
                of[i] = table[at]
                count[of[i]] += 1
        for g in range(n):
            table[place[g]] = -1
            start[n_groups + g + 1] = start[n_groups + g] + count[g]
            count[g] = start[n_groups + g]
        for i in range(width):
            if of[i] >= 0:
                cells[count[of[i]]] = i
                count[of[i]] += 1
        n_groups += n
        first[sample + 1] = n_groups
    return n_groups


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _look_up(code: Any, table: Any, known: Any) -> Any:
    """Return the place of a code in a table of numbers of groups, or the empty one for it."""
    mask = len(table) - 1
    at: Any = np.int64((code * _SPREAD) >> _HIGH) & mask
    while table[at] >= 0 and known[table[at]] != code:
        at = (at + 1) & mask
    return at


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def sum_members(cells: Any, start: Any, begin: int, end: int, weight: Any, sums: Any) -> None:
    """Set a row of `sums` for each group from `begin` to `end`: the sum of its members' rows."""
    for g in range(begin, end):
        add_spikes(cells, start[g], start[g + 1], weight, sums[g - begin])


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def firing(code: Any, begin: int, end: int, step: int, active: Any) -> int:
    """Write which of the groups from `begin` to `end` fire at a step; return how many."""
    n = 0
    for g in range(begin, end):
        if (code[g] >> np.uint64(step)) & np.uint64(1):
            active[n] = g - begin
            n += 1
    return n


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def most_groups(first: Any) -> int:
    """Return the greatest number of groups of a sample, 1 if there are none."""
    most = 1
    for sample in range(len(first) - 1):
        most = max(most, first[sample + 1] - first[sample])
    return most


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _product(cells: Any, start: Any, first: Any, code: Any, weight: Any, total: Any) -> None:
    n_steps, n_samples, n_out = total.shape
    most = most_groups(first)
    sums, active = np.empty((most, n_out), weight.dtype), np.empty(most, np.int32)
    for sample in range(n_samples):
        begin, end = first[sample], first[sample + 1]
        sum_members(cells, start, begin, end, weight, sums)
        for step in range(n_steps):
            n = firing(code, begin, end, step, active)
            add_spikes(active, 0, n, sums, total[step, sample])


@numba.njit(cache=True)  # type: ignore[untyped-decorator]
def _correlation(
    cells: Any, start: Any, first: Any, code: Any, error: Any, decay: Any, total: Any
) -> None:
    n_steps, n_samples, n_out = error.shape
    later, change = np.empty((n_steps, n_out), error.dtype), np.empty(n_out, error.dtype)
    active = np.empty(n_steps, np.int32)
    for sample in range(n_samples):
        later[n_steps - 1] = error[n_steps - 1, sample]
        for step in range(n_steps - 2, -1, -1):
            for i in range(n_out):
                later[step, i] = error[step, sample, i] + decay * later[step + 1, i]
        for g in range(first[sample], first[sample + 1]):
            n = 0
            for step in range(n_steps):
                if (code[g] >> np.uint64(step)) & np.uint64(1):
                    active[n] = step
                    n += 1
            add_spikes(active, 0, n, later, change)
            for at in range(start[g], start[g + 1]):
                row = total[cells[at]]
                for i in range(n_out):
                    row[i] += change[i]
