"""What a definition returns, and the random pairs of its synapses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np
from numpy.typing import NDArray


@final
@dataclass(frozen=True, slots=True)
class Model:
    """Hold a Brian2 network and the parts that a benchmark asks about.

    Parameters
    ----------
    network : brian2.Network
        What is run.
    cells : brian2.NeuronGroup
        The neurons whose spikes count.
    spikes : brian2.SpikeMonitor
        Of these neurons.
    synapses : tuple of brian2.Synapses
        All pathways.
    """

    network: Any
    cells: Any
    spikes: Any
    synapses: tuple[Any, ...]


def random_pairs(
    n_pre: int, n_post: int, probability: float, seed: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Draw every pair independently, so that all engines get the same synapses.

    Parameters
    ----------
    n_pre, n_post : int
        Sizes of the populations.
    probability : float
        Of one pair.
    seed : int
        Of the draw.

    Returns
    -------
    i, j : array of int32
        Sources and targets, by source and then by target, as `Synapses.connect(p=...)` orders them.
    """
    rng = np.random.default_rng(seed)
    n_pairs = n_pre * n_post
    # Distances between successes are geometric; six standard deviations more than are expected.
    n_draws = int(n_pairs * probability + 6 * np.sqrt(n_pairs * probability)) + 16
    place = np.cumsum(rng.geometric(probability, n_draws)) - 1
    place = place[: np.searchsorted(place, n_pairs)]
    return (place // n_post).astype(np.int32), (place % n_post).astype(np.int32)
