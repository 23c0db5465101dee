"""Estimate what a network will need in memory, and refuse before anything is allocated."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache

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
from networks.spec import Distribution, Engine, Population, Projection, Spec
from neuro.errors import SpecError
from neuro.expressions import parse_equations

# Source and target (int32) are kept by Brian2 and by the house, with a flag for what is removed;
# values that are drawn are kept by both. A pathway has a queue, or the layout of the device, with
# more where delays are drawn. What is there only while synapses are numbered may be more than
# queues and learning: the larger counts.
# Fitted to the largest resident memory of networks of 4 M synapses, on `numba` and on Brian2's
# Cython target (tests/networks/needs/test_memory_needed.py).
BYTES_PER_END = 4
BYTES_PER_FLAG = 1
BYTES_PER_VARIABLE = 8
BYTES_PER_PATHWAY, BYTES_PER_PATHWAY_NUMBA = 11, 4
BYTES_PER_DRAWN_DELAY, BYTES_PER_DRAWN_DELAY_NUMBA = 10, 34
BYTES_OF_NUMBERING = 20
# Last spike, refractoriness, count, index; half of what Brian2 has beside while it fires.
BYTES_BESIDE_STATE = 33
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
        Expected number; 0 for a graph or a file, whose size is not known before it is read.
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


def bytes_per_synapse(projection: Projection, engine: Engine = "brian2") -> int:
    """Estimate the bytes that one synapse of a projection needs.

    Parameters
    ----------
    projection : Projection
        The projection.
    engine : str
        What runs it.

    Returns
    -------
    int
        The more of what it needs while it is made, and afterwards.
    """
    synapse, plasticity = projection.synapse, projection.plasticity
    texts, pathways = [synapse.model.equations], 1
    if plasticity is not None:
        rule = plasticity.rule
        texts.append(rule.equations)
        pathways += bool(rule.on_post or rule.post_change) + (not rule.delayed)
    variables = sum(map(n_variables, texts)) + any("event-driven" in text for text in texts)
    variables += sum(isinstance(value, Distribution) for value in synapse.parameters.values())
    is_drawn = isinstance(synapse.delay, Distribution)
    # The weight; what is drawn of weight and delay is kept twice.
    values = 1 + isinstance(synapse.weight, Distribution) + 2 * is_drawn
    kept = 4 * BYTES_PER_END + BYTES_PER_FLAG + values * BYTES_PER_VARIABLE
    pathway, late = BYTES_PER_PATHWAY, BYTES_PER_DRAWN_DELAY
    if engine == "numba":
        pathway, late = BYTES_PER_PATHWAY_NUMBA, BYTES_PER_DRAWN_DELAY_NUMBA
    after = variables * BYTES_PER_VARIABLE + pathways * pathway + is_drawn * late
    return kept + max(BYTES_OF_NUMBERING, after)


def bytes_per_neuron(population: Population) -> int:
    """Estimate the bytes that one neuron of a population needs, without what synapses give it."""
    drawn = [*population.parameters.values(), *population.initial.values()]
    variables = n_variables(population.model.equations or "")
    variables += sum(isinstance(value, Distribution) for value in drawn)
    return BYTES_BESIDE_STATE + variables * BYTES_PER_VARIABLE


@lru_cache
def n_variables(equations: str) -> int:
    """Count the variables that equations keep for each neuron or synapse."""
    return sum(each.kind != "subexpression" for each in parse_equations(equations))


def estimate(spec: Spec, counts: Mapping[str, int] | None = None) -> float:
    """Estimate the bytes that a description needs, without what is recorded.

    Parameters
    ----------
    spec : Spec
        The description.
    counts : mapping of str to int, optional
        Numbers of synapses that are known, by projection; others are expected from their rules.

    Returns
    -------
    float
        Bytes, over all populations and projections.
    """
    return sum(_parts(spec, counts or {}).values())


def n_synapses(spec: Spec, name: str, counts: Mapping[str, int]) -> float:
    """Return the synapses of a projection: as many as are known, or expected from its rule."""
    if name in counts:
        return float(counts[name])
    projection = spec.projections[name]
    sizes = (spec.populations[end].size for end in (projection.source, projection.target))
    return expected_synapses(projection, *sizes)


def _parts(spec: Spec, counts: Mapping[str, int]) -> dict[str, float]:
    """Return the bytes of every population and projection, by what a message calls it."""
    parts = {
        f"population '{name}'": population.size * float(bytes_per_neuron(population))
        for name, population in spec.populations.items()
    }
    for name, projection in spec.projections.items():
        number = n_synapses(spec, name, counts)
        what = f"projection '{name}' of {number:.3g} synapses"
        parts[what] = number * bytes_per_synapse(projection, spec.simulation.engine)
    return parts


def machine_memory() -> float:
    """Return the bytes of memory of this machine, infinite if it does not tell."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, ValueError, OSError):
        return np.inf


def check_budget(
    spec: Spec, budget: float | None = None, counts: Mapping[str, int] | None = None
) -> float:
    """Refuse a network that will not fit, before it is built.

    Parameters
    ----------
    spec : Spec
        The description.
    budget : float, optional
        Bytes allowed; by default 80 % of the machine's memory.
    counts : mapping of str to int, optional
        Numbers of synapses that are known, by projection: those of graphs and files.

    Returns
    -------
    float
        The estimate in bytes.

    Raises
    ------
    SpecError
        With the estimate, the budget and the largest projection.
    """
    parts = _parts(spec, counts or {})
    needed = sum(parts.values())
    allowed = FRACTION_OF_MACHINE * machine_memory() if budget is None else budget
    if needed > allowed:
        largest = max(parts, key=lambda name: parts[name])
        raise SpecError(
            f"'{spec.name}' would need about {needed / 1e9:.3g} GB, most of it for "
            f"{largest}; {allowed / 1e9:.3g} GB are allowed: use fewer neurons or a sparser "
            "connectivity"
        )
    return needed
