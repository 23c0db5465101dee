"""Rules that choose among all pairs: one to one, all to all, blocks, Bernoulli, fixed number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from networks.graphs.edges import Edges, n_pairs, pair_edges
from neuro.errors import SpecError

# Standard deviations of spare gaps drawn at a time, so that one round nearly always suffices.
SPARE = 5.0


def one_to_one(n_source: int, n_target: int) -> Edges:
    """Connect neuron i to neuron i."""
    if n_source != n_target:
        raise SpecError(f"one_to_one needs equal sizes, not {n_source} and {n_target}")
    index = np.arange(n_source, dtype=np.int32)
    return Edges(index, index.copy())


def all_to_all(n_source: int, n_target: int, skip_diagonal: bool) -> Edges:
    """Connect every pair."""
    every = np.arange(n_pairs(n_source, n_target, skip_diagonal), dtype=np.int64)
    return pair_edges(every, n_target, skip_diagonal)


def block_all_to_all(blocks: int, n_source: int, n_target: int, skip_diagonal: bool) -> Edges:
    """Connect every pair within a block; block b of n holds neurons b N/n .. (b + 1) N/n - 1."""
    if n_source % blocks or n_target % blocks:
        raise SpecError(f"{blocks} blocks do not divide populations of {n_source} and {n_target}")
    block = np.arange(n_source, dtype=np.int64) // max(1, n_source // blocks)
    width = n_target // blocks
    source = np.repeat(np.arange(n_source, dtype=np.int32), width)
    target = (block[:, None] * width + np.arange(width)).ravel().astype(np.int32)
    if not skip_diagonal:
        return Edges(source, target)
    return Edges(source[source != target], target[source != target])


def bernoulli(
    p: float, n_source: int, n_target: int, skip_diagonal: bool, rng: np.random.Generator
) -> Edges:
    """Connect each pair with probability p, by geometric gaps between connected pairs.

    References
    ----------
    Batagelj & Brandes, "Efficient generation of large random networks", Physical Review E 71
    (2005), section II.
    """
    total = n_pairs(n_source, n_target, skip_diagonal)
    if p == 1:
        return all_to_all(n_source, n_target, skip_diagonal)
    rounds = [np.empty(0, dtype=np.int64)]
    last = -1
    while p > 0 and last < total:
        expected = (total - 1 - last) * p
        n_gaps = int(expected + SPARE * np.sqrt(expected)) + 10
        # A gap beyond the last pair is as good as any: the clip keeps sums within 64 bits.
        key = last + np.cumsum(np.minimum(rng.geometric(p, n_gaps), total + 1))
        last = int(key[-1])
        rounds.append(key[: np.searchsorted(key, total)])
    return pair_edges(np.concatenate(rounds), n_target, skip_diagonal)


def fixed_total_number(
    number: int,
    n_source: int,
    n_target: int,
    skip_diagonal: bool,
    allow_multapses: bool,
    rng: np.random.Generator,
) -> Edges:
    """Draw `number` pairs uniformly, with or without replacement."""
    total = n_pairs(n_source, n_target, skip_diagonal)
    if number > 0 and (total == 0 or (number > total and not allow_multapses)):
        raise SpecError(
            f"fixed_total_number of {number} synapses, but {total} pairs can be connected"
        )
    if number == 0:
        key = np.empty(0, dtype=np.int64)
    elif allow_multapses:
        key = np.sort(rng.integers(0, total, number))
    else:
        key = _distinct(number, total, rng)
    return pair_edges(key, n_target, skip_diagonal)


def _distinct(number: int, total: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw `number` of 0 .. total - 1 without replacement, ascending."""
    if 2 * number > total:
        kept = np.ones(total, dtype=np.bool_)
        kept[_distinct(total - number, total, rng)] = False
        return np.flatnonzero(kept)
    chosen = np.empty(0, dtype=np.int64)
    # Drawing again for each repetition gives every subset the same chance.
    while len(chosen) < number:
        drawn = np.sort(rng.integers(0, total, number - len(chosen)))
        is_new = np.diff(drawn, prepend=-1) > 0
        if len(chosen):
            place = np.minimum(np.searchsorted(chosen, drawn), len(chosen) - 1)
            is_new &= chosen[place] != drawn
        # Two sorted runs: a stable sort merges them.
        chosen = np.sort(np.concatenate([chosen, drawn[is_new]]), kind="stable")
    return chosen
