"""Collect the network of a recording: its projections with the weights of begin or end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from neuro.errors import SpecError
from neuro.models import MODELS
from neuro.recording import Edges, Population, Recording

When = Literal["initial", "final"]


@dataclass(frozen=True, slots=True)
class Network:
    """Hold the populations and projections of a recording, and what the configuration says.

    Attributes
    ----------
    populations : mapping of str to Population
        By name.
    projections : mapping of str to Edges
        By name.
    resolved : mapping
        The resolved configuration.
    """

    populations: Mapping[str, Population]
    projections: Mapping[str, Edges]
    resolved: Mapping[str, Any]

    def synapse(self, projection: str) -> str:
        """Return the name of a projection's synapse model, "unknown" if the file has none."""
        return str(self.described("projections", projection, "synapse").get("model", "unknown"))

    @property
    def seed(self) -> int:
        """Return the root seed of the configuration, 0 if it says none."""
        seed = self.resolved.get("seed")
        return seed if isinstance(seed, int) else 0

    def described(self, *place: str) -> Mapping[str, Any]:
        """Return a block of the configuration by its keys, empty if there is none."""
        found: Mapping[str, Any] = self.resolved
        for key in place:
            inner = found.get(key)
            found = inner if isinstance(inner, dict) else {}
        return found

    def is_source(self, population: str) -> bool:
        """Return whether a population only emits spikes."""
        model = MODELS.get(self.populations[population].model)
        return model is not None and model.kind != "equations"

    def synapse_class(self, population: str) -> Literal["EXC", "INH"]:
        """Return "INH" for a population with negative weights and no positive one."""
        own = [e.weight for e in self.projections.values() if e.source_pop == population]
        weights = np.concatenate([np.zeros(1), *own])
        return "INH" if weights.min() < 0 and weights.max() <= 0 else "EXC"


def rows_of(edges: Edges) -> Iterator[tuple[int, int, float, float]]:
    """Yield source, target, weight and delay in ms of each synapse."""
    columns = (edges.source_ids, edges.target_ids, edges.weight, edges.delay_ms)
    return zip(*(column.tolist() for column in columns), strict=True)


def network_of(recording: Recording, when: When) -> Network:
    """Collect the network of a recording.

    Parameters
    ----------
    recording : Recording
        Open.
    when : {"initial", "final"}
        "final": the last snapshot of weights that were recorded, without pruned synapses.

    Returns
    -------
    Network
        Projections whose weights were not recorded keep those that they began with.

    Raises
    ------
    SpecError
        If the recording has no population.
    """
    populations = recording.nodes
    if not populations:
        raise SpecError(f"{recording.path} holds no network: no population was recorded")
    projections = {name: recording.edges(name) for name in recording.projections}
    if when == "final":
        for name in set(recording.weighed) & set(projections):
            projections[name] = _final(recording, name, projections[name])
    return Network(populations, projections, recording.configuration)


def _final(recording: Recording, name: str, edges: Edges) -> Edges:
    history = recording.weights(name)
    if not len(history.data):
        return edges
    left = np.flatnonzero(history.alive[-1])
    return replace(
        edges,
        source_ids=edges.source_ids[left],
        target_ids=edges.target_ids[left],
        weight=history.data[-1][left],
        weight_unit=history.unit,
        delay_ms=edges.delay_ms[left],
    )
