"""Pruning rules to compare with: at random, by weight, by activity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.pruning.protocol import Dynamics, Graph, Pruned, best, chances, check, draw, keep

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Uniform:
    """Keep as many synapses as asked for, all sets with the same chance.

    Attributes
    ----------
    rescale : bool
        Divide what stays by the density.
    """

    rescale: bool = False

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,  # noqa: ARG002
        density: float,
        rng: np.random.Generator,
    ) -> Pruned:
        """Prune a network; see `Rule`."""
        weight = check(weight, graph, density)
        mask = best(rng.random(graph.n_edges), round(density * graph.n_edges))
        return keep(weight, mask, density if self.rescale else 1.0)


@dataclass(frozen=True, slots=True)
class Magnitude:
    """Keep the largest absolute weights.

    Attributes
    ----------
    within : {"all", "group"}
        Of all synapses together ("blinded"), or the same share of each group ("uniform").

    References
    ----------
    Han et al., "Learning both weights and connections for efficient neural networks", NIPS 2015.
    """

    within: Literal["all", "group"] = "all"

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
        group = graph.group if self.within == "group" else np.zeros_like(graph.group)
        mask = np.zeros(graph.n_edges, dtype=bool)
        for number in np.unique(group):
            members = np.flatnonzero(group == number)
            mask[members] = best(np.abs(weight[members]), round(density * len(members)))
        return keep(weight, mask)


@dataclass(frozen=True, slots=True)
class Activity:
    """Keep synapses whose neurons are most active, by the product of their rates."""

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,
        density: float,
        rng: np.random.Generator,  # noqa: ARG002
    ) -> Pruned:
        """Prune a network; see `Rule`.

        Raises
        ------
        SpecError
            If rates were not measured.
        """
        weight = check(weight, graph, density)
        if len(dynamics.rate) != graph.size:
            raise SpecError(f"{len(dynamics.rate)} rates for {graph.size} neurons; needed: all")
        score = dynamics.rate[graph.source] * dynamics.rate[graph.target]
        mask = best(score, round(density * graph.n_edges))
        return keep(weight, mask)


@dataclass(frozen=True, slots=True)
class Sketch:
    """Keep synapses with a chance that grows with their weight, and divide what stays by it.

    Attributes
    ----------
    power : float
        Of the absolute weight: 1 or 2.

    References
    ----------
    Achlioptas and McSherry, "Fast computation of low-rank matrix approximations", Journal of the
    ACM 54 (2007); Drineas and Zouzias, Information Processing Letters 111 (2011).
    """

    power: float = 1.0

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,  # noqa: ARG002
        density: float,
        rng: np.random.Generator,
    ) -> Pruned:
        """Prune a network; see `Rule`."""
        weight = check(weight, graph, density)
        chance = chances(np.abs(weight) ** self.power, density * graph.n_edges)
        return draw(weight, chance, rng, rescale=True)
