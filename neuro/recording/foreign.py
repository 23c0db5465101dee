"""Read the edges of SONATA files that others wrote, after `trust` has looked at them.

References
----------
https://github.com/AllenInstitute/sonata/blob/master/docs/SONATA_DEVELOPER_GUIDE.md
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from neuro.errors import DamagedFileError, SpecError, nearest
from neuro.recording import faults
from neuro.recording.segment import opened

Float = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ForeignEdges:
    """Hold synapses as a file of others has them, shape [E] each.

    Attributes
    ----------
    source, target : ndarray of int64
        Node ids from 0.
    weight, delay : ndarray of float64, or None
        None if the file has none.
    weight_unit, delay_unit : str
        Empty if the file does not say.
    n_source, n_target : int or None
        Sizes of the populations, as far as the file knows them.
    """

    source: NDArray[np.int64]
    target: NDArray[np.int64]
    weight: Float | None = None
    delay: Float | None = None
    weight_unit: str = ""
    delay_unit: str = ""
    n_source: int | None = None
    n_target: int | None = None


def read_edges(path: Path, name: str = "", types: Path | None = None) -> ForeignEdges:
    """Read one population of edges.

    Parameters
    ----------
    path : Path
        SONATA file with /edges.
    name : str
        Which population; may be left out if there is one.
    types : Path, optional
        The table of edge types (CSV), for weights and delays that edges do not have themselves.

    Returns
    -------
    ForeignEdges
        `syn_weight`, times `nsyns` where that is given, and `delay`, which SONATA has in ms.

    Raises
    ------
    SpecError
        If there is no such population.
    DamagedFileError
        If a file is damaged, hostile, or not SONATA.
    EnvironmentFault
        If a file cannot be opened.
    """
    table = read_types(types) if types is not None else {}
    with opened(path) as h5:
        return _Reader(path, _population(h5, path, name), table).read()


def _population(h5: h5py.File, path: Path, name: str) -> Any:
    groups = h5.get("edges")
    if not isinstance(groups, h5py.Group) or not len(groups):
        raise DamagedFileError(f"{path} is no SONATA file of edges: it has no group /edges")
    names = list(groups)
    if name not in names and (name or len(names) > 1):
        given = f"no projection '{name}'{nearest(name, names)}" if name else "several projections"
        raise SpecError(f"{path} has {given}; name one of {', '.join(names)}")
    return groups[name or names[0]]


class _Reader:
    """Read one group of /edges."""

    def __init__(self, path: Path, group: Any, types: dict[str, dict[int, float]]) -> None:
        self.path, self.group, self.types = path, group, types

    def read(self) -> ForeignEdges:
        """Read ends, weights and delays."""
        source, target = self.whole("source_node_id"), self.whole("target_node_id")
        if source.size != target.size:
            raise self.wrong(f"{source.size} sources for {target.size} targets")
        weight, unit = self.attribute("syn_weight", source.size)
        number, _ = self.attribute("nsyns", source.size)
        if weight is not None and number is not None:
            weight = weight * number
        delay, delay_unit = self.attribute("delay", source.size)
        sizes = (self.size(side) for side in ("source_to_target", "target_to_source"))
        return ForeignEdges(source, target, weight, delay, unit, delay_unit or "ms", *sizes)

    def wrong(self, why: str) -> DamagedFileError:
        """Return the error that refuses the population."""
        return DamagedFileError(f"{self.path}: {self.group.name}: {why}")

    def whole(self, name: str) -> NDArray[np.int64]:
        """Read one whole number for every edge."""
        found = self.group.get(name)
        if not isinstance(found, h5py.Dataset) or found.ndim != 1 or found.dtype.kind not in "iu":
            raise self.wrong(f"'{name}' is missing or no list of whole numbers")
        values = found[...]
        if values.size and (values.min() < 0 or values.max() > np.iinfo(np.int64).max):
            raise self.wrong(f"'{name}' has a value out of range")
        return np.asarray(values, dtype=np.int64)

    def size(self, index: str) -> int | None:
        """Return how many nodes an index covers."""
        found = self.group.get(f"indices/{index}/node_id_to_ranges")
        return int(found.shape[0]) if isinstance(found, h5py.Dataset) else None

    def attribute(self, name: str, n: int) -> tuple[Float | None, str]:
        """Read a number for every edge, its own or that of its type, and the unit."""
        values, units = np.full(n, np.nan), set()
        if name in self.types:
            kinds = self.whole("edge_type_id") if "edge_type_id" in self.group else np.zeros(n, int)
            self.fit("edge_type_id", kinds, n)
            for kind, value in self.types[name].items():
                values[kinds == kind] = value
        for rows, place, found in self.groups(name, n):
            data = self.numbers(found)
            if place.size and place.max() >= data.size:
                raise self.wrong(f"{found.name} has {data.size} values, {place.max() + 1} needed")
            values[rows] = data[place]
            units.add(str(found.attrs.get("units", found.attrs.get("unit", ""))))
        if np.isnan(values).all():
            return None, ""
        if not np.isfinite(values).all():
            at = int(np.argmin(np.isfinite(values)))
            raise self.wrong(f"edge {at} has no finite {name}")
        if len(units) > 1:
            raise self.wrong(f"{name} has several units: {', '.join(sorted(units))}")
        return values, units.pop() if units else ""

    def groups(self, name: str, n: int) -> list[tuple[NDArray[Any], NDArray[np.int64], Any]]:
        """Return which edges have an attribute of their own, and where it stands."""
        if "edge_group_id" in self.group:
            owner, place = self.whole("edge_group_id"), self.whole("edge_group_index")
        else:
            owner, place = np.zeros(n, dtype=np.int64), np.arange(n)
        self.fit("edge_group_id", owner, n)
        self.fit("edge_group_index", place, n)
        found = []
        for key in self.group:
            dataset = self.group.get(f"{key}/{name}") if key.isdecimal() else None
            if isinstance(dataset, h5py.Dataset):
                rows = np.flatnonzero(owner == int(key))
                found.append((rows, place[rows], dataset))
        return found

    def fit(self, name: str, values: NDArray[Any], n: int) -> None:
        """Refuse a column of another length."""
        if values.size != n:
            raise self.wrong(f"'{name}' has {values.size} values for {n} edges")

    def numbers(self, found: Any) -> Float:
        """Read a column of numbers."""
        if found.ndim != 1 or found.dtype.kind not in "iuf":
            raise self.wrong(f"{found.name} is no list of numbers")
        return np.asarray(found[...], dtype=np.float64)


def read_types(path: Path) -> dict[str, dict[int, float]]:
    """Read the numbers of a SONATA table of edge types.

    Parameters
    ----------
    path : Path
        Columns divided by blanks; one is `edge_type_id`; NULL stands for nothing.

    Returns
    -------
    dict
        `syn_weight`, `delay` and `nsyns` by type, as far as the table has them.

    Raises
    ------
    DamagedFileError
        If it is no such table; the message has the line.
    EnvironmentFault
        If it cannot be opened.
    """
    with faults.damage(path), path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file, delimiter=" ", skipinitialspace=True)
        header = next(rows, [])
        if "edge_type_id" not in header:
            raise DamagedFileError(f"{path}:1: no column 'edge_type_id' among {' '.join(header)}")
        found: dict[str, dict[int, float]] = {}
        for row in rows:
            told = dict(zip(header, row, strict=False))
            for name in ("syn_weight", "delay", "nsyns"):
                text = told.get(name, "NULL")
                if text in ("NULL", ""):
                    continue
                try:
                    found.setdefault(name, {})[int(told["edge_type_id"])] = float(text)
                except ValueError:
                    raise DamagedFileError(
                        f"{path}:{rows.line_num}: '{text}' is no {name}"
                    ) from None
    return found


def read_nir(path: Path, name: str = "") -> ForeignEdges:
    """Read a matrix of a NIR graph, with the delays beside it.

    Parameters
    ----------
    path : Path
        HDF5 file of NIR; the library `nir` is not needed.
    name : str
        Node of the type Linear or Affine (without bias); may be left out if there is one.

    Returns
    -------
    ForeignEdges
        A synapse for every number that is not 0. Delays are in s; a weight has the unit that the
        node's metadata say, if any.

    Raises
    ------
    SpecError
        If there is no such node.
    DamagedFileError
        If the file is damaged, hostile, or not NIR.
    """
    with opened(path) as h5:
        nodes = h5.get("node/nodes")
        if not isinstance(nodes, h5py.Group) or "node/edges" not in h5:
            raise DamagedFileError(f"{path} is no NIR graph: it has no group /node/nodes")
        kinds = {key: _text(nodes[key]["type"]) for key in nodes}
        names = [key for key, kind in kinds.items() if kind in ("Linear", "Affine")]
        if name not in names and (name or len(names) != 1):
            given = (
                f"no matrix '{name}'{nearest(name, names)}" if name else f"{len(names)} matrices"
            )
            raise SpecError(f"{path} has {given}; name one of {', '.join(names) or 'none'}")
        chosen = name or names[0]
        node = nodes[chosen]
        weight = np.asarray(node["weight"][...], dtype=np.float64)
        if weight.ndim != 2:
            raise SpecError(f"{path}: '{chosen}' has {weight.ndim} dimensions; needed: 2")
        if "bias" in node and np.any(node["bias"][...]):
            raise SpecError(f"{path}: '{chosen}' has a bias, which a projection cannot have")
        source, target = np.nonzero(weight.T)
        links = [(_decoded(a), _decoded(b)) for a, b in h5["node/edges"][...].tolist()]
        delay = np.zeros(source.size)
        n_delays = 0
        for tail, head in links:
            other, ids = (head, target) if tail == chosen else (tail, source)
            if chosen in (tail, head) and kinds.get(other) == "Delay":
                delay += np.asarray(nodes[other]["delay"][...], dtype=np.float64)[ids]
                n_delays += 1
        unit = node.get("metadata/unit")
        return ForeignEdges(
            source,
            target,
            weight[target, source],
            delay if n_delays else None,
            _text(unit) if unit is not None else "",
            "s",
            weight.shape[1],
            weight.shape[0],
        )


def _text(found: Any) -> str:
    return _decoded(found[()])


def _decoded(text: Any) -> str:
    return text.decode("utf-8") if isinstance(text, bytes) else str(text)
