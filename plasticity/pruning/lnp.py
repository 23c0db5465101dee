"""Lyapunov noise pruning: synapses, neurons and time constants, chosen without a task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.pruning.central import drop_peripheral
from plasticity.pruning.delocalised import add_edges, dale_types
from plasticity.pruning.linear import (
    growth_rates,
    leverages,
    linearise,
    linearise_by_exponents,
    noise_covariance,
)
from plasticity.pruning.protocol import Dynamics, Graph, Pruned, chances, check
from plasticity.pruning.schedule import geometric_densities
from plasticity.pruning.time_constants import (
    GammaConstants,
    Optimise,
    spectral_change,
    tune,
)

Array = NDArray[Any]
#: Of weights, edges and neurons: something measured on the network that they make.
Measured = Callable[[Array, Graph, Dynamics], Any]


@dataclass(frozen=True, slots=True)
class _Left:
    """Hold what is left of a network, its neurons numbered anew.

    Attributes
    ----------
    weight, graph, dynamics
        The network.
    edge : array of ints, shape (n_edges,)
        What number each edge had to begin with; -1 for those added.
    neuron, kind : arrays of ints, shape (n,)
        What number each neuron had, and its type: `dale_types` to begin with.
    """

    weight: Array
    graph: Graph
    dynamics: Dynamics
    edge: Array
    neuron: Array
    kind: Array

    def of(self, edges: Array, neurons: Array, weight: Array) -> _Left:
        """Return what is left with some edges, of other weights, and some neurons, by masks."""
        number, graph = np.cumsum(neurons) - 1, self.graph.of(edges)
        ends = number[graph.source], number[graph.target]
        return _Left(
            weight[edges],
            Graph(*ends, int(neurons.sum()), graph.group),
            self.dynamics.of(neurons),
            self.edge[edges],
            self.neuron[neurons],
            self.kind[neurons],
        )

    def plus(self, graph: Graph, weight: Array) -> _Left:
        """Return the same with more edges."""
        return replace(
            self,
            weight=np.concatenate([self.weight, weight]),
            graph=self.graph.plus(graph),
            edge=np.concatenate([self.edge, np.full(len(weight), -1)]),
        )


@dataclass(frozen=True, slots=True)
class LNP:
    """Prune a network in rounds, of three steps each, then choose its time constants.

    1. Synapses stay with the chance that noise gives them, as by `NoiseDriven`.
    2. Neurons that the fewest shortest paths lead through go, with their synapses.
    3. Edges come that make degrees more heterogeneous without localising modes (`add_edges`).
    4. After the last round: means and shapes of the time constants of excitatory and inhibitory
       neurons are chosen such that the spectrum is nearest to what it was.

    The density counts all edges that are there at the end, added ones too, and is reached in the
    mean, as by all rules that draw edge by edge; it is missed by as much as edges are not accepted
    in step 3 (at most `edge_share` of it), and where a round ends it all.

    Attributes
    ----------
    mode : {"weights", "lyapunov"}
        What stands at the edges of the linear network of step 1: weights times gains, or harmonic
        means of the exponents of the neurons around (`linearise_by_exponents`).
    keep : float
        The share of synapses that a round keeps.
    neuron_share : float
        The share of neurons that go in a round.
    edge_share : float
        Edges tried in step 3, as a share of those of the round.
    protected : tuple of ints
        Neurons that never go, such as those with inputs or read out.
    rescale : bool
        Divide the weights that stay by their chance.
    highest : float
        A round that makes the largest growth rate of the linear network exceed this, in 1/s, is
        taken back, and no other follows.
    measure : callable, optional
        Dynamics of weights, graph, and the dynamics so far, measured anew before every round; as
        they were given if left out.
    spectrum : callable
        Of the same: the exponents that step 4 compares, 1/s.
    optimise : callable, optional
        Does step 4, see `Optimise`; no step 4 if left out.

    References
    ----------
    Chakraborty, Kang, Kumar and Mukhopadhyay, "Sparse spiking neural network: exploiting
    heterogeneity in timescales for pruning recurrent SNN", ICLR 2024. The publication leaves
    linearisation, choice of edges and objective open: what is not in the abstract is ours.
    """

    mode: Literal["weights", "lyapunov"] = "weights"
    keep: float = 0.8
    neuron_share: float = 0.05
    edge_share: float = 0.02
    protected: tuple[int, ...] = ()
    rescale: bool = True
    highest: float = np.inf
    measure: Measured | None = None
    spectrum: Measured = growth_rates
    optimise: Optimise | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.neuron_share < 1 or not 0 <= self.edge_share < 1:
            raise SpecError(
                f"neuron_share {self.neuron_share}, edge_share {self.edge_share}; needed: 0 to "
                "below 1"
            )

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
        numbers = np.arange(graph.n_edges), np.arange(graph.size)
        begun = left = _Left(weight, graph, dynamics, *numbers, dale_types(weight, graph))
        for share in geometric_densities(density, self.keep):
            following = self._round(left, share * graph.n_edges, rng)
            rates = growth_rates(following.weight, following.graph, following.dynamics)
            if rates[0] > self.highest:
                break
            left = following
        return self._tuned(_collect(left, graph), begun, left, rng)

    def _round(self, left: _Left, count: float, rng: np.random.Generator) -> _Left:
        """Take a network to a number of edges by steps 1 to 3."""
        if self.measure is not None:
            now = self.measure(left.weight, left.graph, left.dynamics)
            left = replace(left, dynamics=now)
        score, lot = self._scores(left), rng.random(left.graph.n_edges)
        kept = np.where(lot < chances(score, count), left.weight, 0.0)
        stays = self._neurons(kept, left)
        # The same lots at higher chances make up for what neurons took with them.
        n_added = round(self.edge_share * count)
        inner = stays[left.graph.source] & stays[left.graph.target]
        chance = np.zeros(len(score))
        chance[inner] = chances(score[inner], count - n_added)
        mask = lot < chance
        divisor = np.where(mask, chance, 1.0) if self.rescale else 1.0
        rest = left.of(mask, stays, left.weight / divisor)
        return rest.plus(*add_edges(rest.weight, rest.graph, n_added, rng, rest.kind))

    def _scores(self, left: _Left) -> Array:
        """Return how much hangs on each edge."""
        network = left.weight, left.graph, left.dynamics
        if self.mode == "lyapunov":
            system, strength = linearise_by_exponents(*network)
        else:
            system, strength = linearise(*network), left.weight
        return leverages(strength, left.graph, noise_covariance(system))

    def _neurons(self, weight: Array, left: _Left) -> Array:
        """Return which neurons stay, by the weights of the edges that do."""
        protected = np.flatnonzero(np.isin(left.neuron, self.protected))
        free = 1 - len(protected) / left.graph.size
        return drop_peripheral(weight, left.graph, min(self.neuron_share, free), protected)

    def _tuned(self, found: Pruned, begun: _Left, left: _Left, rng: np.random.Generator) -> Pruned:
        """Take step 4, if anybody is there to do it."""
        if self.optimise is None:
            return found
        before = self.spectrum(begun.weight, begun.graph, begun.dynamics)

        def cost(tau: Array) -> float:
            changed = replace(left.dynamics, tau=tau)
            return spectral_change(before, self.spectrum(left.weight, left.graph, changed))

        constants = GammaConstants(np.asarray(left.dynamics.tau), left.kind)
        tau = np.array(begun.dynamics.tau, dtype=np.float64)
        tau[left.neuron] = tune(constants, cost, self.optimise, rng)
        return replace(found, tau=tau)


def _collect(left: _Left, graph: Graph) -> Pruned:
    """Say of the edges and neurons to begin with what became of them.

    An edge that was added where one had gone has come back.
    """
    mask, weight = np.zeros(graph.n_edges, dtype=bool), np.zeros(graph.n_edges)
    source, target = left.neuron[left.graph.source], left.neuron[left.graph.target]
    edge = np.where(left.edge >= 0, left.edge, _numbers(source, target, graph))
    there = edge >= 0
    mask[edge[there]], weight[edge[there]] = True, left.weight[there]
    neuron = np.zeros(graph.size, dtype=bool)
    neuron[left.neuron] = True
    return Pruned(
        mask,
        weight,
        added=Graph(source[~there], target[~there], graph.size),
        added_weight=left.weight[~there],
        neuron=neuron,
    )


def _numbers(source: Array, target: Array, graph: Graph) -> Array:
    """Return which edge of a graph, the first one, leads from each source to each target, or -1."""
    pairs, first = np.unique(graph.source * graph.size + graph.target, return_index=True)
    asked = source * graph.size + target
    place = np.minimum(np.searchsorted(pairs, asked), len(pairs) - 1)
    return np.where(pairs[place] == asked, first[place], -1)
