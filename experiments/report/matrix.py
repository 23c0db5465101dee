"""Lay out the accuracy matrix of a stream of tasks for a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments.report.numbers import finite
from neuro.recording import Metric, Recording

NAME = "accuracy_matrix"
TASKS = "tasks"
MOST_TASKS = 500


def matrices(recording: Recording, metrics: Mapping[str, Metric]) -> list[dict[str, Any]]:
    """Lay out every accuracy matrix of a recording.

    Parameters
    ----------
    recording : Recording
        Open; names of tasks are taken where it has as many as the matrix.
    metrics : mapping of str to Metric
        Its metrics.

    Returns
    -------
    list of dict
        What the script draws; numbers that are not finite are None.
    """
    found = []
    for name, metric in metrics.items():
        values = metric.value
        is_matrix = values.ndim == 2 and values.size and values.dtype.kind in "biuf"
        if name.rpartition("/")[2] != NAME or not is_matrix or max(values.shape) > MOST_TASKS:
            continue
        found.append(
            {
                "title": name.replace("_", " "),
                "definition": metric.definition,
                "values": finite(values),
                "rows": [f"task {k + 1}" for k in range(len(values))],
                "columns": _tasks(recording, values.shape[1]),
                "percent": [[_percent(value) for value in row] for row in values],
            }
        )
    return found


def course(matrix: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Lay out how accuracy went while the tasks of a matrix were learnt.

    Parameters
    ----------
    matrix : mapping
        One of `matrices`.

    Returns
    -------
    list of dict
        One figure, or none of a matrix that is not square or of a single task.
    """
    values = np.array(matrix["values"], dtype=np.float64)
    n_tasks, n_tested = values.shape
    if n_tasks != n_tested or n_tasks < 2:
        return []
    lines = {
        "first task": values[:, 0],
        "task just learnt": np.diag(values),
        "mean of tasks so far": np.array([values[k, : k + 1].mean() for k in range(n_tasks)]),
    }
    learnt = list(range(1, n_tasks + 1))
    nothing = [None] * n_tasks
    return [
        {
            "title": "course of learning",
            "caption": "",
            "x": {"label": "tasks learnt", "log": False, "whole": True},
            "y": {"label": "test accuracy (%)", "log": False},
            "lines": [
                {"label": label, "x": learnt, "y": finite(100 * line), "low": nothing,
                 "high": nothing, "theory": None, "dashed": ""}
                for label, line in lines.items()
            ],
        }
    ]  # fmt: skip


def _tasks(recording: Recording, number: int) -> list[str]:
    if TASKS in recording.arrays:
        names = recording.array(TASKS)
        if names.shape == (number,):
            return [str(name) for name in names]
    return [f"task {k + 1}" for k in range(number)]


def _percent(value: np.number[Any]) -> dict[str, Any]:
    exact = float(value)
    return {"text": f"{100 * exact:.1f}" if np.isfinite(exact) else "–", "exact": repr(exact)}
