"""The sets of the atlas: how many items a number of bytes knows, one in a hundred answers wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.memory.atlas.settings import SET_SHARE, CapacityAtlas, SetName
from networks.inputs.patterns import rademacher
from networks.memories.bloom import BloomFilter, CountingBloom
from networks.memories.bundles import SignBundle, SumBundle
from networks.memories.signed_matrix import SignedMatrix
from networks.streams import generator

WRONG = 0.01  # share of members and strangers, half each, of which the answer is wrong
ACTIVE = 6  # bits of an item: -log2 of 2 % false alarms, which are half of the wrong answers
ASKED = 1000  # strangers, and as many members if there are so many
MOST_ITEMS = 1 << 14


class Kind(NamedTuple):
    """Describe one kind of set.

    Attributes
    ----------
    label : str
        In tables.
    width : callable
        Takes bytes, returns m.
    make : callable
        Takes m and a generator, returns an empty set.
    draw : callable
        Takes a number, m and a generator, returns items.
    """

    label: str
    width: Callable[[int], int]
    make: Callable[[int, np.random.Generator], Any]
    draw: Callable[[int, int, np.random.Generator], NDArray[Any]]


def _sparse(number: int, size: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Draw items as `fixed_k` does, but by their few places: sets are wide."""
    place = rng.integers(0, size, (number, ACTIVE))
    while len(again := np.flatnonzero((np.diff(np.sort(place, axis=1), axis=1) == 0).any(axis=1))):
        place[again] = rng.integers(0, size, (len(again), ACTIVE))
    drawn = np.zeros((number, size), dtype=np.bool_)
    np.put_along_axis(drawn, place, True, axis=1)
    return drawn


SET_KINDS: Mapping[SetName, Kind] = MappingProxyType(
    {
        "bloom": Kind(
            "Bloom", lambda n: 8 * n, lambda m, _rng: BloomFilter(m, ACTIVE), _sparse
        ),
        "counting": Kind(
            "counting Bloom", lambda n: n // 2, lambda m, _rng: CountingBloom(m, ACTIVE), _sparse
        ),
        "map_i": Kind("sums (MAP-I)", lambda n: n // 2, lambda m, _rng: SumBundle(m), rademacher),
        "map_b": Kind("signs (MAP-B)", lambda n: 8 * n, SignBundle, rademacher),
        "matrix": Kind(
            "matrix (Hopfield+-)", lambda n: int((n / 4) ** 0.5),
            lambda m, _rng: SignedMatrix(m), rademacher,
        ),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FoundSet:
    """Hold what was measured of a set.

    Attributes
    ----------
    size : int
        m.
    bytes : int
        Of the set.
    items : array, shape (n_networks,)
        Most items with at most `WRONG` of the answers wrong.
    wrong_beyond : array, shape (n_networks,)
        Share of wrong answers at twice as many.
    costs : dict of str to float
        Operations and seconds to store an item and to answer for one, at that number of items.
    """

    size: int
    bytes: int
    items: NDArray[np.float64]
    wrong_beyond: NDArray[np.float64]
    costs: dict[str, float]


class Answers(NamedTuple):
    """Hold the share of wrong answers of one set, its size, and what it cost."""

    wrong: float
    bytes: int
    costs: dict[str, float]


def measure_set(settings: CapacityAtlas, seed: int, name: SetName, n_bytes: int) -> FoundSet:
    """Find how many items a set of some bytes knows.

    Parameters
    ----------
    settings : CapacityAtlas
        How many networks are tried.
    seed : int
        Root seed.
    name : str
        Which set.
    n_bytes : int
        What a memory of the same size class may use; the set gets a 64th of it.

    Returns
    -------
    FoundSet
        What came out.
    """
    size = SET_KINDS[name].width(n_bytes // SET_SHARE)
    most, beyond, costs, kept = list[float](), list[float](), list[dict[str, float]](), 0
    ask = partial(_answers, name, size)
    ask(2, generator(seed, f"atlas.{name}.compilation"))
    for network in range(settings.networks):
        rng = generator(seed, f"atlas.{name}.{size}", network)
        items = _most_items(partial(ask, rng=rng))
        at_most = ask(max(1, items), rng)
        most.append(items)
        beyond.append(ask(max(1, 2 * items), rng).wrong)
        costs.append(at_most.costs)
        kept = at_most.bytes
    mean = {key: float(np.mean([each[key] for each in costs])) for key in costs[0]}
    return FoundSet(size, kept, np.array(most, dtype=np.float64), np.array(beyond), mean)


def _most_items(ask: Callable[[int], Answers]) -> int:
    """Return the most items with few wrong answers, by doubling and bisection."""
    low, high = 0, 1
    while high < MOST_ITEMS and ask(high).wrong <= WRONG:
        low, high = high, 2 * high
    while high - low > max(1, low // 32):
        middle = (low + high) // 2
        low, high = (middle, high) if ask(middle).wrong <= WRONG else (low, middle)
    return low


def _answers(name: SetName, size: int, number: int, rng: np.random.Generator) -> Answers:
    kind = SET_KINDS[name]
    stored, strangers = kind.draw(number, size, rng), kind.draw(ASKED, size, rng)
    made = kind.make(size, rng)
    began = time.perf_counter()
    made.store(stored)
    stored_after, wrote = time.perf_counter(), made.operations
    members = stored[rng.permutation(number)[:ASKED]]
    asked = np.concatenate([members, strangers])
    began_asking = time.perf_counter()
    held = made.holds(asked)
    ended, read = time.perf_counter(), made.operations - wrote
    miss, false_alarm = (~held[: len(members)]).mean(), held[len(members) :].mean()
    costs = {
        "operations_store": (wrote.reads + wrote.writes) / number,
        "operations_recall": (read.reads + read.writes) / len(asked),
        "seconds_store": (stored_after - began) / number,
        "seconds_recall": (ended - began_asking) / len(asked),
    }
    return Answers(float(miss + false_alarm) / 2, made.bytes, costs)
