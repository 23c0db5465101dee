"""How widely the modes of a network spread over its neurons, and edges that spread them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from plasticity.pruning.linear import coupling
from plasticity.pruning.protocol import Graph

Array = NDArray[Any]
#: After so many new edges the modes are looked at again.
CHECK_EVERY = 50


def participation(matrix: Array) -> Array:
    """Return the inverse participation ratio of each right eigenvector of a matrix, shape (n,).

    sum |v_i|^4 / (sum |v_i|^2)^2: 1 / n where a mode is spread evenly, 1 where it is one neuron's.
    """
    share = np.abs(np.linalg.eig(matrix)[1]) ** 2
    return np.asarray((share**2).sum(axis=0) / share.sum(axis=0) ** 2)


def dale_types(weight: Array, graph: Graph) -> Array:
    """Return 1 for neurons whose synapses excite in sum, or that have none, -1 for the others."""
    return np.where(np.bincount(graph.source, weight, graph.size) >= 0, 1, -1)


def heterogeneity(degrees: Array) -> float:
    """Return <k^2> / <k>^2 of degrees; 1 where all are alike."""
    mean = float(np.mean(degrees))
    return float(np.mean(np.square(degrees, dtype=float)) / mean**2) if mean else 1.0


class Neighbourhoods:
    """Hold who is connected to whom, in either direction, while edges are added.

    Parameters
    ----------
    graph : Graph
        The edges to begin with.
    """

    def __init__(self, graph: Graph) -> None:
        self.near: list[set[int]] = [set() for _ in range(graph.size)]
        self.targets: list[set[int]] = [set() for _ in range(graph.size)]
        self.degrees = np.zeros(graph.size)
        for source, target in zip(graph.source.tolist(), graph.target.tolist(), strict=True):
            self.add(source, target)

    def add(self, source: int, target: int) -> None:
        """Take up an edge."""
        self.near[source].add(target)
        self.near[target].add(source)
        self.targets[source].add(target)
        self.degrees[[source, target]] += 1

    def remove(self, source: int, target: int) -> None:
        """Take an edge back."""
        self.targets[source].discard(target)
        if source not in self.targets[target]:
            self.near[source].discard(target)
            self.near[target].discard(source)
        self.degrees[[source, target]] -= 1

    def best_target(self, source: int) -> int | None:
        """Return to whom within two steps an edge makes degrees around most heterogeneous.

        That is <k^2> / <k>^2, of the source, those it is connected to, and the target. None if all
        within two steps are targets already. Of equally good ones the lowest.
        """
        within = set().union(*(self.near[k] for k in self.near[source])) | self.near[source]
        targets = np.array(sorted(within - self.targets[source] - {source}), dtype=np.int64)
        if not len(targets):
            return None
        return int(targets[np.argmax(self._gains(source, targets))])

    def _gains(self, source: int, targets: Array) -> Array:
        """Return by how much an edge to each target makes <k^2> / <k>^2 around larger."""
        around = np.array([source, *self.near[source]])
        degree, is_far = self.degrees[targets], ~np.isin(targets, around)
        count = len(around) + is_far
        total = self.degrees[around].sum() + is_far * degree
        squares = np.square(self.degrees[around]).sum() + is_far * degree**2
        with_edge = squares + 2 * (self.degrees[source] + degree + 1)
        return np.asarray(count * (with_edge / (total + 2) ** 2 - squares / total**2))


def add_edges(
    weight: Array,
    graph: Graph,
    count: int,
    rng: np.random.Generator,
    kind: Array | None = None,
) -> tuple[Graph, Array]:
    """Add edges that make the degrees of neighbourhoods more heterogeneous.

    From neurons drawn at random to one within two steps. An edge bears the median absolute weight
    of those that its source sends, or of all, and the sign of its source (Dale). Every 50 edges
    the modes of the network are looked at, and those that made the mean inverse participation
    ratio grow are taken back.

    Parameters
    ----------
    weight : array of floats, shape (n_edges,)
        Weights.
    graph : Graph
        Edges.
    count : int
        Edges to try.
    rng : numpy.random.Generator
        Draws where they begin.
    kind : array of ints, shape (n,), optional
        1 for neurons that excite, -1 for those that inhibit; `dale_types` if left out.

    Returns
    -------
    graph : Graph
        The new edges only, of group 0.
    weight : array of floats
        Theirs.

    References
    ----------
    Chakraborty et al., "Sparse spiking neural network: exploiting heterogeneity in timescales for
    pruning recurrent SNN", ICLR 2024. The publication does not say how edges are chosen; this is
    one way.
    """
    near, matrix = Neighbourhoods(graph), coupling(weight, graph)
    sign = dale_types(weight, graph) if kind is None else kind
    kept: list[tuple[int, int, float]] = []
    spread = participation(matrix).mean()
    for first in range(0, count, CHECK_EVERY):
        batch: list[tuple[int, int, float]] = []
        trial = matrix.copy()
        for source in rng.integers(graph.size, size=min(CHECK_EVERY, count - first)).tolist():
            target = near.best_target(source)
            if target is None:
                continue
            near.add(source, target)
            size = _typical(matrix[:, source], weight)
            batch.append((source, target, float(sign[source] * size)))
            trial[target, source] += batch[-1][2]
        now = participation(trial).mean()
        if now <= spread:
            matrix, spread = trial, now
            kept += batch
            continue
        for source, target, _ in batch:
            near.remove(source, target)
    ends = np.array([edge[:2] for edge in kept], dtype=np.int64).reshape(-1, 2)
    new = np.array([edge[2] for edge in kept], dtype=np.float64)
    return Graph(ends[:, 0], ends[:, 1], graph.size), new


def _typical(sent: Array, weight: Array) -> float:
    """Return the median absolute weight of what a neuron sends, of all if it sends nothing."""
    own = sent[sent != 0]
    return float(np.median(np.abs(own if len(own) else weight)))
