"""Sums over active units as bits, 64 units in a word; the kernels of binary memories.

Sums are kept in *planes*: bit u of word w of plane b is bit b of the sum of unit 64 w + u. Adding a
row of synapses is a ripple of carries through the planes, so 64 units are added at once, and what
is asked of sums (at least a threshold, the k largest) is asked of whole words.

All kernels that call each other are in this file: Numba's cache does not see changes elsewhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numba.extending import intrinsic

from networks.kernels import inner, kernel
from networks.memories.bits import WORD, popcount


@intrinsic  # type: ignore[untyped-decorator]
def lowest(_context: Any, _word: Any) -> Any:
    """Return the place of the lowest bit of a word that is 1 (inside compiled code)."""

    def generate(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        is_zero_undefined = arguments[0].type.__class__(1)(1)
        return builder.cttz(arguments[0], is_zero_undefined)

    return types.uint64(types.uint64), generate


@inner()
def active_units(words: Any, found: Any) -> int:
    """Write the numbers of the active units into `found`; return how many there are."""
    n_found = 0
    for number in range(len(words)):
        word = words[number]
        while word:
            found[n_found] = number * WORD + np.int64(lowest(word))
            word &= word - np.uint64(1)
            n_found += 1
    return n_found


@inner()
def n_planes(most: int) -> int:
    """Return the number of planes that sums of up to `most` need."""
    number = 0
    while most >> number:
        number += 1
    return number


@inner()
def add_row(planes: Any, n_used: int, row: Any, carry: Any) -> None:
    """Add 1 to the sums of the units in `row`; `carry` is working space of the same shape."""
    for word in range(len(carry)):
        carry[word] = row[word]
    for number in range(n_used):
        for word in range(len(carry)):
            before = planes[number, word]
            planes[number, word] = before ^ carry[word]
            carry[word] = before & carry[word]


@inner()
def at_least(planes: Any, n_used: int, threshold: int, chosen: Any, tied: Any) -> None:
    """Choose the units whose sum is at least a threshold.

    `chosen` is the result; `tied` is working space. Spare bits of `chosen` are left as they come.
    """
    possible = ~np.uint64(0) if not threshold >> n_used else np.uint64(0)
    for word in range(len(tied)):
        chosen[word], tied[word] = 0, possible
    for number in range(n_used - 1, -1, -1):
        plane = planes[number]
        if (threshold >> number) & 1:
            for word in range(len(tied)):
                tied[word] &= plane[word]
        else:
            for word in range(len(tied)):
                chosen[word] |= tied[word] & plane[word]
                tied[word] &= ~plane[word]
    for word in range(len(tied)):
        chosen[word] |= tied[word]


@inner()
def largest(planes: Any, n_used: int, k: int, everyone: Any, chosen: Any, tied: Any) -> None:
    """Choose the k units of largest sum, of equal sums those of lowest number.

    `everyone` has the bits of all units; `chosen` is the result, `tied` working space.
    """
    for word in range(len(tied)):
        chosen[word], tied[word] = 0, everyone[word]
    missing: Any = k
    for number in range(n_used - 1, -1, -1):
        plane = planes[number]
        above: Any = 0
        for word in range(len(tied)):
            above += np.int64(popcount(tied[word] & plane[word]))
        if above >= missing:
            for word in range(len(tied)):
                tied[word] &= plane[word]
        else:
            missing -= above
            for word in range(len(tied)):
                chosen[word] |= tied[word] & plane[word]
                tied[word] &= ~plane[word]
    for word in range(len(tied)):
        rest = tied[word]
        while missing > 0 and rest:
            chosen[word] |= rest & (~rest + np.uint64(1))
            rest &= rest - np.uint64(1)
            missing -= 1


@kernel()
def store_pairs(synapse: Any, allowed: Any, patterns: Any, autapses: bool) -> Any:
    """Switch synapses between active units on; return how many were written.

    `allowed` has a row for each unit, or none if all synapses may be.
    """
    active = np.empty(len(synapse), np.int64)
    n_writes: Any = 0
    for pattern in patterns:
        n_active = active_units(pattern, active)
        for source in active[:n_active]:
            own, bit = source // WORD, np.uint64(1) << np.uint64(source % WORD)
            if len(allowed):
                for word in range(len(pattern)):
                    target = pattern[word] & allowed[source, word]
                    synapse[source, word] |= target
                    n_writes += np.int64(popcount(target))
                n_writes -= 0 if autapses or not allowed[source, own] & bit else 1
            else:
                for word in range(len(pattern)):
                    synapse[source, word] |= pattern[word]
                n_writes += n_active if autapses else n_active - 1
            if not autapses:
                synapse[source, own] &= ~bit
    return n_writes


@kernel()
def settle(
    synapse: Any, states: Any, everyone: Any, k: int, threshold: int, iterations: int
) -> int:
    """Let all states settle in place; return how many rows of synapses were read.

    `threshold` below 0 lets k winners take its place.
    """
    n_rows = 0
    active = np.empty(len(synapse), np.int64)
    planes = np.empty((n_planes(len(synapse)), len(everyone)), np.uint64)
    updated, spare = np.empty_like(everyone), np.empty_like(everyone)
    for state in states:
        for _ in range(iterations):
            n_active = active_units(state, active)
            n_used = n_planes(n_active)
            for number in range(n_used):
                for word in range(len(state)):
                    planes[number, word] = 0
            for number in range(n_active):
                add_row(planes, n_planes(number + 1), synapse[active[number]], spare)
            n_rows += n_active
            if threshold >= 0:
                at_least(planes, n_used, threshold, updated, spare)
                for word in range(len(state)):
                    updated[word] &= everyone[word]
            else:
                largest(planes, n_used, k, everyone, updated, spare)
            changed = False
            for word in range(len(state)):
                changed |= updated[word] != state[word]
                state[word] = updated[word]
            if not changed:
                break
    return n_rows
