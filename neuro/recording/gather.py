"""Copy the metrics of many recordings into one file that needs none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from neuro.recording.contents import Metric
from neuro.recording.faults import environment
from neuro.recording.layout import checked_path

FORMAT, VERSION = "engramlab metrics of many runs", 1


def gather(
    path: Path,
    texts: Mapping[str, str],
    columns: Mapping[str, Mapping[str, NDArray[Any]]],
    metrics: Sequence[Mapping[str, Metric]],
) -> None:
    """Write metrics of many runs into one file, at once or not at all.

    A metric that every run has in one shape, with one definition and unit, is one dataset with the
    runs along its first axis; any other is a group with a dataset for each run that has it.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    texts : mapping of str to str
        Attributes of the file.
    columns : mapping of str to mapping of str to ndarray
        Groups of datasets, shape [n_runs]; ``points`` has an ``id`` for each run.
    metrics : sequence of mapping of str to Metric
        Of each run.

    Raises
    ------
    EnvironmentFault
        If the disk refuses.
    """
    begun = path.with_name(f".{path.name}.{os.getpid()}")
    with environment("write", path):
        try:
            with h5py.File(begun, "w") as file:
                file.attrs.update({"format": FORMAT, "version": VERSION, **texts})
                for group, held in columns.items():
                    for name, column in held.items():
                        _write(file, f"{group}/{checked_path(group, name)}", column)
                names = dict.fromkeys(name for found in metrics for name in found)
                for name in names:
                    _write_metric(file, name, columns["points"]["id"], metrics)
            handle = os.open(begun, os.O_RDONLY)
            os.fsync(handle)
            os.close(handle)
            begun.replace(path)
        finally:
            begun.unlink(missing_ok=True)


def _write_metric(
    file: h5py.File, name: str, ids: NDArray[Any], metrics: Sequence[Mapping[str, Metric]]
) -> None:
    found = {str(run): each[name] for run, each in zip(ids, metrics, strict=True) if name in each}
    looks = {(m.definition, m.unit, m.value.shape, m.value.dtype.kind) for m in found.values()}
    if len(looks) == 1 and len(found) == len(metrics):
        (metric,) = list(found.values())[:1]
        values = np.stack([each.value for each in found.values()])
        _describe(_write(file, f"metrics/{name}", values), metric)
        return
    for run, metric in found.items():
        _describe(_write(file, f"metrics/{name}/{run}", metric.value), metric)


def _describe(dataset: h5py.Dataset, metric: Metric) -> None:
    dataset.attrs.update({"definition": metric.definition, "units": metric.unit})


def _write(file: h5py.File, name: str, values: NDArray[Any]) -> h5py.Dataset:
    if values.dtype.kind in "UO":
        return file.create_dataset(name, data=values.astype(object), dtype=h5py.string_dtype())
    return file.create_dataset(name, data=values)
