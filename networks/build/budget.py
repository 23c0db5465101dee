"""Estimate what a network will need in memory, and refuse before anything is allocated."""

from __future__ import annotations

import os

import numpy as np

from networks.connectivity import (
    AllToAll,
    BlockAllToAll,
    FixedIndegree,
    FixedOutdegree,
    FixedTotalNumber,
    OneToOne,
    PairwiseBernoulli,
)
from networks.spec import Distribution, Projection, Spec
from neuro.engines.brian import brian2
from neuro.errors import SpecError

# Source and target (int32) are kept by Brian2 and by the house, with a flag for what is removed;
# per pathway Brian2 keeps the number of each synapse by source. Measured on 4 M plastic synapses:
# 284 MB for an estimate of 260 MB.
BYTES_PER_END = 4
BYTES_PER_FLAG = 1
BYTES_PER_VARIABLE = 8
BYTES_PER_QUEUE_ENTRY = 8
FRACTION_OF_MACHINE = 0.8


def expected_synapses(projection: Projection, n_source: int, n_target: int) -> float:
    """Estimate the number of synapses of a projection from its rule.

    Parameters
    ----------
    projection : Projection
        The projection.
    n_source, n_target : int
        Sizes of its populations.

    Returns
    -------
    float
        Expected number; 0 for a graph, whose size is not known before it is made.
    """
    match projection.connectivity:
        case OneToOne():
            return float(min(n_source, n_target))
        case AllToAll():
            return float(n_source * n_target)
        case BlockAllToAll(blocks=blocks):
            return float(n_source * n_target / blocks)
        case PairwiseBernoulli(p=p):
            return p * n_source * n_target
        case FixedTotalNumber(number=number):
            return float(number)
        case FixedIndegree(indegree=indegree):
            return float(indegree * n_target)
        case FixedOutdegree(outdegree=outdegree):
            return float(outdegree * n_source)
        case _:
            return 0.0


def bytes_per_synapse(projection: Projection) -> int:
    """Estimate the bytes that one synapse of a projection needs.

    Parameters
    ----------
    projection : Projection
        The projection.

    Returns
    -------
    int
        Ends, variables, delay and queue entries.
    """
    texts = [projection.synapse.model.equations]
    pathways = 1
    if projection.plasticity is not None:
        rule = projection.plasticity.rule
        texts.append(rule.equations)
        pathways += bool(rule.on_post or rule.post_change) + (not rule.delayed)
    names = [brian2.Equations(text).names for text in texts]
    traced = any("event-driven" in text for text in texts)
    drawn = sum(isinstance(v, Distribution) for v in projection.synapse.parameters.values())
    variables = 1 + sum(map(len, names)) + traced + drawn
    variables += isinstance(projection.synapse.delay, Distribution)
    return (
        4 * BYTES_PER_END
        + BYTES_PER_FLAG
        + variables * BYTES_PER_VARIABLE
        + pathways * BYTES_PER_QUEUE_ENTRY
    )


def estimate(spec: Spec) -> float:
    """Estimate the bytes that the synapses of a description need.

    Parameters
    ----------
    spec : Spec
        The description.

    Returns
    -------
    float
        Bytes, over all projections.
    """
    total = 0.0
    for projection in spec.projections.values():
        sizes = (spec.populations[end].size for end in (projection.source, projection.target))
        total += expected_synapses(projection, *sizes) * bytes_per_synapse(projection)
    return total


def machine_memory() -> float:
    """Return the bytes of memory of this machine, infinite if it does not tell."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return np.inf


def check_budget(spec: Spec, budget: float | None = None) -> float:
    """Refuse a network that will not fit, before it is built.

    Parameters
    ----------
    spec : Spec
        The description.
    budget : float, optional
        Bytes allowed; by default 80 % of the machine's memory.

    Returns
    -------
    float
        The estimate in bytes.

    Raises
    ------
    SpecError
        With the estimate, the budget and the largest projection.
    """
    needed = estimate(spec)
    allowed = FRACTION_OF_MACHINE * machine_memory() if budget is None else budget
    if needed > allowed:
        raise SpecError(
            f"the synapses of '{spec.name}' need about {needed / 1e9:.3g} GB, more than the "
            f"{allowed / 1e9:.3g} GB allowed; use fewer neurons or a sparser connectivity"
        )
    return needed
