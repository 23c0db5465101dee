"""Tasks that networks of rates learn on a mask: parity, match and Reber's grammar."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.bits import BIT_TASKS, PARITY, BitTask
from experiments.tasks.reber import ALPHABET, Lengths, Strings, draw_strings
from experiments.timescales.curriculum import FIRST, Curriculum, MultiHead, SingleHead
from experiments.timescales.grammar import GrammarLesson, grammar_accuracy
from experiments.timescales.settings import Training
from experiments.timescales.training import Lesson, accuracy
from experiments.transfer.settings import Lessons
from networks.streams import generator
from plasticity.gradient.rates import RateNetwork, draw_network
from plasticity.pruning import Graph

Array = NDArray[Any]
Scores = dict[str, Any]
LENGTHS = Lengths(8, 24)
N_TESTS = 40  # batches by which an accuracy is measured in the end


def mask_of(graph: Graph, stays: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the synapses among the neurons that stay, shape (n, n), from row to column."""
    found = np.zeros((graph.size, graph.size), dtype=bool)
    found[graph.source, graph.target] = True
    inner: NDArray[np.bool_] = found[np.ix_(stays, stays)]
    return inner


def network_on(
    mask: NDArray[np.bool_], rng: np.random.Generator, n_heads: int = 1, n_inputs: int = 1
) -> RateNetwork:
    """Draw a network on a mask; see `draw_network`."""
    return draw_network(len(mask), rng, mask, n_inputs, n_heads)


def bits(task: BitTask, mask: NDArray[np.bool_], lessons: Lessons, seed: int) -> Scores:
    """Teach N-parity or N-match on a mask, and measure what came of every N.

    The score is the mean over N of how far the accuracy is from chance to 1.
    """
    curriculum = _curriculum(lessons)
    network = network_on(mask, generator(seed, f"experiment.{task.name}.network"),
                         curriculum.n_heads)  # fmt: skip
    rng = generator(seed, f"experiment.{task.name}.sequences")
    training = Training(lessons.sequences, lessons.batches)
    lesson = Lesson(network, mask, task, curriculum, rng, training)
    for _ in lesson.epochs(lessons.epochs):
        pass
    asked = range(FIRST, lessons.last + 1)
    heads = list(map(curriculum.head, asked))
    tests = generator(seed, f"experiment.{task.name}.tests")
    right = accuracy(network, task, list(asked), heads, tests, N_TESTS, lessons.sequences)
    chance = np.array([task.chance(n) for n in asked])
    return {
        f"{task.name}_by_n": right,
        f"{task.name}_score": float(((right - chance) / (1 - chance)).mean()),
    }


def _curriculum(lessons: Lessons) -> Curriculum:
    return MultiHead(lessons.last) if lessons.curriculum == "multi" else SingleHead(lessons.last)


@lru_cache(maxsize=8)
def _strings(n: int, seed: int) -> Strings:
    """Draw strings; those of a seed are the same for all masks, so a process keeps them."""
    return draw_strings(n, generator(seed, "experiment.reber"), lengths=LENGTHS)


def reber(mask: NDArray[np.bool_], lessons: Lessons, seed: int) -> Scores:
    """Teach Reber's grammar on a mask, against strings whose pairs of letters do not tell."""
    drawn = _strings(lessons.strings * 3 // 2, seed)
    learnt, tested = drawn[: lessons.strings], drawn[lessons.strings :]
    network = network_on(mask, generator(seed, "experiment.reber.network"), 1, len(ALPHABET))
    lesson = GrammarLesson(network, mask, learnt, generator(seed, "experiment.reber.order"))
    for _ in lesson.passes(lessons.passes):
        pass
    return {"reber_accuracy": grammar_accuracy(network, tested)}


def trainer(graph: Graph, lessons: Lessons, seed: int) -> Callable[[Array, Array], Array]:
    """Return what trains the weights of edges on parity, for rules that prune what is trained.

    Weights are brought to the size that those of a network of rates have, and back.
    """
    ends = graph.source, graph.target

    def train(weight: Array, mask: Array) -> Array:
        there = np.zeros((graph.size, graph.size), dtype=bool)
        there[ends] = mask
        curriculum = _curriculum(lessons)
        network = network_on(there, generator(seed, "experiment.trained"), curriculum.n_heads)
        scale = np.std(network.weight[there]) / np.sqrt(np.mean(weight[mask] ** 2))
        network.weight[ends] = np.where(mask, weight, 0) * scale
        rng = generator(seed, "experiment.trained.sequences")
        training = Training(lessons.sequences, lessons.batches)
        for _ in Lesson(network, there, PARITY, curriculum, rng, training).epochs(2):
            pass
        return np.asarray(network.weight[ends] / scale, dtype=np.float64)

    return train


MASK_TASKS: Mapping[str, Callable[[NDArray[np.bool_], Lessons, int], Scores]] = MappingProxyType(
    {
        "parity": lambda mask, lessons, seed: bits(PARITY, mask, lessons, seed),
        "match": lambda mask, lessons, seed: bits(BIT_TASKS["match"], mask, lessons, seed),
        "reber": reber,
    }
)
