"""Lists in order, recalled by a context that drifts: an attractor memory of items and contexts.

Half of the modules of a BCPNN memory (`networks.memories.bcpnn`) hold the item, half the context.
From one item to the next each module of the context changes by chance; lists begin anew. In recall
the context of a place comes back with modules missing, and the word that hears most is the answer.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from experiments.memory.working.settings import SerialRecall
from networks.memories.bcpnn import Bcpnn, BcpnnMemory, one_on

Array = NDArray[np.float64]
NOTHING = -1  # of a module in which no unit is on


class Recalled(NamedTuple):
    """Hold the answers to lists of one length.

    Attributes
    ----------
    places : array of float64, shape (length,)
        Share of lists in which the item of a place was answered at it.
    distances : array of float64, shape (length,)
        Share of the answers that belong so many places off; of those to another place of the list.
    """

    places: Array
    distances: Array


def described(asked: SerialRecall) -> Bcpnn:
    """Return the memory: a period is 100 ms, and the slowest trace so many of it."""
    return Bcpnn(2 * asked.modules, asked.units, tau_p=0.1 * asked.tau_p)


def recalled(asked: SerialRecall, length: int, rng: np.random.Generator) -> Recalled:
    """Show lists of one length and ask for each after it, place by place.

    Parameters
    ----------
    asked : SerialRecall
        The lists.
    length : int
        Items of each.
    rng : numpy.random.Generator
        Of words, contexts and what a cue lacks.
    """
    memory, words = described(asked).empty(), drawn_words(asked, asked.words, rng)
    right, off = np.zeros(length), np.zeros(length)
    for _ in range(asked.lists):
        order = rng.permutation(asked.words)[:length]
        context = contexts(asked, length, rng)
        memory.store(paired(asked, words[order], context))
        answer = answers(memory, asked, words, context, rng)
        right += answer == order
        place = np.full(asked.words, -1)
        place[order] = np.arange(length)
        known = place[answer] >= 0
        np.add.at(off, np.abs(place[answer] - np.arange(length))[known], 1)
    return Recalled(right / asked.lists, off / (asked.lists * length))


def drawn_words(asked: SerialRecall, number: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw words, the unit of each module, shape (number, modules)."""
    return rng.integers(0, asked.units, (number, asked.modules))


def paired(
    asked: SerialRecall, words: NDArray[np.int64], context: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return the patterns of words beside contexts, shape (P, size of the memory)."""
    return one_on(np.concatenate([words, context], axis=1), asked.units)


def answers(
    memory: BcpnnMemory,
    asked: SerialRecall,
    words: NDArray[np.int64],
    context: NDArray[np.int64],
    rng: np.random.Generator,
) -> NDArray[np.int64]:
    """Return which word hears most from each context, some of whose modules are lost."""
    cues = paired(asked, np.full_like(context, NOTHING), context)
    lost = rng.random((len(context), 2 * asked.modules)) < asked.lost
    heard = memory.support(cues & ~np.repeat(lost, asked.units, axis=1))
    spelt = one_on(words, asked.units).astype(np.float64)
    return np.asarray((heard[:, : spelt.shape[1]] @ spelt.T).argmax(axis=1))


def contexts(asked: SerialRecall, length: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw the contexts of a list, the unit of each module, shape (length, modules)."""
    found = np.empty((length, asked.modules), dtype=np.int64)
    found[0] = rng.integers(0, asked.units, asked.modules)
    for place in range(1, length):
        anew = rng.integers(0, asked.units, asked.modules)
        moves = rng.random(asked.modules) < asked.drift
        found[place] = np.where(moves, anew, found[place - 1])
    return found
