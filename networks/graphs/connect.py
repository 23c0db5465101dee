"""The one function from a connection rule, or a graph, to edges."""

from __future__ import annotations

from typing import Any

import numpy as np

from networks.connectivity import (
    CONNECTIVITY,
    AllToAll,
    BlockAllToAll,
    FixedIndegree,
    FixedOutdegree,
    FixedTotalNumber,
    FromFile,
    FromGraph,
    GeneratorGraph,
    GraphFile,
    OneToOne,
    PairwiseBernoulli,
    misfit,
)
from networks.graphs import degrees, pairs
from networks.graphs.edges import Edges
from neuro.errors import SpecError

MAX_NEURONS = np.iinfo(np.int32).max


def connect(
    rule: Any,
    n_source: int,
    n_target: int,
    same_population: bool,
    rng: np.random.Generator,
) -> Edges:
    """Draw or take the synapses of one projection.

    Parameters
    ----------
    rule : Connectivity, networkx.Graph or SciPy sparse matrix
        A rule of `networks.connectivity`, or a graph itself. Rows of a matrix are sources.
    n_source, n_target : int
        Sizes of the presynaptic and the post-synaptic population.
    same_population : bool
        Whether both are one population, so that a pair (i, i) is an autapse.
    rng : numpy.random.Generator
        Source of the draw; the same state gives the same edges.

    Returns
    -------
    Edges
        Sorted by source, then by target.

    Raises
    ------
    SpecError
        If the rule cannot be met, or a graph does not fit the populations.
    EnvironmentFault
        If a graph file cannot be opened.
    DamagedFileError
        If a graph file cannot be read.
    """
    if same_population and n_source != n_target:
        raise SpecError(f"one population has two sizes, {n_source} and {n_target}")
    if not 0 <= min(n_source, n_target) <= max(n_source, n_target) <= MAX_NEURONS:
        raise SpecError(f"populations of {n_source} and {n_target}; needed: 0 to {MAX_NEURONS}")
    sizes = n_source, n_target
    skip = same_population and not getattr(rule, "allow_autapses", True)
    match rule:
        case OneToOne():
            return pairs.one_to_one(*sizes)
        case AllToAll():
            return pairs.all_to_all(*sizes, skip)
        case BlockAllToAll(blocks=blocks):
            return pairs.block_all_to_all(blocks, *sizes, skip)
        case PairwiseBernoulli(p=p):
            return pairs.bernoulli(p, *sizes, skip, rng)
        case FixedTotalNumber(number=number, allow_multapses=multiple):
            return pairs.fixed_total_number(number, *sizes, skip, multiple, rng)
        case FixedIndegree(indegree=degree, allow_multapses=multiple):
            return degrees.fixed_indegree(degree, *sizes, skip, multiple, rng)
        case FixedOutdegree(outdegree=degree, allow_multapses=multiple):
            return degrees.fixed_outdegree(degree, *sizes, skip, multiple, rng)
        case FromFile():
            # Imported where files are read: rules need neither HDF5 nor SciPy.
            from networks.graphs.foreign import foreign_edges

            return foreign_edges(rule, *sizes)
        case FromGraph(graph=graph):
            return _graph_edges(graph, n_source, n_target, rng)
        case _:
            return _graph_edges(rule, n_source, n_target, rng)


def _graph_edges(graph: Any, n_source: int, n_target: int, rng: np.random.Generator) -> Edges:
    # Imported where graphs are used: the rules above need neither networkx nor SciPy.
    import networkx
    from scipy import sparse

    from networks.graphs.conversion import matrix_edges, network_edges
    from networks.graphs.files import file_edges
    from networks.graphs.generators import generate

    if isinstance(graph, GraphFile):
        return file_edges(graph.file, n_source, n_target)
    if isinstance(graph, GeneratorGraph):
        if problem := misfit(graph, n_source, n_target):
            raise SpecError(problem)
        made = generate(graph, n_source, rng)
        return network_edges(made, n_source, n_target, graph.generator)
    if isinstance(graph, networkx.Graph):
        return network_edges(graph, n_source, n_target, "the graph")
    if sparse.issparse(graph):
        return matrix_edges(graph, n_source, n_target, "the matrix")
    raise SpecError(
        f"a {type(graph).__name__} is no connectivity; needed: a rule ({', '.join(CONNECTIVITY)}), "
        f"a networkx.Graph or a SciPy sparse matrix"
    )
