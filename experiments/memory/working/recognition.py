"""Is it the same? Delayed match to sample, and changes in displays of several objects.

A sample is an event that synapses learn (`networks.memories.online`); a probe is an event with
which their weights are compared. The answer is "same" if the sum f = w e / n exceeds half of what
is left of a sample of that age, that is, if the overlap with the sample is estimated above 1/2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from experiments.memory.working.settings import ChangeDetection, DelayedMatch
from experiments.memory.working.signals import above, between
from networks.inputs.patterns import rademacher
from networks.memories.palimpsest import Fading

Array = NDArray[np.float64]


def same_answers(
    fading: Fading, number: int, asked: DelayedMatch, rng: np.random.Generator
) -> Array:
    """Ask synapses about samples, at every delay and with every probe.

    Parameters
    ----------
    fading : Fading
        Their kind.
    number : int
        n.
    asked : DelayedMatch
        Delays and probes.
    rng : numpy.random.Generator
        Of samples, probes and transitions.

    Returns
    -------
    array of float64, shape (n_delays, n_differences)
        Share of the trials that are answered "same".
    """
    delays = _delays(asked)
    synapses = fading.make(number, rng)
    events = rademacher(asked.trials + int(delays[-1]), number, rng)
    weight = np.empty(events.shape)
    for place in range(len(events)):
        synapses.learn(events[place : place + 1])
        weight[place] = synapses.weight
    threshold = _thresholds(fading, number, asked)
    found = np.empty((len(delays), len(asked.differences)))
    for column, difference in enumerate(asked.differences):
        probe = _redrawn(events[: asked.trials], difference, rng)
        for row, delay in enumerate(delays):
            then = weight[delay : delay + asked.trials]
            found[row, column] = ((then * probe).mean(axis=1) > threshold[row]).mean()
    return found


def same_theory(fading: Fading, number: int, asked: DelayedMatch) -> Array:
    """Return the chance of the answer "same", as `same_answers`: f is normal around m S."""
    signal = fading.signal(_delays(asked))[:, None]
    overlap = 1 - np.array(asked.differences)
    threshold = _thresholds(fading, number, asked)[:, None]
    return above(fading, overlap * signal, threshold, number)


def accuracy(answers: Array) -> Array:
    """Return the share of right answers of old probes and new ones, half of each, (n_delays,)."""
    return np.asarray((answers[..., 0] + 1 - answers[..., -1]) / 2)


def _thresholds(fading: Fading, number: int, asked: DelayedMatch) -> Array:
    half = fading.signal(_delays(asked)) / 2
    return np.array([between(fading, float(each), number) for each in half])


def _delays(asked: DelayedMatch) -> NDArray[np.int64]:
    return np.unique(np.array(asked.delays + asked.curves))


def delay_rows(asked: DelayedMatch, which: tuple[int, ...]) -> NDArray[np.int64]:
    """Return the rows of some delays in what `same_answers` returns."""
    return np.asarray(np.searchsorted(_delays(asked), which))


def _redrawn(events: NDArray[np.int8], share: float, rng: np.random.Generator) -> NDArray[np.int8]:
    """Draw a share of the elements of each event anew, whether they change or not."""
    n_anew = round(share * events.shape[1])
    order = rng.permuted(np.tile(np.arange(events.shape[1]), (len(events), 1)), axis=1)
    fresh = rademacher(len(events), events.shape[1], rng)
    return np.where(order < n_anew, fresh, events)


def changes(fading: Fading, number: int, asked: ChangeDetection, rng: np.random.Generator) -> Array:
    """Ask synapses whether one object of a display has changed its colour.

    An object is the product of two random vectors, of its place and of its colour. Half of the
    probes are as they were; the others have another colour.

    Returns
    -------
    array of float64, shape (n_sizes,)
        Share of right answers.
    """
    synapses = fading.make(number, rng)
    places = rademacher(asked.sizes[-1], number, rng)
    colours = rademacher(asked.colours, number, rng)
    found = np.empty(len(asked.sizes))
    for row, size in enumerate(asked.sizes):
        threshold, right = change_threshold(fading, number, asked, size), 0
        for trial in range(asked.trials):
            shown = rng.permutation(asked.sizes[-1])[:size]
            seen = rng.integers(0, asked.colours, size)
            synapses.learn(places[shown] * colours[seen])
            synapses.learn(rademacher(asked.retention, number, rng))
            probed, is_changed = rng.integers(0, size), bool(trial % 2)
            step = rng.integers(1, asked.colours) if is_changed else 0
            colour = colours[(seen[probed] + step) % asked.colours]
            heard = float(np.mean(synapses.weight * places[shown[probed]] * colour))
            right += (heard <= threshold) == is_changed
        found[row] = right / asked.trials
    return found


def change_threshold(fading: Fading, number: int, asked: ChangeDetection, size: int) -> float:
    """Return half of what is left of the objects of a display, on average, when it is probed."""
    left = fading.signal(asked.retention + np.arange(size)).mean()
    return between(fading, float(left / 2), number)


def change_theory(fading: Fading, number: int, asked: ChangeDetection, size: int) -> float:
    """Return the chance of a right answer, a mean over the places in a display.

    Objects of earlier displays count as random events, as others of the same display do.
    """
    signal = fading.signal(asked.retention + np.arange(size))
    threshold = change_threshold(fading, number, asked, size)
    same = above(fading, signal, threshold, number).mean()
    alarm = above(fading, np.zeros(1), threshold, number)[0]
    return float((same + 1 - alarm) / 2)
