"""Synapses as arrays: the one form that every rule and graph ends in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from neuro.dimensions import Dimension
from neuro.errors import SpecError

Index = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Edges:
    """Hold the synapses of one projection, sorted by source, then by target.

    Synapses of the same pair stay in the order in which the graph had them.

    Attributes
    ----------
    source, target : array of int32, shape (n_synapses,)
        Presynaptic and post-synaptic neuron.
    weight : array of float64, shape (n_synapses,), or None
        Weights that a graph brought; None if it has none.
    delay : array of float64, shape (n_synapses,), or None
        Delays in s that a file brought; None if it has none.
    dimension : Dimension or None
        Dimension of the weights, which are in SI; None for factors without unit.
    """

    source: Index
    target: Index
    weight: NDArray[np.float64] | None = None
    delay: NDArray[np.float64] | None = None
    dimension: Dimension | None = None

    def __len__(self) -> int:
        """Return the number of synapses."""
        return len(self.source)


def sorted_edges(
    source: NDArray[np.integer],
    target: NDArray[np.integer],
    n_target: int,
    weight: NDArray[np.float64] | None = None,
) -> Edges:
    """Sort edges by source, then by target; equal pairs keep their order.

    Parameters
    ----------
    source, target : array of int, shape (n_synapses,)
        Ends in any order.
    n_target : int
        Number of targets.
    weight : array of float64, optional
        Weights in the order of the ends.

    Returns
    -------
    Edges
        The same synapses, sorted.

    Raises
    ------
    SpecError
        If a weight is NaN or infinite.
    """
    key = source.astype(np.int64) * n_target + target
    if weight is None:
        key.sort()
        return pair_edges(key, n_target, skip_diagonal=False)
    if not np.isfinite(weight).all():
        raise SpecError("a weight of the graph is NaN or infinite")
    order = np.argsort(key, kind="stable")
    return Edges(
        source[order].astype(np.int32), target[order].astype(np.int32), weight[order].copy()
    )


def n_pairs(n_source: int, n_target: int, skip_diagonal: bool) -> int:
    """Return the number of pairs; without the diagonal of a square if it is skipped."""
    return n_source * (n_target - 1 if skip_diagonal else n_target)


def pair_edges(key: NDArray[np.int64], n_target: int, skip_diagonal: bool) -> Edges:
    """Make edges of numbered pairs.

    Parameters
    ----------
    key : array of int64, shape (n_synapses,)
        Pairs in ascending order: numbered along targets, then along sources, the diagonal left
        out if it is skipped.
    n_target : int
        Number of targets.
    skip_diagonal : bool
        Whether the numbers leave out pairs of a neuron with itself.

    Returns
    -------
    Edges
        Sorted, as the keys are.
    """
    source, target = np.divmod(key, max(1, n_target - 1 if skip_diagonal else n_target))
    if skip_diagonal:
        target += target >= source
    return Edges(source.astype(np.int32), target.astype(np.int32))
