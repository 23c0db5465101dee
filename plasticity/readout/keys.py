"""Keys that compete for unlabelled inputs: prototypes, learnt once and fixed from then on."""

from __future__ import annotations

import numpy as np

from neuro.errors import SpecError
from plasticity.readout.protocol import Array

N_TOGETHER = 1000  # inputs that compete before the keys move


def learn_keys(inputs: Array, n_keys: int, passes: int, rng: np.random.Generator) -> Array:
    """Let keys move to the mean of the inputs that each of them won.

    Parameters
    ----------
    inputs : array of float32, shape (n_inputs, width)
        Without labels.
    n_keys : int
        Begun as different inputs, drawn at random.
    passes : int
        Times that every input is shown, in an order of its own.
    rng : numpy.random.Generator
        Source of the draws.

    Returns
    -------
    array of float32, shape (n_keys, width)
        The keys. Each moves by 1 / n towards the n-th input that it wins.

    Raises
    ------
    SpecError
        If there are fewer inputs than keys.

    References
    ----------
    MacQueen, "Some methods for classification and analysis of multivariate observations",
    Berkeley Symposium 1 (1967): k-means, on line.
    """
    if n_keys > len(inputs):
        raise SpecError(f"{n_keys} keys of {len(inputs)} inputs; needed: at least as many inputs")
    keys = inputs[rng.choice(len(inputs), n_keys, replace=False)].astype(np.float32)
    won = np.ones(n_keys)
    for _ in range(passes):
        order = rng.permutation(len(inputs))
        for first in range(0, len(order), N_TOGETHER):
            _move(keys, won, inputs[order[first : first + N_TOGETHER]])
    return keys


def nearest(inputs: Array, keys: Array) -> Array:
    """Return the nearest key of each input, shape (n_inputs,); of equal ones the first."""
    closeness = inputs @ keys.T - offset_of(keys)
    winner: Array = closeness.argmax(axis=1)
    return winner


def offset_of(keys: Array) -> Array:
    """Return |k|^2 / 2 of each key: x k minus it is largest for the nearest key."""
    return np.asarray((keys**2).sum(axis=1) / 2)


def _move(keys: Array, won: Array, inputs: Array) -> None:
    winner = nearest(inputs, keys)
    order = np.argsort(winner, kind="stable")
    winners, first, number = np.unique(winner[order], return_index=True, return_counts=True)
    total = np.add.reduceat(inputs[order], first, axis=0)
    won[winners] += number
    share = (number / won[winners])[:, None]
    keys[winners] += (share * (total / number[:, None] - keys[winners])).astype(keys.dtype)
