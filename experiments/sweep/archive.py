"""One file of all points of a sweep, and one table of their numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.sweep.collection import Collection
from experiments.sweep.folder import Folder
from neuro.errors import SpecError
from neuro.recording import gather


def write_archive(found: Collection, path: Path) -> None:
    """Copy the metrics of all points that are done into one HDF5 file.

    Parameters
    ----------
    found : Collection
        The sweep.
    path : Path
        ``points`` has id, repeat, overrides and program of each point, ``axes`` the values that
        are varied, ``metrics`` all metrics with the points along the first axis; the attribute
        ``config`` is the YAML that was swept.

    Raises
    ------
    SpecError
        If no point is done.
    EnvironmentFault
        If the disk refuses.
    """
    _check(found)
    folder, first = Folder(found.folder), found.points[0]
    source = folder.take(first, lambda recording: recording.config_source) or ""
    points = _points(found) | {
        "overrides": np.array([json.dumps(point.overrides) for point in found.points], dtype=object)
    }
    gather(path, {"config": source}, {"points": points, "axes": _axes(found)}, found.metrics)


def table(found: Collection) -> dict[str, NDArray[Any]]:
    """Lay the points out as columns of equal length.

    Parameters
    ----------
    found : Collection
        The sweep.

    Returns
    -------
    dict of str to ndarray, shape [n_points]
        id and repeat, each axis by its key, and each metric that is one number of every point.

    Raises
    ------
    SpecError
        If no point is done.
    """
    _check(found)
    numbers = {
        name: np.array([metrics[name].value for metrics in found.metrics])
        for name in found.scalars
        if all(np.ndim(metrics[name].value) == 0 for metrics in found.metrics)
    }
    return _points(found) | _axes(found) | numbers


def _check(found: Collection) -> None:
    if not found.points:
        raise SpecError(f"{found.folder}: no point is done yet")


def _points(found: Collection) -> dict[str, NDArray[Any]]:
    return {
        "id": np.array([point.id for point in found.points], dtype=object),
        "repeat": np.array([point.repeat for point in found.points]),
    }


def _axes(found: Collection) -> dict[str, NDArray[Any]]:
    """Return a column of each varied key: numbers, or texts as a configuration has them."""
    return {key: _column([point.values.get(key) for point in found.points]) for key in found.axes}


def _column(values: list[Any]) -> NDArray[Any]:
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return np.array(values)
    texts = [value if isinstance(value, str) else json.dumps(value) for value in values]
    return np.array(texts, dtype=object)
