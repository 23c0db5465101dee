"""The demo at the size of a test: its first condition, asked of a smaller network."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import Any

from experiments.memory.settings import DigitMemory
from networks.connectivity import AllToAll, OneToOne
from networks.spec import Distribution, Spec

QUICK_SIZE = 500
# Sparse codes stay sparse: at most every tenth cell is active.
LEAST_PER_ACTIVE = 10


def shrink(spec: Spec) -> Spec:
    """Return the same experiment on fewer cells, where the network allows it.

    Parameters
    ----------
    spec : Spec
        The description; its experiment is a `DigitMemory` without objections to it.

    Returns
    -------
    Spec
        What threshold and inhibition count are active cells, so the network works at any size.
    """
    settings: DigitMemory = spec.experiment
    names = (settings.roles.cells, settings.roles.cue)
    size = max(QUICK_SIZE, LEAST_PER_ACTIVE * settings.active)
    if spec.populations[names[0]].size <= size or not _can_shrink(spec, names):
        return spec
    smaller = {name: replace(spec.populations[name], size=size) for name in names}
    return replace(spec, populations=MappingProxyType({**spec.populations, **smaller}))


def _can_shrink(spec: Spec, names: tuple[str, ...]) -> bool:
    """Say whether nothing in the description counts on how many cells there are."""
    populations = [spec.populations[name] for name in names]
    values: list[Any] = [v for p in populations for v in (*p.parameters.values(),
                                                          *p.initial.values())]  # fmt: skip
    for projection in spec.projections.values():
        ends = [end in names for end in (projection.source, projection.target)]
        rule = projection.connectivity
        if any(ends) and not (
            isinstance(rule, AllToAll) or (isinstance(rule, OneToOne) and all(ends))
        ):
            return False
        synapse = projection.synapse
        values += [synapse.weight, synapse.delay, *synapse.parameters.values()] if any(ends) else []
    if any(isinstance(value, Distribution) and value.values for value in values):
        return False
    recorded = spec.recordings.values()
    return all(r.nodes is None for r in recorded if r.population in names)
