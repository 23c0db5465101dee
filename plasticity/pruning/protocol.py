"""What a pruning rule is given and what it returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Graph:
    """Hold the edges of a network.

    Attributes
    ----------
    source, target : array of ints, shape (n_edges,)
        Where each edge begins and ends.
    size : int
        Number of nodes.
    group : array of ints, shape (n_edges,)
        Which layer or projection an edge belongs to, for rules that treat each alike; all 0 if
        left out.
    """

    source: Array
    target: Array
    size: int
    group: Array = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __post_init__(self) -> None:
        if not len(self.group):
            object.__setattr__(self, "group", np.zeros(len(self.source), dtype=np.int64))
        if not len(self.source) == len(self.target) == len(self.group):
            raise SpecError(
                f"{len(self.source)} sources, {len(self.target)} targets and {len(self.group)} "
                "groups; needed: as many of each"
            )
        ends = np.concatenate([self.source, self.target])
        if len(ends) and not 0 <= ends.min() <= ends.max() < self.size:
            raise SpecError(f"edges among nodes {ends.min()} to {ends.max()} of {self.size}")

    @property
    def n_edges(self) -> int:
        """Return the number of edges."""
        return len(self.source)

    def of(self, edges: Array) -> Graph:
        """Return a graph of the same nodes with some of the edges, by a mask or their numbers."""
        return Graph(self.source[edges], self.target[edges], self.size, self.group[edges])

    def plus(self, other: Graph) -> Graph:
        """Return a graph of the same nodes with the edges of another one behind its own."""
        pairs = zip(self._edges, other._edges, strict=True)
        source, target, group = (np.concatenate(both) for both in pairs)
        return Graph(source, target, self.size, group)

    @property
    def _edges(self) -> tuple[Array, Array, Array]:
        return self.source, self.target, self.group


@dataclass(frozen=True, slots=True)
class Dynamics:
    """Hold what is known of the neurons at the nodes.

    Attributes
    ----------
    tau : array of floats, shape (n,)
        Time constants, s.
    gain : array of floats, shape (n,)
        By how much an input changes the rate, at the working point: unit of the weights to the
        power -1.
    rate : array of floats, shape (n,)
        Mean rates, 1/s, for rules that go by activity; empty where not measured.
    exponent : array of floats, shape (n,)
        How fast a small deviation of each neuron grows in the network, 1/s, for rules that go by
        it; empty where not measured.
    """

    tau: Array
    gain: Array
    rate: Array = field(default_factory=lambda: np.empty(0))
    exponent: Array = field(default_factory=lambda: np.empty(0))

    def __post_init__(self) -> None:
        if np.shape(self.tau) != np.shape(self.gain) or np.any(np.asarray(self.tau) <= 0):
            raise SpecError("needed: as many gains as time constants, all of these above 0")

    def of(self, neurons: Array) -> Dynamics:
        """Return the dynamics of some neurons, given by a mask or by their numbers."""
        values = (self.tau, self.gain, self.rate, self.exponent)
        return Dynamics(*(np.asarray(v)[neurons] if len(v) else v for v in values))


@dataclass(frozen=True, slots=True)
class Pruned:
    """Hold what a rule keeps.

    Attributes
    ----------
    mask : array of bools, shape (n_edges,)
        Edges that stay.
    weight : array of floats, shape (n_edges,)
        Their weights, rescaled where the rule does; 0 where an edge goes.
    leak : array of floats, shape (n,)
        What the rule adds to the leak of each node, in units of the leak that is there; empty
        where it leaves leaks alone.
    added : Graph or None
        Edges that were not there and that the rule adds.
    added_weight : array of floats, shape (n_added,)
        Their weights.
    neuron : array of bools, shape (n,)
        Neurons that stay; no edge of the others does. Empty where all stay.
    tau : array of floats, shape (n,)
        Time constants that the rule gives the neurons, s; empty where it leaves them.
    """

    mask: Array
    weight: Array
    leak: Array = field(default_factory=lambda: np.empty(0))
    added: Graph | None = None
    added_weight: Array = field(default_factory=lambda: np.empty(0))
    neuron: Array = field(default_factory=lambda: np.empty(0, dtype=bool))
    tau: Array = field(default_factory=lambda: np.empty(0))

    @property
    def density(self) -> float:
        """Return the number of edges that there are now, as a share of those that there were."""
        n_left = np.count_nonzero(self.mask) + len(self.added_weight)
        return float(n_left / len(self.mask)) if len(self.mask) else 0.0

    def network(self, graph: Graph) -> tuple[Graph, Array]:
        """Return the edges that there are now, those added last, and their weights.

        Parameters
        ----------
        graph : Graph
            What was pruned.
        """
        left = graph.of(self.mask)
        if self.added is None:
            return left, self.weight[self.mask]
        return left.plus(self.added), np.concatenate([self.weight[self.mask], self.added_weight])


class Rule(Protocol):
    """Choose the synapses that stay."""

    def __call__(
        self,
        weight: Array,
        graph: Graph,
        dynamics: Dynamics,
        density: float,
        rng: np.random.Generator,
    ) -> Pruned:
        """Prune a network.

        Parameters
        ----------
        weight : array of floats, shape (n_edges,)
            Signed weights.
        graph : Graph
            Its edges.
        dynamics : Dynamics
            Its neurons.
        density : float
            Share of the edges to keep, above 0, at most 1; of rules that draw edge by edge, in the
            mean.
        rng : numpy.random.Generator
            For rules that draw.

        Returns
        -------
        Pruned
        """


def check(weight: Array, graph: Graph, density: float) -> Array:
    """Return the weights as floats, or refuse what no rule can prune.

    Raises
    ------
    SpecError
        If there are not as many weights as edges, or the density is no share.
    """
    found = np.asarray(weight, dtype=np.float64)
    if found.shape != (graph.n_edges,):
        raise SpecError(f"weights of shape {found.shape}; needed: ({graph.n_edges},)")
    if not 0 < density <= 1:
        raise SpecError(f"density {density}; needed: above 0, at most 1")
    return found


def best(score: Array, count: int) -> Array:
    """Return a mask of the edges with the highest scores; of equal ones those that come first."""
    mask = np.zeros(len(score), dtype=bool)
    mask[np.argsort(-score, kind="stable")[:count]] = True
    return mask


def keep(weight: Array, mask: Array, chance: Array | float = 1.0) -> Pruned:
    """Keep the edges of a mask, their weights divided by the chance that they had."""
    return Pruned(mask, np.divide(weight, chance, out=np.zeros_like(weight), where=mask))


def draw(weight: Array, chance: Array, rng: np.random.Generator, rescale: bool) -> Pruned:
    """Keep each edge with a chance of its own, and divide its weight by it where asked.

    So that the weights are, in the mean, what they were.
    """
    return keep(weight, rng.random(len(weight)) < chance, chance if rescale else 1.0)


def chances(score: Array, count: float) -> Array:
    """Return min(1, K score) with K such that the chances sum to a count.

    Edges without a score are never kept; if too few have one, those are kept for sure.

    Parameters
    ----------
    score : array of floats, shape (n_edges,)
        0 or more.
    count : float
        Mean number of edges to keep.
    """
    order = np.sort(score)[::-1]
    n_scored = int(np.count_nonzero(order))
    if count >= n_scored:
        return (score > 0).astype(np.float64)
    # With the k largest certain, the others share count - k in proportion to their scores.
    rest = order.sum() - np.concatenate([[0.0], np.cumsum(order)])
    certain = np.arange(n_scored)
    factor = (count - certain) / rest[:n_scored]
    fits = (factor > 0) & (factor * order[:n_scored] <= 1)
    found: Array = np.minimum(1.0, factor[np.flatnonzero(fits)[0]] * score)
    return found
