"""Write HDF5 files of their own for nodes, edges, spikes and reports, as SONATA circuits have them.

Nodes and edges follow the Brian2 part of the SONATA extension: populations of the types
`brian2_point` and `virtual`, projections of the type `brian2_synapse`.

References
----------
Dai, K. et al. (2020). The SONATA data format for efficient description of large-scale network
models. PLOS Computational Biology 16(2), e1007696.
https://sonata-extension.readthedocs.io
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import h5py
import numpy as np
from numpy.typing import NDArray

from neuro.recording import faults, sonata
from neuro.recording.contents import Edges, Population, Report
from neuro.recording.item import Item, Storage
from neuro.recording.layout import SONATA_MAGIC, SONATA_VERSION
from neuro.recording.segment import hdf5, publish

POINT, VIRTUAL, SYNAPSE = "brian2_point", "virtual", "brian2_synapse"
# libsonata's wheel reads arrays with checksums; it has no gzip.
_STORAGE = Storage()

SynapseClass = Literal["EXC", "INH"]


def node_items(name: str, population: Population, kind: str, sign: SynapseClass) -> list[Item]:
    """Return /nodes/{name} with the attributes that the type `brian2_point` asks for.

    Parameters
    ----------
    name : str
        Name of the population.
    population : Population
        Size and model.
    kind : str
        `POINT` or `VIRTUAL`.
    sign : {"EXC", "INH"}
        Class of the synapses that its neurons make.

    Returns
    -------
    list of Item
        The population.
    """
    root, size = f"/nodes/{name}", population.size
    told = {"model_type": kind, "model_template": f"brian2:{population.model}"}
    texts = {**told, "synapse_class": sign}
    return [
        Item(root, None, {"model": population.model, "size": np.uint64(size)}),
        Item(f"{root}/node_type_id", np.full(size, -1, dtype=np.int64)),
        *(Item(f"{root}/0/{key}", _texts(size, text)) for key, text in texts.items()),
    ]


def edge_items(name: str, edges: Edges, n_source: int, n_target: int, model: str) -> list[Item]:
    """Return /edges/{name} with indices by source and by target.

    Parameters
    ----------
    name : str
        Name of the projection.
    edges : Edges
        Its synapses.
    n_source, n_target : int
        Sizes of the populations.
    model : str
        Name of the synapse model.

    Returns
    -------
    list of Item
        Weights in their own dtype and unit; delays in ms as float32, which SONATA wants.
    """
    root = f"/edges/{name}"
    n = edges.source_ids.size
    ends = (
        ("source", edges.source_pop, edges.source_ids),
        ("target", edges.target_pop, edges.target_ids),
    )
    sides = (
        ("source_to_target", edges.source_ids, n_source),
        ("target_to_source", edges.target_ids, n_target),
    )
    return [
        Item(f"{root}/edge_type_id", np.full(n, -1, dtype=np.int64)),
        *(Item(f"{root}/{k}_node_id", ids, {"node_population": pop}) for k, pop, ids in ends),
        Item(f"{root}/0/syn_weight", edges.weight, {"units": edges.weight_unit}),
        Item(f"{root}/0/delay", edges.delay_ms.astype(np.float32), {"units": "ms"}),
        Item(f"{root}/0/model_template", _texts(n, f"brian2:{model}")),
        *(item for key, ids, size in sides for item in _index(f"{root}/indices/{key}", ids, size)),
    ]


def _index(root: str, ids: NDArray[np.uint64], size: int) -> list[Item]:
    """Return which edges each node has, as ranges of neighbouring edges."""
    edge = np.argsort(ids, kind="stable").astype(np.int64)
    node = ids[edge].astype(np.int64)
    breaks = (np.diff(node, prepend=-1) != 0) | (np.diff(edge, prepend=-2) != 1)
    first = np.flatnonzero(breaks)
    stop = edge[np.append(first[1:], edge.size) - 1] + 1 if first.size else first
    ranges = np.column_stack([edge[first], stop]).astype(np.uint64)
    bounds = np.searchsorted(node[first], np.arange(size + 1)).astype(np.uint64)
    return [
        Item(f"{root}/node_id_to_ranges", np.column_stack([bounds[:-1], bounds[1:]])),
        Item(f"{root}/range_to_edge_id", ranges),
    ]


def report_items(report: Report) -> list[Item]:
    """Return /report/{population}, the one report of a file of its own."""
    root = f"/report/{report.population}"
    axis = sonata.time_axis(report.times_ms)
    return [
        Item(f"{root}/data", report.data, {"units": report.unit, "long_name": report.variable}),
        Item(f"{root}/mapping/time", axis, {"units": "ms"}),
        *sonata.mapping(root, report.node_ids, report.element_ids),
    ]


def write_file(path: Path, items: Sequence[Item]) -> None:
    """Write one SONATA file; a reader sees all of it or none.

    Parameters
    ----------
    path : Path
        The file; its folder exists.
    items : sequence of Item
        What it holds.

    Raises
    ------
    EnvironmentFault
        If the disk refuses.
    """
    root = {"magic": np.uint32(SONATA_MAGIC), "version": np.array(SONATA_VERSION, np.uint32)}
    made = hdf5([Item("/", None, root), *items], _STORAGE)
    with faults.environment("write", path):
        publish(path, made)


def _texts(size: int, text: str) -> NDArray[Any]:
    return np.full(size, text, dtype=h5py.string_dtype())
