"""Was it the same n items ago? A stream of few items, asked of one trace of all, or of contexts.

`streamed` asks synapses that learn on. Before an item is learnt again its sum f = w e / n is
compared with what is left of an item that was shown n, or n - 1, or n + 1 items ago: the answer is
yes between the two middles. `by_context` asks an attractor memory of items and contexts which word
came in the context of n items ago, and compares.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from experiments.memory.working.serial import (
    answers,
    contexts,
    described,
    drawn_words,
    paired,
)
from experiments.memory.working.settings import NBack, SerialRecall
from experiments.memory.working.signals import above, between, histories
from networks.inputs.patterns import rademacher
from networks.memories.palimpsest import Fading

Array = NDArray[np.float64]


def sensitivity(hits: float, targets: int, alarms: float, others: int) -> float:
    """Compute d' = z(hit) - z(false alarm), each rate as (count + 1/2) / (number + 1).

    Parameters
    ----------
    hits, alarms : float
        Answers "yes", to targets and to others.
    targets, others : int
        Their numbers.
    """
    rates = ndtri([(hits + 0.5) / (targets + 1), (alarms + 0.5) / (others + 1)])
    return float(rates[0] - rates[1])


def band(fading: Fading, number: int, back: int) -> tuple[float, float]:
    """Return between which sums an item counts as shown `back` items ago, once."""
    ages = np.arange(max(back - 2, 0), back + 1)
    left = fading.signal(ages)
    low = between(fading, float(left[-2:].mean()), number)
    return (low, np.inf) if back == 1 else (low, between(fading, float(left[:2].mean()), number))


def streamed(
    fading: Fading, number: int, asked: NBack, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Ask synapses about every item of a stream.

    Parameters
    ----------
    fading : Fading
        Their kind.
    number : int
        n.
    asked : NBack
        The stream.
    rng : numpy.random.Generator
        Of items, their order and transitions.

    Returns
    -------
    found, foretold : array of float64, shape (n_back,)
        d' of the answers, and of the answers that are expected of this stream: f is normal around
        what is left of the item after its own history.
    """
    synapses = fading.make(number, rng)
    events = rademacher(asked.items, number, rng)
    shown = rng.integers(0, asked.items, asked.steps)
    heard = np.empty(asked.steps)
    for step, item in enumerate(shown.tolist()):
        heard[step] = np.mean(synapses.weight * events[item])
        synapses.learn(events[item : item + 1])
    expected = histories(fading, shown, asked.items)[np.arange(asked.steps), shown]
    pairs = []
    for back in asked.back:
        low, high = band(fading, number, back)
        yes = (heard > low) & (heard <= high)
        chance = above(fading, expected, low, number) - above(fading, expected, high, number)
        pairs.append([_told(each, shown, back) for each in (yes.astype(np.float64), chance)])
    found, foretold = np.array(pairs).T
    return found, foretold


def by_context(asked: NBack, lists: SerialRecall, rng: np.random.Generator) -> Array:
    """Ask an attractor memory for the word of n items ago, by the context of that place.

    Parameters
    ----------
    asked : NBack
        The stream, of `contexts` steps.
    lists : SerialRecall
        Modules, drift, and what a cue lacks.
    rng : numpy.random.Generator
        Of words, contexts and what a cue lacks.

    Returns
    -------
    array of float64, shape (n_back,)
        d'.
    """
    memory, words = described(lists).empty(), drawn_words(lists, asked.items, rng)
    shown = rng.integers(0, asked.items, asked.contexts)
    context = contexts(lists, asked.contexts, rng)
    patterns, back = paired(lists, words[shown], context), np.array(asked.back)
    yes = np.zeros((len(back), asked.contexts))
    for step in range(asked.contexts):
        known = back <= step
        if known.any():
            heard = answers(memory, lists, words, context[step - back[known]], rng)
            yes[known, step] = heard == shown[step]
        memory.store(patterns[step : step + 1])
    return np.array([_told(row, shown, int(each)) for row, each in zip(yes, back, strict=True)])


def _told(answers: Array, shown: NDArray[np.int64], back: int) -> float:
    """Return d' of answers, or of their chances, from the step on at which there is a target."""
    is_target = shown[back:] == shown[:-back]
    yes, n_targets = answers[back:], int(is_target.sum())
    return sensitivity(
        float(yes[is_target].sum()), n_targets,
        float(yes[~is_target].sum()), len(yes) - n_targets,
    )  # fmt: skip
