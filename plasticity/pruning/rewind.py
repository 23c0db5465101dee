"""Winning tickets: train, prune the smallest weights, begin again with those that stay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.pruning.protocol import Dynamics, Graph, Pruned, best, check, keep
from plasticity.pruning.schedule import geometric_densities

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Rewind:
    """Prune by the magnitude of trained weights in rounds, each from the same initial weights.

    The one rule here that a task has a part in: in what `train` makes of the weights.

    Attributes
    ----------
    train : callable
        Of weights, shape (n_edges,), and the mask of those that may change: the trained ones.
    share : float
        Of the synapses, those that a round keeps.

    References
    ----------
    Frankle and Carbin, "The lottery ticket hypothesis", ICLR 2019; Frankle et al., "Linear mode
    connectivity and the lottery ticket hypothesis", ICML 2020, for weights from early in training.
    """

    train: Callable[[Array, Array], Array]
    share: float = 0.8

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,  # noqa: ARG002
        density: float,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Pruned:
        """Prune a network; see `Rule`. What stays has the weights that were given."""
        weight = check(weight, graph, density)
        found = keep(weight, np.ones(graph.n_edges, dtype=bool))
        for left in geometric_densities(density, self.share):
            trained = np.abs(self.train(found.weight, found.mask))
            score = np.where(found.mask, trained, -1.0)
            found = keep(weight, best(score, round(left * graph.n_edges)))
        return found
