"""Networks made elsewhere: the synapses of a file, with its weights and delays in units."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.connectivity import FromFile
from networks.graphs.conversion import node_order
from networks.graphs.edges import Edges
from networks.graphs.files import load_graphml, load_matrix
from neuro.dimensions import describe
from neuro.errors import DamagedFileError, EnvironmentFault, SpecError, nearest
from neuro.recording.foreign import ForeignEdges, read_edges, read_nir
from neuro.units import unit

SECOND = unit("second")[1]


def foreign_edges(rule: FromFile, n_source: int, n_target: int) -> Edges:
    """Read the synapses of a file.

    Parameters
    ----------
    rule : FromFile
        Which file, which projection in it, and units that the file does not say.
    n_source, n_target : int
        Sizes of the populations.

    Returns
    -------
    Edges
        Weights with a unit are in SI and have its dimension; those without are factors.

    Raises
    ------
    EnvironmentFault
        If the file is missing or cannot be opened.
    DamagedFileError
        If its content is not what its suffix says, or hostile.
    SpecError
        If it does not fit the populations, or a unit is missing or wrong.
    """
    readers: Mapping[str, Callable[[FromFile], ForeignEdges]] = {
        ".graphml": _read_graphml,
        ".npz": _read_matrix,
        ".nir": _read_nir,
    }
    read = readers.get(Path(rule.path).suffix.lower(), _read_sonata)
    try:
        found = read(rule)
    except OSError as fault:
        if isinstance(fault, EnvironmentFault):
            raise
        cause = fault.strerror or str(fault)
        raise EnvironmentFault(f"{rule.path}: cannot be read ({cause})") from None
    _check_sizes(rule, found, n_source, n_target)
    return _in_order(rule, found, n_target)


def _read_sonata(rule: FromFile) -> ForeignEdges:
    return read_edges(rule.path, rule.projection, rule.edge_types)


def _read_matrix(rule: FromFile) -> ForeignEdges:
    """Take the stored entries of a matrix; rows are sources."""
    matrix = load_matrix(rule.path)
    stored = matrix.tocoo()
    if np.iscomplexobj(stored.data):
        raise SpecError(f"{rule.path} has complex weights; needed: real ones")
    weight = None if stored.dtype == np.bool_ else stored.data.astype(np.float64)
    ends = stored.row.astype(np.int64), stored.col.astype(np.int64)
    n_source, n_target = matrix.shape
    return ForeignEdges(*ends, weight, n_source=int(n_source), n_target=int(n_target))


def _read_nir(rule: FromFile) -> ForeignEdges:
    return read_nir(rule.path, rule.projection)


def _read_graphml(rule: FromFile) -> ForeignEdges:
    """Take the edges of a graph, those of one projection if the graph has several."""
    graph = load_graphml(rule.path)
    edges = _chosen(rule, list(graph.edges(data=True)))
    if not graph.is_directed():
        edges += [(v, u, told) for u, v, told in edges if u != v]
    source, n_source = _side(rule, graph, [u for u, _, _ in edges])
    target, n_target = _side(rule, graph, [v for _, v, _ in edges])
    told = [data for _, _, data in edges]
    return ForeignEdges(
        source,
        target,
        _column(rule, told, "weight"),
        _column(rule, told, "delay"),
        _one(rule, told, "weight_unit"),
        _one(rule, told, "delay_unit"),
        n_source,
        n_target,
    )


def _chosen(rule: FromFile, edges: list[Any]) -> list[Any]:
    names = sorted({str(told["projection"]) for _, _, told in edges if "projection" in told})
    if rule.projection in names:
        return [edge for edge in edges if edge[2].get("projection") == rule.projection]
    if rule.projection or len(names) > 1:
        wanted = rule.projection
        given = f"no projection '{wanted}'{nearest(wanted, names)}" if wanted else "several"
        raise SpecError(f"{rule.path} has {given}; name one of {', '.join(names) or 'none'}")
    return edges


def _side(rule: FromFile, graph: Any, ends: list[Any]) -> tuple[NDArray[np.int64], int]:
    """Return the neurons at one end, and how many there are in their population."""
    told = graph.nodes(data=True)
    names = {str(told[end]["population"]) for end in ends if "population" in told[end]}
    if len(names) > 1:
        raise SpecError(f"{rule.path}: synapses at one end have {', '.join(sorted(names))}")
    if not names:
        order = node_order(list(graph.nodes), len(graph), str(rule.path))
        return np.array([order[end] for end in ends], dtype=np.int64), len(graph)
    (name,) = names
    try:
        index = {k: int(data["index"]) for k, data in told if data.get("population") == name}
        return np.array([index[end] for end in ends], dtype=np.int64), len(index)
    except (KeyError, ValueError) as fault:
        raise DamagedFileError(f"{rule.path}: a node of {name} has no index ({fault})") from None


def _column(rule: FromFile, told: list[Any], name: str) -> NDArray[np.float64] | None:
    given = [name in data for data in told]
    if not any(given):
        return None
    if not all(given):
        raise DamagedFileError(f"{rule.path}: edge {given.index(False)} has no {name}")
    try:
        return np.array([float(data[name]) for data in told])
    except (TypeError, ValueError) as fault:
        raise DamagedFileError(f"{rule.path}: a {name} is no number ({fault})") from None


def _one(rule: FromFile, told: list[Any], name: str) -> str:
    found = sorted({str(data.get(name, "")) for data in told})
    if len(found) > 1:
        raise SpecError(f"{rule.path}: several {name}s: {', '.join(found)}")
    return found[0] if found else ""


def _check_sizes(rule: FromFile, found: ForeignEdges, n_source: int, n_target: int) -> None:
    sides = (
        ("source", n_source, found.n_source, found.source),
        ("target", n_target, found.n_target, found.target),
    )
    for side, size, told, ids in sides:
        if told is not None and told != size:
            raise SpecError(f"{rule.path}: {told} {side} neurons; the population has {size}")
        if ids.size and int(ids.max()) >= size:
            raise SpecError(
                f"{rule.path}: {side} {int(ids.max())}; the population has {size} neurons, "
                "counted from 0"
            )


def _in_order(rule: FromFile, found: ForeignEdges, n_target: int) -> Edges:
    """Sort by source, then target, and put weights and delays into SI."""
    weight, dimension = found.weight, None
    if weight is not None and (name := _unit(rule, found.weight_unit, "weight")):
        scale, dimension = unit(name)
        weight = weight * scale
    delay = found.delay
    if delay is not None:
        name = _unit(rule, found.delay_unit, "delay")
        if not name:
            raise SpecError(f"{rule.path} has delays without a unit; say delay_unit: ms, or s")
        scale, kind = unit(name)
        if kind != SECOND:
            raise SpecError(f"{rule.path}: delays in {name}, {describe(kind)}; needed: a time")
        delay = delay * scale
    for what, values in (("weight", weight), ("delay", delay)):
        if values is not None and not np.isfinite(values).all():
            raise SpecError(f"{rule.path}: a {what} is NaN or infinite")
    order = np.argsort(found.source * np.int64(max(1, n_target)) + found.target, kind="stable")
    edges = Edges(found.source[order].astype(np.int32), found.target[order].astype(np.int32))
    return replace(
        edges,
        weight=None if weight is None else weight[order],
        delay=None if delay is None else delay[order],
        dimension=dimension,
    )


def _unit(rule: FromFile, told: str, what: str) -> str:
    """Return the unit that the file or the configuration says; not both, unless they agree."""
    asked = str(getattr(rule, f"{what}_unit"))
    if told and asked and unit(told) != unit(asked):
        raise SpecError(f"{rule.path} has {what}s in {told}; {what}_unit says {asked}")
    return told or asked
