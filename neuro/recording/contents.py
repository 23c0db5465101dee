"""Name what a reader gets back: labelled arrays without a file behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Population:
    """Describe the nodes of a population.

    Attributes
    ----------
    size : int
        Number of nodes, with ids from 0.
    model : str
        Name of the neuron model.
    """

    size: int
    model: str


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Hold the synapses of a projection, shape [E] each.

    Attributes
    ----------
    source_pop, target_pop : str
        Presynaptic and postsynaptic population.
    source_ids, target_ids : ndarray of uint64
        Node ids.
    weight : ndarray
        In `weight_unit`, in the dtype of the run.
    weight_unit : str
        Unit of the weights.
    delay_ms : ndarray of float64
        Delays in ms.
    """

    source_pop: str
    target_pop: str
    source_ids: NDArray[np.uint64]
    target_ids: NDArray[np.uint64]
    weight: NDArray[Any]
    weight_unit: str
    delay_ms: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """Hold a regularly sampled trace.

    Attributes
    ----------
    population, variable, unit : str
        What was sampled.
    node_ids : ndarray of uint64
        Node of every column, shape [n].
    element_ids : ndarray of uint32
        Compartment of every column, shape [n].
    times_ms : ndarray of float64
        Shape [T].
    data : ndarray of float32
        Shape [T, n].
    """

    population: str
    variable: str
    unit: str
    node_ids: NDArray[np.uint64]
    element_ids: NDArray[np.uint32]
    times_ms: NDArray[np.float64]
    data: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class WeightHistory:
    """Hold the weights of a projection over time, in the order of its edges.

    Attributes
    ----------
    unit : str
        Unit of the weights.
    times_ms : ndarray of float64
        Shape [S].
    data : ndarray
        Shape [S, E], in the dtype of the run.
    alive : ndarray of bool
        Shape [S, E]; False where a synapse was pruned.
    """

    unit: str
    times_ms: NDArray[np.float64]
    data: NDArray[Any]
    alive: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Phase:
    """Describe a phase of the run.

    Attributes
    ----------
    name, task : str
        What it is called and what was done in it.
    t_start_ms, t_stop_ms : float
        Begin and end in ms.
    plasticity : bool
        Whether synapses could learn.
    """

    name: str
    t_start_ms: float
    t_stop_ms: float
    task: str
    plasticity: bool


@dataclass(frozen=True, slots=True, eq=False)
class Metric:
    """Hold something that was measured.

    Attributes
    ----------
    value : ndarray
        Of any shape; () for a single number.
    definition : str
        How it was computed.
    unit : str
        "1" for plain numbers.
    attrs : mapping
        Further attributes.
    """

    value: NDArray[Any]
    definition: str
    unit: str
    attrs: Mapping[str, Any]


def values_of(found: Any) -> NDArray[Any]:
    """Return the values of a dataset, text as str.

    Parameters
    ----------
    found : h5py.Dataset
        Numbers or text.

    Returns
    -------
    ndarray
        Of the same shape.
    """
    if h5py.check_string_dtype(found.dtype) is None:
        return np.asarray(found[()])
    return np.asarray(found.asstr()[()], dtype=np.str_)


def population_of(group: Any) -> Population:
    """Return what /nodes/{population} says."""
    return Population(int(group.attrs["size"]), str(group.attrs["model"]))


def edges_of(group: Any) -> Edges:
    """Return what /edges/{projection} holds."""
    source, target = group["source_node_id"], group["target_node_id"]
    weight = group["0/syn_weight"]
    return Edges(
        source_pop=str(source.attrs["node_population"]),
        target_pop=str(target.attrs["node_population"]),
        source_ids=source[...],
        target_ids=target[...],
        weight=weight[...],
        weight_unit=str(weight.attrs["units"]),
        delay_ms=group["0/delay"][...],
    )


def phases_of(table: NDArray[Any]) -> list[Phase]:
    """Return the rows of /phases."""
    return [
        Phase(name.decode(), start, stop, task.decode(), learns)
        for name, start, stop, task, learns in table.tolist()
    ]


def metric_of(found: Any) -> Metric:
    """Return what /metrics/{name} holds."""
    attrs = dict(found.attrs)
    definition, unit = str(attrs.pop("definition")), str(attrs.pop("units"))
    return Metric(values_of(found), definition, unit, attrs)
