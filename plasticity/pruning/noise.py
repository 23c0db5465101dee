"""Pruning by the answers to noise: synapses stay with the chance that their leverage gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.pruning.linear import leverages, linearise, noise_covariance
from plasticity.pruning.protocol import Dynamics, Graph, Pruned, chances, check, draw

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class NoiseDriven:
    """Keep synapse ij with chance p = min(1, K |w| (C_ii + C_jj - 2 sgn(w) C_ij)), as w / p.

    C is the covariance that white noise gives the linearised network; K makes the chances sum to
    the number of synapses asked for. Synapses between neurons that go together are the redundant
    ones. The spectrum of the linear network is what the rule keeps; nothing is promised of others.

    Attributes
    ----------
    rescale : bool
        Divide what stays by its chance, so that weights are kept in the mean.
    compensate : bool
        Change each leak by as much as the sum of absolute incoming weights changes, which keeps a
        diagonally dominant network so. In a spiking network the leak is the membrane's.
    group : int or None
        Prune the edges of this group of the graph alone, to the density; the others answer to
        noise too, and stay. None for all edges.

    References
    ----------
    Moore and Chaudhuri, "Using noise to probe recurrent neural network structure and prune
    synapses", NeurIPS 2020.
    """

    rescale: bool = True
    compensate: bool = False
    group: int | None = None

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,
        density: float,
        rng: np.random.Generator,
    ) -> Pruned:
        """Prune a network; see `Rule`."""
        weight = check(weight, graph, density)
        covariance = noise_covariance(linearise(weight, graph, dynamics))
        score = leverages(weight, graph, covariance)
        mine = np.ones(graph.n_edges, bool) if self.group is None else graph.group == self.group
        chance = np.ones(graph.n_edges)
        chance[mine] = chances(score[mine], density * np.count_nonzero(mine))
        found = draw(weight, chance, rng, self.rescale)
        if not self.compensate:
            return found
        change = np.abs(found.weight) - np.abs(weight)
        leak = np.asarray(dynamics.gain) * np.bincount(graph.target, change, graph.size)
        return Pruned(found.mask, found.weight, leak)
