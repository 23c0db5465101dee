"""Lay nodes, edges, spikes and traces out as SONATA does.

References
----------
Dai, K. et al. (2020). The SONATA data format for efficient description of large-scale network
models. PLOS Computational Biology 16(2), e1007696.
"""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from neuro.errors import SpecError
from neuro.recording.item import Item

Float = NDArray[np.float64]
Ids = NDArray[np.uint64]

_SORTING = h5py.enum_dtype({"none": 0, "by_id": 1, "by_time": 2}, basetype="u1")
BY_TIME = np.array(2, dtype=_SORTING)


def ids_of(what: str, values: ArrayLike) -> Ids:
    """Return node ids as uint64, refusing what is not a whole number from 0 up.

    Parameters
    ----------
    what : str
        Name for the message.
    values : array_like
        One-dimensional.

    Returns
    -------
    ndarray of uint64
        A copy.

    Raises
    ------
    SpecError
        For other dimensions, negative numbers and fractions.
    """
    array = np.asarray(values)
    if array.ndim != 1:
        raise SpecError(f"{what}: shape {array.shape} was given, one dimension is needed")
    if array.size and array.dtype.kind not in "iu":
        raise SpecError(f"{what}: {array.dtype} was given, whole numbers are needed")
    if array.size and array.dtype.kind == "i" and int(array.min()) < 0:
        raise SpecError(f"{what}: {int(array.min())} is negative")
    return array.astype(np.uint64)


def reals_of(what: str, values: ArrayLike) -> Float:
    """Return finite numbers as float64, refusing NaN and infinity.

    Parameters
    ----------
    what : str
        Name for the message.
    values : array_like
        One-dimensional.

    Returns
    -------
    ndarray of float64
        A copy.

    Raises
    ------
    SpecError
        For other dimensions and values that are not finite.
    """
    array = np.array(values, dtype=np.float64)
    if array.ndim != 1:
        raise SpecError(f"{what}: shape {array.shape} was given, one dimension is needed")
    if not np.isfinite(array).all():
        raise SpecError(f"{what}: holds NaN or infinity")
    return array


def in_order(times: Float, ids: Ids) -> bool:
    """Return whether spikes are sorted by time, and by id where times are equal."""
    later = times[1:] > times[:-1]
    tied = (times[1:] == times[:-1]) & (ids[1:] >= ids[:-1])
    return bool(np.all(later | tied))


def by_time(times: Float, ids: Ids) -> tuple[Float, Ids]:
    """Return spikes sorted by time, then by id, so that flushes leave no trace in the order.

    Parameters
    ----------
    times, ids : ndarray
        Spikes in any order.

    Returns
    -------
    tuple of ndarray
        The same spikes in order.
    """
    if in_order(times, ids):
        return times, ids
    order = np.lexsort((ids, times))
    return times[order], ids[order]


def nodes(population: str, size: int, model: str) -> list[Item]:
    """Return /nodes/{population}: one type, one group, ids 0 to size - 1.

    Parameters
    ----------
    population : str
        Its name.
    size : int
        Number of nodes.
    model : str
        The neuron model's name.

    Returns
    -------
    list of Item
        The population.
    """
    root = f"/nodes/{population}"
    return [
        Item(root, None, {"model": model, "size": np.uint64(size)}),
        Item(f"{root}/node_type_id", np.zeros(size, dtype=np.uint32)),
        Item(f"{root}/node_group_id", np.zeros(size, dtype=np.uint32)),
        Item(f"{root}/node_group_index", np.arange(size, dtype=np.uint64)),
        Item(f"{root}/0"),
    ]


def edges(
    projection: str,
    source: tuple[str, Ids],
    target: tuple[str, Ids],
    weight: tuple[NDArray[Any], str],
    delay_ms: Float,
) -> list[Item]:
    """Return /edges/{projection}: one type, one group, in the order given.

    Parameters
    ----------
    projection : str
        Its name.
    source, target : tuple of (str, ndarray of uint64)
        Population and node id of every edge, shape [E].
    weight : tuple of (ndarray, str)
        Weights [E] in their own dtype, and their unit.
    delay_ms : ndarray of float64
        Delays [E].

    Returns
    -------
    list of Item
        The projection.
    """
    root = f"/edges/{projection}"
    type_id = np.zeros(source[1].size, dtype=np.uint8)
    return [
        Item(f"{root}/edge_type_id", type_id),
        Item(f"{root}/source_node_id", source[1], {"node_population": source[0]}),
        Item(f"{root}/target_node_id", target[1], {"node_population": target[0]}),
        Item(f"{root}/0/syn_weight", weight[0], {"units": weight[1]}),
        Item(f"{root}/0/delay", delay_ms, {"units": "ms"}),
    ]


def spikes(population: str, times: Float, ids: Ids) -> list[Item]:
    """Return /spikes/{population}, sorted by time.

    Parameters
    ----------
    population : str
        Its name.
    times : ndarray of float64
        Spike times in ms, in any order.
    ids : ndarray of uint64
        Node of every spike.

    Returns
    -------
    list of Item
        The spikes.
    """
    root = f"/spikes/{population}"
    times, ids = by_time(times, ids)
    return [
        Item(root, None, {"sorting": BY_TIME}),
        Item(f"{root}/timestamps", times, {"units": "ms"}),
        Item(f"{root}/node_ids", ids),
    ]


def time_axis(times: Float) -> Float:
    """Return SONATA's (start, stop, step) of regular samples.

    Parameters
    ----------
    times : ndarray of float64
        Sample times in ms, at least one.

    Returns
    -------
    ndarray of float64
        Shape [3]; the step of a single sample is unknown and written as 1 ms.
    """
    step = (times[-1] - times[0]) / (times.size - 1) if times.size > 1 else 1.0
    return np.array([times[0], times[0] + step * times.size, step])


def mapping(root: str, node_ids: Ids, element_ids: NDArray[np.uint32]) -> list[Item]:
    """Return the mapping of a report's columns to nodes and their elements.

    Parameters
    ----------
    root : str
        Path of the report's population.
    node_ids : ndarray of uint64
        Node of every column, those of one node side by side, shape [n].
    element_ids : ndarray of uint32
        Compartment of every column, shape [n].

    Returns
    -------
    list of Item
        SONATA's mapping and the label `node` of the columns.

    Raises
    ------
    SpecError
        When the columns of one node do not lie side by side.
    """
    starts = np.flatnonzero(np.diff(node_ids, prepend=~node_ids[:1]) != 0)
    owners = node_ids[starts]
    if np.unique(owners).size != owners.size:
        raise SpecError(f"{root}: the columns of one node must lie side by side")
    is_sorted = np.uint8(np.all(owners[1:] > owners[:-1]))
    pointers = np.append(starts, node_ids.size).astype(np.uint64)
    return [
        Item(f"{root}/mapping/node_ids", owners, {"sorted": is_sorted}),
        Item(f"{root}/mapping/index_pointers", pointers),
        Item(f"{root}/mapping/element_ids", element_ids),
        Item(f"{root}/node", node_ids, {"long_name": "node id"}),
    ]
