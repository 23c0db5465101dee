"""What a description was built into."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.build.monitors import Monitor
from networks.build.streams import Streams
from networks.graphs import Edges
from networks.spec import Spec


@dataclass(slots=True)
class Built:
    """Hold the Brian2 objects of a description, by the names of the description.

    Attributes
    ----------
    spec : Spec
        The description.
    network : brian2.Network
        Everything below, ready to run.
    clock : brian2.Clock
        Clock of the run.
    groups, synapses : dict of str to Brian2 object
        Populations and projections.
    edges : dict of str to Edges
        Synapses as built; they keep their numbers when some are removed.
    initial_weights : dict of str to array
        Weight of each edge in SI before the run; 0 where its synapse is not built.
    delays : dict of str to array or float
        Delay of each edge in s; a float if all are equal.
    alive : dict of str to array of bool
        Which edges still exist.
    monitors : dict of str to Monitor
        By recording.
    counters : dict of str to brian2.SpikeMonitor
        Number of spikes of each neuron, by population.
    streams : Streams
        Random streams that were used.
    """

    spec: Spec
    network: Any
    clock: Any
    groups: dict[str, Any]
    synapses: dict[str, Any]
    edges: dict[str, Edges]
    initial_weights: dict[str, NDArray[np.float64]]
    delays: dict[str, NDArray[np.float64] | float]
    monitors: dict[str, Monitor]
    counters: dict[str, Any]
    streams: Streams
    alive: dict[str, NDArray[np.bool_]] = field(default_factory=dict)

    def remaining(self, projection: str) -> Edges:
        """Return the edges of a projection that still exist."""
        edges, alive = self.edges[projection], self.alive[projection]
        return Edges(edges.source[alive], edges.target[alive])

    def in_edge_order(self, projection: str, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Place values of the remaining synapses at their edges; 0 where one was removed."""
        full = np.zeros(len(self.alive[projection]))
        full[self.alive[projection]] = values
        return full

    def weights(self, projection: str) -> NDArray[np.float64]:
        """Return the weights of a projection now, in SI, in the order of its edges.

        Before its synapses are made those are the initial ones.
        """
        if not self.alive[projection].any():
            return np.zeros(len(self.alive[projection]))
        if projection not in self.synapses:
            return self.initial_weights[projection]
        synapses = self.synapses[projection]
        return self.in_edge_order(projection, np.array(synapses.variables["weight"].get_value()))
