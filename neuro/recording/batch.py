"""Collect what was recorded since the last flush."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import h5py
import numpy as np
from numpy.typing import NDArray

from neuro.recording import sonata
from neuro.recording.item import Item
from neuro.recording.trace import Trace
from neuro.recording.weights import Snapshot, weight_items

Phase: TypeAlias = tuple[str, float, float, str, bool]

PHASE_COLUMNS = np.dtype(
    [
        ("name", h5py.string_dtype()),
        ("t_start", np.float64),
        ("t_stop", np.float64),
        ("task", h5py.string_dtype()),
        ("plasticity", np.bool_),
    ]
)


@dataclass(slots=True)
class Batch:
    """Hold blocks in memory until a segment takes them.

    Attributes
    ----------
    n_events : int
        Spikes held.
    n_bytes : int
        Bytes of arrays held.
    """

    n_events: int = 0
    n_bytes: int = 0
    _whole: dict[str, list[Item]] = field(default_factory=dict)
    _spikes: dict[str, list[tuple[sonata.Float, sonata.Ids]]] = field(default_factory=dict)
    _traces: dict[str, tuple[Trace, list[tuple[sonata.Float, NDArray[Any]]]]] = field(
        default_factory=dict
    )
    _weights: dict[str, tuple[str, list[Snapshot]]] = field(default_factory=dict)
    _phases: list[Phase] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing was recorded."""
        held = (self._whole, self._spikes, self._traces, self._weights, self._phases)
        return not any(held)

    def put(self, root: str, items: list[Item]) -> None:
        """Hold items that replace whatever was recorded under `root` before."""
        self._whole[root] = items
        self.n_bytes += sum(i.value.nbytes for i in items if isinstance(i.value, np.ndarray))

    def add_spikes(self, population: str, times: sonata.Float, ids: sonata.Ids) -> None:
        """Hold spikes of a population, times in ms."""
        self._spikes.setdefault(population, []).append((times, ids))
        self.n_events += times.size
        self.n_bytes += times.nbytes + ids.nbytes

    def add_samples(self, trace: Trace, times: sonata.Float, rows: NDArray[Any]) -> None:
        """Hold samples [T, n] of a trace."""
        self._traces.setdefault(trace.root, (trace, []))[1].append((times, rows))
        self.n_bytes += times.nbytes + rows.nbytes

    def add_snapshot(self, projection: str, unit: str, snapshot: Snapshot) -> None:
        """Hold the weights of a projection."""
        self._weights.setdefault(projection, (unit, []))[1].append(snapshot)
        alive = 0 if snapshot.alive is None else snapshot.alive.nbytes
        self.n_bytes += snapshot.values.nbytes + alive

    def add_phase(self, phase: Phase) -> None:
        """Hold a phase of the run."""
        self._phases.append(phase)

    def items(self) -> list[Item]:
        """Return everything held, as one segment lays it out.

        Returns
        -------
        list of Item
            Spikes sorted by time, blocks of a trace joined, replaced items once.
        """
        items = [item for group in self._whole.values() for item in group]
        for population, blocks in self._spikes.items():
            times, ids = (np.concatenate(column) for column in zip(*blocks, strict=True))
            items += sonata.spikes(population, times, ids)
        for trace, samples in self._traces.values():
            instants, rows = (np.concatenate(column) for column in zip(*samples, strict=True))
            items += trace.items(instants, rows)
        for projection, (unit, snapshots) in self._weights.items():
            items += weight_items(projection, unit, snapshots)
        if self._phases:
            items.append(Item("/phases", np.array(self._phases, dtype=PHASE_COLUMNS)))
        return items
