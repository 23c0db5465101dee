"""Families of random graphs, each drawn with the same number of edges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import networkx
import numpy as np
from scipy.spatial.distance import pdist

from networks.bounds import most_attached
from networks.graphs.generators import SEED_LIMIT
from neuro.errors import SpecError, nearest

#: Chance that an edge of a ring of neighbours is moved (Watts and Strogatz, Nature 393, 1998, show
#: short paths and high clustering there).
MOVED = 0.1
#: Blocks of a block model, and how many times denser they are within than between.
BLOCKS, CONTRAST = 4, 10.0

Draw = Callable[[int, int, int, np.random.Generator], Any]


def draw_graph(family: str, size: int, density: float, rng: np.random.Generator) -> Any:
    """Draw a graph of a family that has just as many edges as those of the others.

    The generator of networkx is asked for round(density size (size - 1) / 2) edges, or for the
    next larger number that it can make; edges drawn at random are then taken away, or a few added
    where the generator draws their number.

    Parameters
    ----------
    family : str
        One of `FAMILIES`.
    size : int
        Nodes, 0 to size - 1.
    density : float
        Share of the pairs that are joined, above 0, at most 1.
    rng : numpy.random.Generator
        Draws.

    Returns
    -------
    networkx.Graph
        Undirected, without loops.

    Raises
    ------
    SpecError
        If there is no such family, or it has no graph of this density.
    """
    if family not in FAMILIES:
        known = ", ".join(FAMILIES)
        raise SpecError(
            f"no family of graphs '{family}'{nearest(family, tuple(FAMILIES))} ({known})"
        )
    if size < 3 or not 0 < density <= 1:
        raise SpecError(
            f"{family} of {size} nodes, density {density}; needed: at least 3, above 0, at most 1"
        )
    n_edges = round(density * size * (size - 1) / 2)
    graph = FAMILIES[family](size, n_edges, int(rng.integers(SEED_LIMIT)), rng)
    return _with_edges(graph, size, n_edges, rng)


def _with_edges(graph: Any, size: int, n_edges: int, rng: np.random.Generator) -> Any:
    """Return a graph of nodes in their order, edges added or taken away at random."""
    found = networkx.empty_graph(size)
    found.add_edges_from(graph.edges)
    surplus = found.number_of_edges() - n_edges
    if surplus > 0:
        edges = list(found.edges)
        chosen = rng.choice(len(edges), surplus, replace=False)
        found.remove_edges_from([edges[place] for place in chosen])
    elif surplus < 0:
        free = sorted(tuple(sorted(pair)) for pair in networkx.non_edges(found))
        chosen = rng.choice(len(free), -surplus, replace=False)
        found.add_edges_from([free[place] for place in chosen])
    return found


def _erdos_renyi(size: int, n_edges: int, seed: int, _: np.random.Generator) -> Any:
    return networkx.gnm_random_graph(size, n_edges, seed=seed)


def _watts_strogatz(size: int, n_edges: int, seed: int, _: np.random.Generator) -> Any:
    neighbours = 2 * -(-n_edges // size)
    return networkx.watts_strogatz_graph(size, neighbours, MOVED, seed=seed)


def _barabasi_albert(size: int, n_edges: int, seed: int, _: np.random.Generator) -> Any:
    brought = np.arange(1, size // 2 + 1)
    # A star of as many edges as each later node brings comes first.
    made = brought * (size - brought)
    if n_edges > most_attached(size):
        raise SpecError(
            f"barabasi_albert: {n_edges} edges of {size} nodes; needed: at most "
            f"{most_attached(size)}"
        )
    least = int(brought[np.searchsorted(made, n_edges)])
    return networkx.barabasi_albert_graph(size, least, seed=seed)


def _block_model(size: int, n_edges: int, seed: int, _: np.random.Generator) -> Any:
    sizes = _shared(size, BLOCKS)
    n_within, n_between = _pairs(sizes)
    between = n_edges / (CONTRAST * n_within + n_between)
    within = min(1.0, CONTRAST * between)
    # Where blocks cannot be denser than whole, the rest is between them.
    return _blocks(sizes, within, (n_edges - within * n_within) / n_between, seed)


def _group_to_group(size: int, n_edges: int, seed: int, _: np.random.Generator) -> Any:
    """Join all pairs within groups so small that half of the edges are between groups.

    In the published feed-forward network of eight groups at a density of 0.256 it is half too.
    """
    n_groups = min(size, max(2, round(size * size / n_edges)))
    sizes = _shared(size, n_groups)
    n_within, n_between = _pairs(sizes)
    return _blocks(sizes, 1.0, (n_edges - n_within) / n_between, seed)


def _random_geometric(size: int, n_edges: int, _: int, rng: np.random.Generator) -> Any:
    places = rng.random((size, 2))
    distances = np.sort(pdist(places))
    # Halfway to the first pair that is not joined.
    upper = distances[n_edges] if n_edges < len(distances) else distances[-1] + 1
    radius = (distances[n_edges - 1] + upper) / 2
    return networkx.random_geometric_graph(size, radius, pos=dict(enumerate(places.tolist())))


def _shared(size: int, n_groups: int) -> list[int]:
    """Share nodes out over groups as evenly as it goes."""
    return [len(part) for part in np.array_split(np.arange(size), n_groups)]


def _pairs(sizes: list[int]) -> tuple[float, float]:
    """Return the number of pairs within groups and between them."""
    n_within = sum(n * (n - 1) / 2 for n in sizes)
    return n_within, sum(sizes) * (sum(sizes) - 1) / 2 - n_within


def _blocks(sizes: list[int], within: float, between: float, seed: int) -> Any:
    chance = np.full((len(sizes), len(sizes)), np.clip(between, 0, 1))
    np.fill_diagonal(chance, np.clip(within, 0, 1))
    return networkx.stochastic_block_model(sizes, chance.tolist(), seed=seed)


FAMILIES: Mapping[str, Draw] = MappingProxyType(
    {
        "erdos_renyi": _erdos_renyi,
        "watts_strogatz": _watts_strogatz,
        "barabasi_albert": _barabasi_albert,
        "block_model": _block_model,
        "group_to_group": _group_to_group,
        "random_geometric": _random_geometric,
    }
)
