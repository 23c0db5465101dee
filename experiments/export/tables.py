"""Arrange a recording as tables of equal columns: spikes, synapses, traces and metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from experiments.export.network import Network
from neuro.recording import Recording

Table: TypeAlias = Mapping[str, NDArray[Any]]


def write_tables(
    recording: Recording, network: Network, folder: Path, suffix: str, save: Callable[..., None]
) -> None:
    """Write every table that has a row or could have one.

    Parameters
    ----------
    recording : Recording
        The run.
    network : Network
        Its populations and projections.
    folder : Path
        Empty.
    suffix : str
        Of the files.
    save : callable
        Called with each path and table.
    """
    save(folder / f"nodes{suffix}", nodes(network))
    save(folder / f"edges{suffix}", edges(network))
    save(folder / f"spikes{suffix}", spikes(recording))
    save(folder / f"metrics{suffix}", metrics(recording))
    for name in recording.reports:
        for population in recording.reported(name):
            table = trace(recording, name, population)
            save(folder / f"report-{name}-{population}{suffix}", table)


def nodes(network: Network) -> Table:
    """Return one row for every population."""
    found = network.populations
    return {
        "population": np.array(list(found), dtype=np.str_),
        "size": np.array([each.size for each in found.values()], dtype=np.int64),
        "model": np.array([each.model for each in found.values()], dtype=np.str_),
    }


def edges(network: Network) -> Table:
    """Return one row for every synapse, in the order of the projections."""
    found = network.projections
    n = [each.source_ids.size for each in found.values()]

    def text(values: list[str]) -> NDArray[Any]:
        return np.repeat(np.array(values, dtype=np.str_), n)

    return {
        "projection": text(list(found)),
        "source_population": text([each.source_pop for each in found.values()]),
        "source_id": _joined([each.source_ids for each in found.values()], np.uint64),
        "target_population": text([each.target_pop for each in found.values()]),
        "target_id": _joined([each.target_ids for each in found.values()], np.uint64),
        "weight": _joined([each.weight for each in found.values()], np.float64),
        "weight_unit": text([each.weight_unit for each in found.values()]),
        "delay_ms": _joined([each.delay_ms for each in found.values()], np.float64),
    }


def spikes(recording: Recording) -> Table:
    """Return one row for every spike, population by population, sorted by time."""
    found = [recording.spikes(name) for name in recording.spiking]
    names = np.array(recording.spiking, dtype=np.str_)
    return {
        "population": np.repeat(names, [times.size for times, _ in found]),
        "node_id": _joined([ids for _, ids in found], np.uint64),
        "time_ms": _joined([times for times, _ in found], np.float64),
    }


def metrics(recording: Recording) -> Table:
    """Return one row for every number of every metric, with its place in the array."""
    rows = []
    for name, metric in recording.metrics().items():
        for place, value in np.ndenumerate(metric.value):
            index = ",".join(map(str, place))
            rows.append((name, index, str(value), metric.unit, metric.definition))
    columns = list(zip(*rows, strict=True)) or [()] * 5
    keys = ("metric", "index", "value", "unit", "definition")
    return {key: np.array(c, dtype=np.str_) for key, c in zip(keys, columns, strict=True)}


def trace(recording: Recording, name: str, population: str) -> Table:
    """Return one row for every sample, one column for every neuron or compartment."""
    report = recording.report(name, population)
    labels = [
        f"{report.variable}_{node}" + (f"_{element}" if report.element_ids.any() else "")
        for node, element in zip(report.node_ids, report.element_ids, strict=True)
    ]
    columns = {f"{label} ({report.unit})": report.data[:, k] for k, label in enumerate(labels)}
    return {"time_ms": report.times_ms, **columns}


def _joined(parts: list[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    joined: NDArray[Any] = np.concatenate([np.empty(0, dtype=dtype), *parts]).astype(dtype)
    return joined
