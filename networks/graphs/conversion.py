"""Graphs of networkx and sparse matrices of SciPy as edges."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.graphs.edges import Edges, sorted_edges
from neuro.errors import SpecError

# A number as `str` writes it: "01" is a name.
DECIMAL = re.compile(r"0|-?[1-9][0-9]*")


def matrix_edges(matrix: Any, n_source: int, n_target: int, where: str) -> Edges:
    """Take the stored entries of a sparse matrix as synapses, explicit zeros included.

    Parameters
    ----------
    matrix : SciPy sparse matrix or array, shape (n_source, n_target)
        Rows are sources. Several entries of one pair (COO) are several synapses. A boolean
        matrix has no weights.
    n_source, n_target : int
        Sizes of the populations.
    where : str
        Name of the matrix in messages.

    Returns
    -------
    Edges
        The synapses.

    Raises
    ------
    SpecError
        If the shape is another or a weight is no finite real number.
    """
    if matrix.shape != (n_source, n_target):
        raise SpecError(
            f"{where} has the shape {matrix.shape}; needed: {(n_source, n_target)}, sources first"
        )
    coordinates = matrix.tocoo()
    weight = None
    if coordinates.dtype != np.bool_:
        if np.iscomplexobj(coordinates.data):
            raise SpecError(f"{where} has complex weights; needed: real ones")
        weight = coordinates.data.astype(np.float64)
    return sorted_edges(coordinates.row, coordinates.col, n_target, weight)


def network_edges(graph: Any, n_source: int, n_target: int, where: str) -> Edges:
    """Take the edges of a networkx graph as synapses.

    An edge of a directed graph is a synapse from its tail to its head; one of an undirected
    graph is two synapses, a self-loop one. Parallel edges are several synapses. Nodes become
    neurons as `node_order` says.

    Parameters
    ----------
    graph : networkx.Graph
        Any of its classes. Edge attribute `weight`; an edge without it has weight 1 if another
        has one.
    n_source, n_target : int
        Sizes of the populations, both the number of nodes.
    where : str
        Name of the graph in messages.

    Returns
    -------
    Edges
        The synapses.

    Raises
    ------
    SpecError
        If the number of nodes is another or a weight is no number.
    """
    if n_source != n_target:
        raise SpecError(
            f"{where} joins populations of {n_source} and {n_target} neurons; needed: equal "
            f"sizes, or a sparse matrix of sources and targets"
        )
    index = node_order(list(graph.nodes), n_source, where)
    ends = np.array([(index[u], index[v]) for u, v in graph.edges()], dtype=np.int64).reshape(-1, 2)
    given = [weight for _, _, weight in graph.edges(data="weight")]
    weight = _weights(given, where)
    source, target = ends.T
    if not graph.is_directed():
        back = source != target
        source, target = (
            np.concatenate([source, target[back]]), np.concatenate([target, source[back]])
        )  # fmt: skip
        weight = None if weight is None else np.concatenate([weight, weight[back]])
    return sorted_edges(source, target, n_target, weight)


def node_order(
    nodes: Sequence[Hashable], size: int, where: str, may_omit: bool = False
) -> dict[Hashable, int]:
    """Give each node of a graph its neuron.

    Labels that are whole numbers (or text that reads as one) between 0 and size - 1 are the
    neurons themselves; other whole numbers are taken in ascending order; any other labels in the
    order of the graph or file.

    Parameters
    ----------
    nodes : sequence
        Labels, all different, in the order of the graph.
    size : int
        Number of neurons.
    where : str
        Name of the graph in messages.
    may_omit : bool
        Whether a neuron may be missing, if labels are the neurons themselves: a list of edges
        does not name nodes without edges.

    Returns
    -------
    dict
        Neuron by label.

    Raises
    ------
    SpecError
        If there are more or fewer nodes than neurons.
    """
    numbers = [_whole(node) for node in nodes]
    whole = [number for number in numbers if number is not None]
    is_neuron = len(whole) == len(nodes) and all(0 <= number < size for number in whole)
    if len(nodes) != size and not (is_neuron and may_omit and len(nodes) < size):
        raise SpecError(f"{where} has {len(nodes)} nodes, the population {size} neurons")
    if len(set(whole)) < len(whole):
        raise SpecError(f"{where} has two nodes of the same number")
    if is_neuron:
        return dict(zip(nodes, whole, strict=True))
    if len(whole) == len(nodes):
        rank = {number: position for position, number in enumerate(sorted(whole))}
        return {node: rank[number] for node, number in zip(nodes, whole, strict=True)}
    return {node: position for position, node in enumerate(nodes)}


def _whole(label: Hashable) -> int | None:
    if isinstance(label, str):
        return int(label) if DECIMAL.fullmatch(label) else None
    if isinstance(label, int | np.integer) and not isinstance(label, bool):
        return int(label)
    return None


def _weights(given: list[Any], where: str) -> NDArray[np.float64] | None:
    if all(weight is None for weight in given):
        return None
    try:
        return np.array([1.0 if weight is None else float(weight) for weight in given])
    except (TypeError, ValueError) as fault:
        raise SpecError(f"{where} has a weight that is no number: {fault}") from None
