"""Remember what a run declared, and check what is recorded against it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuro.errors import SpecError
from neuro.recording import sonata
from neuro.recording.item import Item, storable
from neuro.recording.layout import checked_name, checked_path, checked_text
from neuro.recording.trace import Trace
from neuro.recording.weights import WeightTrack


@dataclass(slots=True)
class Ledger:
    """Hold sizes of populations, columns of traces, synapses of projections, and names."""

    _sizes: dict[str, int] = field(default_factory=dict)
    _traces: dict[str, Trace] = field(default_factory=dict)
    _tracks: dict[str, WeightTrack] = field(default_factory=dict)
    _names: dict[str, set[str]] = field(default_factory=dict)

    def population(self, name: str, size: int) -> int:
        """Declare a population and return its size.

        Raises
        ------
        SpecError
            For a name that cannot be kept, or a size below 0.
        """
        checked_name("population", name)
        if size < 0:
            raise SpecError(f"population '{name}': size {size}")
        self._sizes[name] = int(size)
        return self._sizes[name]

    def ids(self, population: str, node_ids: ArrayLike) -> sonata.Ids:
        """Return node ids, refusing those that a declared population does not have.

        Raises
        ------
        SpecError
            Also for negative numbers, fractions, and arrays of other than one dimension.
        """
        checked_name("population", population)
        ids = sonata.ids_of(f"nodes of '{population}'", node_ids)
        size = self._sizes.get(population)
        if size is not None and ids.size and int(ids.max()) >= size:
            raise SpecError(f"population '{population}' has {size} nodes, {int(ids.max())} given")
        return ids

    def projection(self, name: str, unit: str, n_edges: int) -> None:
        """Declare a projection, or declare it again with as many synapses.

        Raises
        ------
        SpecError
            When snapshots of its weights were taken with another number.
        """
        track = self.track(name)
        if track.is_begun and track.n_edges != n_edges:
            raise SpecError(f"projection '{name}' had {track.n_edges} edges before")
        track.unit = checked_text(f"projection '{name}': unit", unit)
        track.n_edges = n_edges

    def track(self, projection: str) -> WeightTrack:
        """Return the track of a projection's weights."""
        checked_name("projection", projection)
        return self._tracks.setdefault(projection, WeightTrack(projection))

    def trace(self, given: Trace) -> Trace:
        """Return the trace that was begun under this name, or begin it.

        Raises
        ------
        SpecError
            When its variable, unit or columns were others before.
        """
        checked_name("report", given.name)
        self.ids(given.population, given.node_ids)
        known = self._traces.setdefault(given.root, given)
        known.check_same(given)
        return known

    def named(self, group: str, name: str, array: ArrayLike, attrs: dict[str, Any]) -> Item:
        """Return a named array as it will lie below `group`.

        Raises
        ------
        SpecError
            When HDF5 cannot hold it, or its name is part of another array's path.
        """
        checked_path(group, name)
        names = self._names.setdefault(group, set())
        for other in names - {name}:
            if other.startswith(f"{name}/") or name.startswith(f"{other}/"):
                raise SpecError(f"'{name}' and '{other}': a name cannot be array and folder too")
        names.add(name)
        path = f"/{group}/{name}"
        return Item(path, storable(path, array), attrs)


def per_edge(what: str, values: ArrayLike, n_edges: int) -> NDArray[Any]:
    """Return one value per synapse.

    Parameters
    ----------
    what : str
        Name for the message.
    values : array_like
        Shape [E], or one value for all.
    n_edges : int
        E.

    Returns
    -------
    ndarray
        A copy, shape [E].

    Raises
    ------
    SpecError
        When the lengths differ.
    """
    array = np.asarray(values)
    if array.shape not in ((), (n_edges,)):
        raise SpecError(f"{what}: shape {array.shape} was given for {n_edges} edges")
    return np.broadcast_to(array, (n_edges,)).copy()
