"""Pruning while training goes on: ever sparser, fast at first and slowly towards the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.pruning.protocol import Dynamics, Graph, Pruned, best, check, keep
from plasticity.pruning.schedule import cubic_density

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Gradual:
    """Prune by the magnitude of weights that go on being trained, by a cubic schedule.

    Unlike those of `Rewind`, weights go on from where they are; what stays is given back with the
    weights to begin with, as only the mask is asked for.

    Attributes
    ----------
    train : callable
        Of weights, shape (n_edges,), and the mask of those that may change: the trained ones. A
        task has its part in it.
    n_steps : int
        How often synapses are taken away, 1 or more.

    References
    ----------
    Zhu and Gupta, "To prune, or not to prune", ICLR workshop 2018.
    """

    train: Callable[[Array, Array], Array]
    n_steps: int = 4

    def __post_init__(self) -> None:
        if self.n_steps < 1:
            raise SpecError(f"n_steps {self.n_steps}; needed: 1 or more")

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,  # noqa: ARG002
        density: float,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Pruned:
        """Prune a network; see `Rule`."""
        weight = check(weight, graph, density)
        mask, trained = np.ones(graph.n_edges, dtype=bool), weight
        for step in range(1, self.n_steps + 1):
            trained = self.train(trained, mask)
            left = cubic_density(step, self.n_steps, 1.0, density)
            score = np.where(mask, np.abs(trained), -1.0)
            mask = best(score, round(left * graph.n_edges))
            trained = np.where(mask, trained, 0.0)
        return keep(weight, mask)
