"""Teach a network of rates to tell strings that obey Reber's grammar from those that break it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.tasks.reber import Strings, encode
from experiments.tasks.shortcuts import SHORTCUTS
from experiments.tasks.shortcuts import accuracy as shortcut_accuracy
from experiments.timescales.training import descend_on
from plasticity.gradient.momentum import Momentum
from plasticity.gradient.rates import RateNetwork, draw_start, gradient, logits, run

Array = NDArray[Any]
N_ASKED = 500  # strings shown side by side


@dataclass(frozen=True, slots=True)
class GrammarTraining:
    """Set how fast a network learns strings.

    Attributes
    ----------
    n_sequences : int
        In a batch, all of nearly the same length.
    rate, momentum : float
        Of the steps, which look ahead (Nesterov).
    largest : float
        Bound on the norm of a gradient.
    """

    n_sequences: int = 25
    rate: float = 0.1
    momentum: float = 0.9
    largest: float = 1.0


GRAMMAR_TRAINING = GrammarTraining()


@dataclass(slots=True)
class GrammarLesson:
    """Teach a network strings, pass by pass, on a frozen mask.

    Attributes
    ----------
    network : RateNetwork
        Of seven inputs, one for each letter, and two classes; its arrays change in place.
    mask : array of bool, shape (n_units, n_units)
        Synapses that learn; those outside stay as they are.
    strings : Strings
        To learn from.
    rng : numpy.random.Generator
        Draws the order of the batches, and states to begin with.
    training : GrammarTraining
        How fast.
    """

    network: RateNetwork
    mask: Array
    strings: Strings
    rng: np.random.Generator
    training: GrammarTraining = GRAMMAR_TRAINING
    _momentum: Momentum = field(init=False)

    def __post_init__(self) -> None:
        self._momentum = Momentum(self.training.rate, self.training.momentum, looks_ahead=True)

    def passes(self, n: int) -> Iterator[float]:
        """Show all strings n times, and yield the mean loss of each pass."""
        for _ in range(n):
            batches = self._batches()
            order = self.rng.permutation(len(batches))
            yield float(np.mean([self._learn(batches[k]) for k in order]))

    def _batches(self) -> list[NDArray[np.intp]]:
        """Return strings in batches of nearly one length; which are together is drawn anew."""
        length = np.array([len(string) for string in self.strings.strings])
        order = np.lexsort((self.rng.random(len(length)), length))
        n = self.training.n_sequences
        return [order[first : first + n] for first in range(0, len(order), n)]

    def _learn(self, chosen: NDArray[np.intp]) -> float:
        inputs, length = encode([self.strings.strings[k] for k in chosen])
        wanted = self.strings.is_valid[chosen].astype(np.int64)
        start = draw_start(len(chosen), len(self.network.tau), self.rng)
        loss, change = gradient(self.network, inputs, start, [wanted], [0], length)
        descend_on(self.mask, self.network, change, self._momentum, self.training.largest)
        return loss


def grammar_accuracy(network: RateNetwork, strings: Strings) -> float:
    """Return the share of strings about which a network is right; it starts from rest."""
    right = 0
    for first in range(0, len(strings.strings), N_ASKED):
        part = strings[first : first + N_ASKED]
        inputs, length = encode(part.strings)
        start = np.zeros((len(length), len(network.tau)), dtype=np.float32)
        said = logits(network, run(network, inputs, start, length).last, 0).argmax(axis=1)
        right += int((said == part.is_valid).sum())
    return right / len(strings.strings)


def shortcut_levels(train: Strings, test: Strings) -> Mapping[str, float]:
    """Return the accuracy of every shortcut on the same strings: what a score must exceed."""
    return {name: shortcut_accuracy(tell, train, test) for name, tell in SHORTCUTS.items()}
