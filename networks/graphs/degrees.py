"""Rules that fix a degree: so many sources for each target, or targets for each source."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.graphs.edges import Edges, Index
from networks.kernels import kernel
from neuro.errors import SpecError


def fixed_indegree(
    indegree: int,
    n_source: int,
    n_target: int,
    skip_diagonal: bool,
    allow_multapses: bool,
    rng: np.random.Generator,
) -> Edges:
    """Draw `indegree` sources for each target, target after target."""
    drawn = _partners("indegree", indegree, n_target, n_source, skip_diagonal, allow_multapses, rng)
    return Edges(*_by_source(drawn, n_source))


def fixed_outdegree(
    outdegree: int,
    n_source: int,
    n_target: int,
    skip_diagonal: bool,
    allow_multapses: bool,
    rng: np.random.Generator,
) -> Edges:
    """Draw `outdegree` targets for each source, source after source."""
    drawn = _partners(
        "outdegree", outdegree, n_source, n_target, skip_diagonal, allow_multapses, rng
    )
    drawn.sort(axis=1)
    source = np.repeat(np.arange(n_source, dtype=np.int32), outdegree)
    return Edges(source, drawn.reshape(-1))


def _partners(
    name: str,
    degree: int,
    n_neurons: int,
    n_partners: int,
    skip_diagonal: bool,
    allow_multapses: bool,
    rng: np.random.Generator,
) -> Index:
    """Draw `degree` partners for each neuron, shape (n_neurons, degree)."""
    n_candidates = max(0, n_partners - 1 if skip_diagonal else n_partners)
    if n_neurons and degree > (n_candidates if not allow_multapses else degree * n_candidates):
        raise SpecError(f"{name} {degree}, but a neuron has {n_candidates} possible partners")
    drawn = np.empty((n_neurons, degree), dtype=np.int32)
    if allow_multapses:
        _draw_any(drawn, n_candidates, skip_diagonal, rng)
    else:
        _draw_distinct(drawn, n_candidates, skip_diagonal, rng)
    return drawn


# An index is floor(u * n) of a double u on [0, 1): its chance is off by less than n / 2**53.


@kernel()
def _draw_any(drawn: Any, n_candidates: int, skip_diagonal: bool, rng: Any) -> None:
    for neuron in range(drawn.shape[0]):
        for k in range(drawn.shape[1]):
            partner = int(rng.random() * n_candidates)
            drawn[neuron, k] = partner + (skip_diagonal and partner >= neuron)


@kernel()
def _draw_distinct(drawn: Any, n_candidates: int, skip_diagonal: bool, rng: Any) -> None:
    # Floyd's sampling: one draw for each partner, every subset equally likely.
    n_neurons, degree = drawn.shape
    taken_by = np.full(n_candidates, -1, np.int32)
    for neuron in range(n_neurons):
        for k in range(degree):
            newest = n_candidates - degree + k
            partner = int(rng.random() * (newest + 1))
            if taken_by[partner] == neuron:
                partner = newest
            taken_by[partner] = neuron
            drawn[neuron, k] = partner + (skip_diagonal and partner >= neuron)


@kernel()
def _by_source(drawn: Any, n_source: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    # A counting sort: targets come in ascending order, so they stay so within a source.
    n_target, degree = drawn.shape
    start = np.zeros(n_source + 1, np.int64)
    for target in range(n_target):
        for k in range(degree):
            start[drawn[target, k] + 1] += 1
    source = np.empty(n_target * degree, np.int32)
    position = 0
    for neuron in range(n_source):
        for _ in range(start[neuron + 1]):
            source[position] = neuron
            position += 1
        start[neuron + 1] += start[neuron]
    sorted_target = np.empty(n_target * degree, np.int32)
    for target in range(n_target):
        for k in range(degree):
            neuron = drawn[target, k]
            sorted_target[start[neuron]] = target
            start[neuron] += 1
    return source, sorted_target
