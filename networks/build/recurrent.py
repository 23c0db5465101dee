"""A network of several populations as one recurrent network, for what prunes and measures it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from networks.build.built import Built
from networks.spec import Projection, Spec
from neuro.errors import SpecError
from plasticity.lyapunov import LifNetwork
from plasticity.pruning import Dynamics, Graph, lif_gain

Array = NDArray[Any]
PARAMETERS = ("tau_m", "E_L", "V_th", "V_reset", "R", "t_ref", "I_e")


@dataclass(frozen=True, slots=True)
class Recurrent:
    """Hold the neurons of populations of model `lif` in a row, and the synapses between them.

    Attributes
    ----------
    populations : tuple of str
        Whose neurons, in this order.
    first : array of ints, shape (n_populations + 1,)
        The number of the first neuron of each population, and the number of neurons.
    projections : tuple of str
        Their synapses: the groups of the graph.
    weight : array of floats, shape (n_edges,)
        R times the current of a synapse, V.
    delay : array of floats, shape (n_edges,)
        Of a synapse, s.
    graph : Graph
        Its ends, in the order of projections and of their edges.
    tau, current, threshold, reset, refractory, tau_syn : arrays of floats, shape (n,)
        As of `LifNetwork`, potentials from E_L on: s, V, V, V, s, s.
    resistance : array of floats, shape (n,)
        R, ohm.
    """

    populations: tuple[str, ...]
    first: Array
    projections: tuple[str, ...]
    weight: Array
    delay: Array
    graph: Graph
    tau: Array
    current: Array
    threshold: Array
    reset: Array
    refractory: Array
    tau_syn: Array
    resistance: Array

    def lif_network(self, current: Array | None = None) -> LifNetwork:
        """Return the network without delays, whose spikes are exact.

        Parameters
        ----------
        current : array of floats, shape (n,), optional
            What comes from outside, V; the bias alone if left out.
        """
        ends, n = (self.graph.source, self.graph.target), self.graph.size
        return LifNetwork(
            coo_array((self.weight, ends), shape=(n, n)),
            self.tau,
            self.current if current is None else current,
            self.threshold,
            self.reset,
            self.refractory,
            self.tau_syn,
        )

    def dynamics(self, rate: Array, outside: Array | None = None) -> Dynamics:
        """Return time constants, and gains at the working point that rates make.

        The mean input is that of independent Poisson spikes at these rates, and so is its noise.

        Parameters
        ----------
        rate : array of floats, shape (n,)
            Mean rates, 1/s.
        outside : array of floats, shape (n,), optional
            Mean input beside bias and synapses, V.
        """
        source, target, n = self.graph.source, self.graph.target, self.graph.size
        charge = self.weight * self.tau_syn[target]
        mean = self.current + np.bincount(target, charge * rate[source], n)
        spread = np.bincount(target, charge**2 * rate[source], n) / self.tau
        ends = self.threshold, self.reset, self.refractory
        slope = lif_gain(
            mean if outside is None else mean + outside, self.tau, *ends, noise=np.sqrt(spread)
        )
        return Dynamics(self.tau, slope * self.tau_syn, rate)

    def members(self, population: str) -> slice:
        """Return which neurons are those of a population."""
        place = self.populations.index(population)
        return slice(int(self.first[place]), int(self.first[place + 1]))


def recurrent(built: Built, populations: Sequence[str]) -> Recurrent:
    """Take the populations of a network together.

    Parameters
    ----------
    built : Built
        The network, as it is now.
    populations : sequence of str
        Of model `lif`; the projections among them are of model `exponential`, all onto one
        population with the same time constant.

    Raises
    ------
    SpecError
        If a model is another, or time constants differ.
    """
    spec = built.spec
    for name in populations:
        if spec.populations[name].model.name != "lif":
            given = spec.populations[name].model.name
            raise SpecError(f"population '{name}' is of model '{given}'; needed: lif")
    first = np.cumsum([0, *(spec.populations[name].size for name in populations)])
    inner = [p for p in spec.projections.values() if {p.source, p.target} <= set(populations)]
    columns = [_edges(built, p, populations, first) for p in inner]
    group = np.repeat(np.arange(len(inner)), [len(column[0]) for column in columns])
    source, target, amperes, delay = (
        np.concatenate([np.empty(0, dtype), *(column[k] for column in columns)])
        for k, dtype in enumerate((np.int64, np.int64, np.float64, np.float64))
    )
    tau, rest, threshold, reset, resistance, refractory, bias = (
        np.concatenate([neuron_values(built, each, name) for each in populations])
        for name in PARAMETERS
    )
    return Recurrent(
        populations=tuple(populations),
        first=first,
        projections=tuple(p.name for p in inner),
        weight=resistance[target] * amperes,
        delay=delay,
        graph=Graph(source, target, int(first[-1]), group),
        tau=tau,
        current=resistance * bias,
        threshold=threshold - rest,
        reset=reset - rest,
        refractory=refractory,
        tau_syn=np.concatenate([_synaptic(built, inner, each) for each in populations]),
        resistance=resistance,
    )


def graphs_of(matrix: Any, spec: Spec, populations: Sequence[str]) -> dict[str, Any]:
    """Cut the graph of a whole network into the connections of its projections.

    Parameters
    ----------
    matrix : SciPy sparse matrix or array, shape (n, n)
        The neurons of the populations in a row; rows are sources. Weights multiply those of the
        projections; a boolean matrix has none.
    spec : Spec
        The description.
    populations : sequence of str
        In the order of the matrix.

    Returns
    -------
    dict of str to SciPy sparse array
        For `build`: by projection, the first one where several join two populations.

    Raises
    ------
    SpecError
        If the matrix has another size, or edges between populations that no projection joins.
    """
    first = np.cumsum([0, *(spec.populations[name].size for name in populations)])
    if matrix.shape != (first[-1], first[-1]):
        raise SpecError(f"a graph of shape {matrix.shape}; needed: {(int(first[-1]),) * 2}")
    rows, found = csr_array(matrix), {}
    spans = {
        name: slice(start, stop)
        for name, start, stop in zip(populations, first, first[1:], strict=False)
    }
    joining = first_joining(spec, spec.projections, populations)
    for ends, name in joining.items():
        found[name] = rows[spans[ends[0]], spans[ends[1]]]
    lost = rows.nnz - sum(each.nnz for each in found.values())
    if lost:
        raise SpecError(f"{lost} edges between populations that no projection joins")
    return found


def first_joining(
    spec: Spec, names: Iterable[str], populations: Sequence[str]
) -> dict[tuple[str, str], str]:
    """Return the first of some projections between each two of some populations."""
    found: dict[tuple[str, str], str] = {}
    for name in names:
        ends = spec.projections[name].source, spec.projections[name].target
        if set(ends) <= set(populations):
            found.setdefault(ends, name)
    return found


def neuron_values(built: Built, population: str, name: str) -> Array:
    """Return a parameter of each neuron of a population, in SI, whether they share it or not."""
    group = built.groups[population]
    own = group.variables[name].get_value() if name in group.variables else group.namespace[name]
    return np.array(np.broadcast_to(np.asarray(own, dtype=np.float64), len(group)))


def _edges(
    built: Built, projection: Projection, populations: Sequence[str], first: Array
) -> tuple[Array, Array, Array, Array]:
    """Return sources, targets, weights (A) and delays (s) of the synapses that there still are."""
    if projection.synapse.model.name != "exponential":
        given = projection.synapse.model.name
        raise SpecError(
            f"projections.{projection.name}.synapse: model '{given}'; needed: exponential"
        )
    edges, alive = built.edges[projection.name], built.alive[projection.name]
    ends = [
        first[populations.index(name)] + np.asarray(numbers, dtype=np.int64)[alive]
        for name, numbers in ((projection.source, edges.source), (projection.target, edges.target))
    ]
    delay = np.broadcast_to(built.delays[projection.name], len(alive))[alive]
    return ends[0], ends[1], built.weights(projection.name)[alive], delay


def _synaptic(built: Built, inner: Sequence[Projection], population: str) -> Array:
    """Return the one time constant of all synapses of each neuron of a population, s."""
    onto = [p.name for p in inner if p.target == population]
    found = [neuron_values(built, population, f"tau_{name}") for name in onto]
    for name, values in zip(onto, found, strict=True):
        if not np.array_equal(values, found[0]):
            raise SpecError(
                f"projections.{name}.synapse.parameters.tau differs from that of {onto[0]}; "
                f"needed: one for all synapses of population '{population}'"
            )
    # Without synapses there is no current that would decay: any will do.
    return found[0] if found else neuron_values(built, population, "tau_m")
