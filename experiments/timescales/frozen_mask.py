"""Train the synapses of a given matrix, and no others, on parity, match or Reber's grammar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.bits import BitTask
from experiments.tasks.reber import ALPHABET, Strings
from experiments.timescales.curriculum import FIRST, Curriculum, MultiHead
from experiments.timescales.grammar import (
    GRAMMAR_TRAINING,
    GrammarLesson,
    GrammarTraining,
    grammar_accuracy,
    shortcut_levels,
)
from experiments.timescales.settings import Training
from experiments.timescales.training import TRAINING, Lesson, accuracy
from neuro.errors import SpecError
from plasticity.gradient.rates import RateNetwork, draw_network

Array = NDArray[Any]


def on_weights(
    weight: Array, rng: np.random.Generator, n_inputs: int = 1, n_heads: int = 1
) -> RateNetwork:
    """Return a network that begins with the synapses of a matrix, all else drawn.

    Parameters
    ----------
    weight : array of floats, shape (n_units, n_units)
        From row to column, of any unit: all are multiplied by one number, so that their deviation
        is that of weights drawn for as many synapses, 1 / sqrt(3 inputs of a unit). Mean and
        signs of a matrix that excites more than it inhibits are kept; 0 is no synapse.
    rng : numpy.random.Generator
        Draws inputs, biases, time constants and read-outs: the same for equal numbers of synapses.
    n_inputs, n_heads : int
        Shapes of drive and read-outs.

    Returns
    -------
    RateNetwork

    Raises
    ------
    SpecError
        If there is no synapse, or the matrix is not square.
    """
    there = np.asarray(weight) != 0
    if weight.ndim != 2 or len(weight) != weight.shape[1] or not there.any():
        raise SpecError(f"weights of shape {weight.shape}; needed: square, with synapses")
    network = draw_network(len(weight), rng, there, n_inputs, n_heads)
    size = np.sqrt(np.mean(np.square(weight[there], dtype=np.float64)))
    drawn = 1 / np.sqrt(3 * max(1.0, there.sum() / len(weight)))
    return replace(network, weight=(weight * (drawn / size)).astype(np.float32))


@dataclass(frozen=True, slots=True)
class BitScore:
    """Hold what a network on a mask has learnt of parity or match.

    Attributes
    ----------
    mastered : int
        The largest N that was mastered; 1 for none.
    n_epochs : int
        Taught.
    accuracy : array of float64, shape (n_tasks,)
        Of N = 2 to the last N of the curriculum, each through the head that answers it, on
        sequences of one length for all; of those never taught too.
    """

    mastered: int
    n_epochs: int
    accuracy: NDArray[np.float64]


def score_bits(
    weight: Array,
    task: BitTask,
    last: int,
    n_epochs: int,
    rng: np.random.Generator,
    training: Training = TRAINING,
    curriculum: Curriculum | None = None,
) -> BitScore:
    """Teach N-parity or N-match on the synapses of a matrix.

    Parameters
    ----------
    weight : array of floats, shape (n_units, n_units)
        As of `on_weights`; left as it is.
    task : BitTask
        `experiments.tasks.bits.PARITY` or `MATCH`.
    last : int
        N to end with.
    n_epochs : int
        At most.
    rng : numpy.random.Generator
        Source of all draws.
    training : Training
        How long an epoch is, and how fast it goes.
    curriculum : Curriculum, optional
        `MultiHead(last)` if left out.

    Returns
    -------
    BitScore
    """
    course: Curriculum = MultiHead(last) if curriculum is None else curriculum
    network = on_weights(weight, rng, n_heads=course.n_heads)
    lesson = Lesson(network, weight != 0, task, course, rng, training)
    epochs = list(lesson.epochs(n_epochs))
    mastered = [max(epoch.stage.tasks) for epoch in epochs if epoch.is_mastered]
    tasks = range(FIRST, last + 1)
    heads = list(map(course.head, tasks))
    found = accuracy(network, task, tasks, heads, rng, training.n_tests, training.n_sequences)
    return BitScore(max(mastered, default=FIRST - 1), len(epochs), found)


@dataclass(frozen=True, slots=True)
class GrammarScore:
    """Hold what a network on a mask has learnt of Reber's grammar.

    Attributes
    ----------
    accuracy : float
        On strings that did not train.
    loss : array of float64, shape (n_passes,)
        Cross-entropy while learning, mean of each pass.
    shortcuts : mapping of str to float
        Accuracy of what looks at less than the grammar, learnt and tested on the same strings.
    """

    accuracy: float
    loss: NDArray[np.float64]
    shortcuts: Mapping[str, float]

    @property
    def is_beyond_pairs(self) -> bool:
        """Return whether it is better than whatever looks at less than three letters at a time."""
        return self.accuracy > max(
            level for name, level in self.shortcuts.items() if name != "trigrams"
        )


def score_grammar(
    weight: Array,
    train: Strings,
    test: Strings,
    n_passes: int,
    rng: np.random.Generator,
    training: GrammarTraining = GRAMMAR_TRAINING,
) -> GrammarScore:
    """Teach Reber's grammar on the synapses of a matrix.

    Parameters
    ----------
    weight : array of floats, shape (n_units, n_units)
        As of `on_weights`; left as it is.
    train, test : Strings
        Parts of one `experiments.tasks.reber.draw_strings`, so that none is in both.
    n_passes : int
        Over the strings that train.
    rng : numpy.random.Generator
        Source of all draws.
    training : GrammarTraining
        How fast.

    Returns
    -------
    GrammarScore
    """
    network = on_weights(weight, rng, n_inputs=len(ALPHABET))
    lesson = GrammarLesson(network, weight != 0, train, rng, training)
    loss = np.array(list(lesson.passes(n_passes)))
    return GrammarScore(grammar_accuracy(network, test), loss, shortcut_levels(train, test))
