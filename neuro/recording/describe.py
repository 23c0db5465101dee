"""Describe a recording without loading it: its tree, its rates, what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from neuro.recording.catalogue import is_bare, walk
from neuro.recording.contents import Phase
from neuro.recording.integrity import verify
from neuro.recording.layout import Growth, growth
from neuro.recording.read import Recording, read
from neuro.recording.segment import opened

# Longest text or array attribute that is told in full.
MAX_ATTRIBUTE = 400


@dataclass(frozen=True, slots=True)
class Node:
    """Describe one object of the tree.

    Attributes
    ----------
    path : str
        Where it is.
    kind : {"group", "dataset"}
        What it is.
    shape : tuple of int or None
        Of a dataset; of a run that is not sealed, over all segments.
    dtype, unit : str or None
        Type and unit of a dataset.
    chunks : tuple of int or None
        Chunk shape.
    filters : tuple of str
        "fletcher32", "gzip", "shuffle".
    n_bytes, n_stored : int
        Size in memory and in the file.
    attrs : mapping
        Attributes as plain values, long ones shortened.
    """

    path: str
    kind: str
    shape: tuple[int, ...] | None
    dtype: str | None
    unit: str | None
    chunks: tuple[int, ...] | None
    filters: tuple[str, ...]
    n_bytes: int
    n_stored: int
    attrs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Activity:
    """Describe a population and how much it spiked.

    Attributes
    ----------
    name : str
        The population.
    size : int or None
        Number of nodes, where known.
    model : str or None
        Neuron model, where known.
    n_spikes : int or None
        None when its spikes were not recorded.
    rate_hz : float or None
        Spikes per node and second of simulated time.
    """

    name: str
    size: int | None
    model: str | None
    n_spikes: int | None
    rate_hz: float | None


@dataclass(frozen=True, slots=True)
class Description:
    """Describe a recording.

    Attributes
    ----------
    path : str
        What was opened: the file, or the folder of segments.
    is_sealed : bool
        Whether it is the one file of a finished run.
    status : str
        "running", "ok", "failed" or "interrupted".
    model_ms, wall_s : float
        Simulated and wall-clock time of the run.
    header : mapping
        Attributes of the root: format, created, generator, run_id, ...
    populations : tuple of Activity
        Populations and rates.
    phases : tuple of Phase
        Phases of the run.
    provenance, seeds : mapping
        As recorded.
    tree : tuple of Node
        Every object.
    problems : tuple of str
        What `verify` found, and what was lost.
    """

    path: str
    is_sealed: bool
    status: str
    model_ms: float
    wall_s: float
    header: Mapping[str, Any]
    populations: tuple[Activity, ...]
    phases: tuple[Phase, ...]
    provenance: Mapping[str, Any]
    seeds: Mapping[str, Any]
    tree: tuple[Node, ...]
    problems: tuple[str, ...]

    def to_json(self) -> str:
        """Return the description as JSON."""
        return json.dumps(asdict(self), indent=2)


def describe(path: str | Path) -> Description:
    """Describe a recording; all of it is read once to check it.

    Parameters
    ----------
    path : path
        As for `read`.

    Returns
    -------
    Description
        Ready to print.

    Raises
    ------
    DamagedFileError
        When it cannot be opened, is hostile, or no recording.
    EnvironmentFault
        When there is nothing to read, or it may not be read.
    """
    with read(path) as recording:
        tree = _tree(recording)
        model_ms, wall_s = recording.progress
        lost = tree["/run"].attrs.get("lost")
        problems = verify(recording.path)
        return Description(
            path=str(recording.path),
            is_sealed=recording.is_sealed,
            status=recording.status.name.lower(),
            model_ms=model_ms,
            wall_s=wall_s,
            header=tree["/"].attrs,
            populations=_activities(recording, tree),
            phases=tuple(recording.phases()),
            provenance=recording.provenance,
            seeds=recording.seeds,
            tree=tuple(tree[name] for name in sorted(tree)),
            problems=(*problems, *([f"lost: {lost}"] if lost else [])),
        )


def _tree(recording: Recording) -> dict[str, Node]:
    tree: dict[str, Node] = {}
    for file in recording.files:
        with opened(file) as h5:
            for path, found in walk(h5):
                if path in tree and is_bare(found):
                    continue
                node = _node(path, found)
                before = tree.get(path)
                grows = growth(path) is not Growth.WHOLE
                tree[path] = _longer(before, node) if before and grows else node
    return tree


def _longer(a: Node, b: Node) -> Node:
    if a.shape is None or b.shape is None:
        return b
    return replace(
        b,
        shape=(a.shape[0] + b.shape[0], *b.shape[1:]),
        n_bytes=a.n_bytes + b.n_bytes,
        n_stored=a.n_stored + b.n_stored,
    )


def _node(path: str, found: Any) -> Node:
    attrs = {name: _told(found.attrs[name]) for name in found.attrs}
    attrs = {name: value for name, value in attrs.items() if value is not None}
    if isinstance(found, h5py.Group):
        return Node(path, "group", None, None, None, None, (), 0, 0, attrs)
    names = {"fletcher32": found.fletcher32, "shuffle": found.shuffle, "gzip": found.compression}
    return Node(
        path,
        "dataset",
        tuple(found.shape),
        "text" if h5py.check_string_dtype(found.dtype) else str(found.dtype),
        attrs.get("units"),
        found.chunks,
        tuple(name for name, is_used in names.items() if is_used),
        *_sizes(found),
        attrs,
    )


def _sizes(found: Any) -> tuple[int, int]:
    """Return the bytes of a dataset in memory and in the file."""
    stored = int(found.id.get_storage_size())
    text = h5py.check_string_dtype(found.dtype)
    if text is None or text.length is not None:
        return int(found.size * found.dtype.itemsize), stored
    # The dataset itself holds references to its texts.
    values = found[()]
    length = sum(len(each) for each in ([values] if found.shape == () else values.flat))
    return length, stored + length


def _told(value: Any) -> Any:
    """Return an attribute as plain data, or None for references, which say nothing to a reader."""
    array = np.asarray(value)
    if array.size > MAX_ATTRIBUTE:
        return f"{array.dtype} {array.shape}"
    if array.dtype.kind == "V" or any(
        isinstance(v, h5py.Reference | np.ndarray) for v in array.flat
    ):
        return None
    plain = array.tolist()
    if isinstance(plain, str) and len(plain) > MAX_ATTRIBUTE:
        return plain[:MAX_ATTRIBUTE] + " ..."
    return plain if isinstance(plain, str | int | float | list) else str(plain)


def _activities(recording: Recording, tree: Mapping[str, Node]) -> tuple[Activity, ...]:
    nodes = recording.nodes
    seconds = recording.progress[0] / 1000.0
    told = []
    for name in sorted({*nodes, *recording.spiking}):
        known = nodes.get(name)
        spikes = tree.get(f"/spikes/{name}/timestamps")
        n = spikes.shape[0] if spikes is not None and spikes.shape else None
        size = known.size if known else None
        rate = n / size / seconds if n is not None and size and seconds > 0 else None
        told.append(Activity(name, size, known.model if known else None, n, rate))
    return tuple(told)
