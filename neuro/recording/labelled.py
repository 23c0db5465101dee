"""Give recordings to tools of others: labelled arrays for xarray, spike trains for Neo.

The only door to both libraries; they come with the extra `analysis`.
"""

from __future__ import annotations

import re
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from neuro.extras import needed
from neuro.recording.read import Recording

if TYPE_CHECKING:
    from neo import SpikeTrain
    from xarray import DataArray

# "[network, load]: recall of ..." names the axes of a metric.
_AXES = re.compile(r"\[([^\[\]]+)\]")


def trace_array(recording: Recording, report: str, population: str | None = None) -> DataArray:
    """Return a trace as a labelled array.

    Parameters
    ----------
    recording : Recording
        Open.
    report : str
        Name of the report.
    population : str, optional
        Needed when it was recorded of several.

    Returns
    -------
    xarray.DataArray
        Of dimensions time (coordinate in ms) and neuron (ids of nodes), with `units`.

    Raises
    ------
    EnvironmentFault
        If xarray is not installed.
    SpecError
        If there is no such report.
    """
    xarray = _library("xarray")
    found = recording.report(report, population)
    compartments = {"compartment": ("neuron", found.element_ids)}
    labelled: DataArray = xarray.DataArray(
        found.data,
        dims=("time", "neuron"),
        coords={"time": found.times_ms, "neuron": found.node_ids} | compartments,
        name=found.variable,
        attrs={"units": found.unit, "population": found.population},
    )
    labelled["time"].attrs["units"] = "ms"
    return labelled


def weight_array(recording: Recording, projection: str) -> DataArray:
    """Return all snapshots of a projection's weights as a labelled array.

    Parameters
    ----------
    recording : Recording
        Open.
    projection : str
        Its name.

    Returns
    -------
    xarray.DataArray
        Of dimensions t (ms) and synapse, in the order of /edges, with `units`; coordinates
        `source` and `target` are ids of nodes, `alive` is False where a synapse was pruned.

    Raises
    ------
    EnvironmentFault
        If xarray is not installed.
    SpecError
        If no weights of it were recorded.
    """
    xarray = _library("xarray")
    found = recording.weights(projection)
    coords: dict[str, Any] = {
        "t": found.times_ms,
        "synapse": np.arange(found.data.shape[1]),
        "alive": (("t", "synapse"), found.alive),
    }
    if projection in recording.projections:
        edges = recording.edges(projection)
        coords["source"] = ("synapse", edges.source_ids)
        coords["target"] = ("synapse", edges.target_ids)
    labelled: DataArray = xarray.DataArray(
        found.data,
        dims=("t", "synapse"),
        coords=coords,
        name=projection,
        attrs={"units": found.unit},
    )
    labelled["t"].attrs["units"] = "ms"
    return labelled


def metric_array(recording: Recording, name: str) -> DataArray:
    """Return a metric as a labelled array.

    Parameters
    ----------
    recording : Recording
        Open.
    name : str
        Path below /metrics.

    Returns
    -------
    xarray.DataArray
        With `definition` and `units`; its dimensions are those that the definition begins with
        ("[network, load]: ..."), or axis_0, axis_1, ...

    Raises
    ------
    EnvironmentFault
        If xarray is not installed.
    SpecError
        If there is no such metric.
    """
    xarray = _library("xarray")
    value = recording.metric(name)
    found = recording.metrics()[name]
    attrs = {**found.attrs, "definition": found.definition, "units": found.unit}
    dims = _dims(found.definition, value.ndim)
    labelled: DataArray = xarray.DataArray(value, dims=dims, name=name, attrs=attrs)
    return labelled


def spike_trains(recording: Recording, population: str) -> list[SpikeTrain]:
    """Return the spikes of each neuron as Neo's objects, which Elephant takes.

    Parameters
    ----------
    recording : Recording
        Open.
    population : str
        Its name.

    Returns
    -------
    list of neo.SpikeTrain
        In ms from 0 to the end of the run, silent neurons too, in order of their ids; annotated
        with `population` and `node_id`.

    Raises
    ------
    EnvironmentFault
        If Neo is not installed.
    SpecError
        If its spikes were not recorded.
    """
    neo = _library("neo")
    trains = recording.trains(population)
    end = max(recording.progress[0], *(float(times[-1]) for times in trains if times.size), 0.0)
    return [
        neo.SpikeTrain(
            times,
            units="ms",
            t_start=0.0,
            t_stop=end,
            name=f"{population} {node}",
            population=population,
            node_id=node,
        )
        for node, times in enumerate(trains)
    ]


def _library(name: str) -> ModuleType:
    """Return xarray or Neo, or say how to get it."""
    with needed(name, "analysis"):
        return import_module(name)


def _dims(definition: str, ndim: int) -> list[str]:
    told = _AXES.match(definition)
    names = [name.strip().replace(" ", "_") for name in told[1].split(",")] if told else []
    if len(names) == ndim == len(set(names)):
        return names
    return [f"axis_{axis}" for axis in range(ndim)]
