"""Refuse values that no recorder writes: files of strangers hold what HDF5 can hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from neuro.errors import DamagedFileError
from neuro.recording.contents import Edges, Population, Report, WeightHistory


def _need(condition: bool, what: str, why: str) -> None:
    if not condition:
        raise DamagedFileError(f"{what} {why}")


def _are_times(times: NDArray[np.float64]) -> bool:
    return times.dtype.kind == "f" and times.ndim == 1 and bool(np.isfinite(times).all())


def _are_nodes(ids: NDArray[np.uint64], population: str, known: Mapping[str, Population]) -> bool:
    size = known[population].size if population in known else 1 << 64
    is_plain = ids.ndim == 1 and ids.dtype.kind in "iu"
    return is_plain and (not ids.size or (int(ids.min()) >= 0 and int(ids.max()) < size))


def check_spikes(
    what: str,
    times: NDArray[np.float64],
    ids: NDArray[np.uint64],
    population: str,
    known: Mapping[str, Population],
) -> None:
    """Refuse spikes that no population can have fired.

    Parameters
    ----------
    what : str
        Begin of the message.
    times, ids : ndarray
        As read.
    population : str
        Whose.
    known : mapping of str to Population
        All that the file names.

    Raises
    ------
    DamagedFileError
        If times are not finite, or a node is beyond the population.
    """
    _need(_are_times(times), what, "are at times that are no finite numbers")
    _need(_are_nodes(ids, population, known), what, "are of neurons that the population has not")
    _need(times.size == ids.size, what, "have times and neurons of different number")


def check_edges(what: str, edges: Edges, known: Mapping[str, Population]) -> None:
    """Refuse synapses that lie beyond their populations or whose columns differ in length."""
    columns = (edges.source_ids, edges.target_ids, edges.weight, edges.delay_ms)
    lengths = {column.shape for column in columns}
    is_table = len(lengths) == 1 and edges.weight.ndim == 1
    _need(is_table, what, f"has columns of the shapes {', '.join(map(str, sorted(lengths)))}")
    for ids, population in (
        (edges.source_ids, edges.source_pop),
        (edges.target_ids, edges.target_pop),
    ):
        _need(_are_nodes(ids, population, known), what, f"leaves the population '{population}'")


def check_report(what: str, report: Report) -> None:
    """Refuse a trace whose samples do not fit its times and nodes."""
    n_nodes = report.node_ids.shape
    is_table = report.node_ids.ndim == 1 and report.data.shape == report.times_ms.shape + n_nodes
    _need(_are_times(report.times_ms), what, "has times that are no finite numbers")
    _need(is_table, what, f"has samples of shape {report.data.shape}")


def check_weights(what: str, history: WeightHistory) -> None:
    """Refuse snapshots that do not fit their times."""
    _need(_are_times(history.times_ms), what, "has times that are no finite numbers")
    is_table = history.data.ndim == 2 and history.data.shape[0] == history.times_ms.size
    _need(is_table, what, f"has snapshots of shape {history.data.shape}")
