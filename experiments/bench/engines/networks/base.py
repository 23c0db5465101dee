"""What a definition returns, and the random pairs of its synapses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from brian2 import Synapses
from numpy.typing import NDArray

#: Share of excitatory cells.
EXCITATORY_SHARE = 0.8

Pairs = tuple[NDArray[np.int32], NDArray[np.int32]]


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


def random_pairs(n_pre: int, n_post: int, probability: float, seed: int) -> Pairs:
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


def project(
    source: Any,
    target: Any,
    pairs: Pairs,
    names: Mapping[str, Any],
    *,
    on_pre: str,
    name: str,
    **kwds: Any,
) -> Synapses:
    """Make synapses between the given pairs.

    Parameters
    ----------
    source, target : brian2.NeuronGroup or brian2.Subgroup
        Which cells.
    pairs : (i, j)
        Relative to source and target.
    names : mapping
        What the statements mean.
    on_pre : str
        Statements at a spike of the source.
    name : str
        Of the synapses.
    **kwds
        Further arguments of `brian2.Synapses`, such as ``delay``.
    """
    synapses = Synapses(source, target, on_pre=on_pre, namespace=dict(names), name=name, **kwds)
    synapses.connect(i=pairs[0], j=pairs[1])
    return synapses
