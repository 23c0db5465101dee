"""The page of a sweep: a table to sort and filter, and any metric against any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from experiments.report import page
from experiments.report.code import coloured
from experiments.report.measured import MOST_METRICS
from experiments.report.numbers import finite, shown, unit
from experiments.report.run import flat
from experiments.sweep import Collection, collect
from experiments.sweep.collection import check_metrics
from experiments.sweep.folder import Failure, Folder
from experiments.sweep.table import remarks, written
from neuro.recording import read

# Of metrics whose name begins or ends so, less is better; of all others more, until the reader
# says otherwise.
COSTS = ("bytes_kept", "synaptic_operations", "synapses", "density", "seconds", "operations",
         "forgetting", "cost", "energy", "neurons")  # fmt: skip
ERRORS = ("_nrmse", "_error", "_rmse", "_loss", "error", "deviation")
DIGITS = 4
SCORES = ("acc", "accuracy", "recall", "mc", "rows_accuracy")


def save(folder: Path, asked: list[str], out: Path) -> None:
    """Make the page of a sweep, which may still run.

    Parameters
    ----------
    folder : Path
        Of the sweep.
    asked : list of str
        Scalar metrics; all if empty.
    out : Path
        The page; replaced if it exists.

    Raises
    ------
    SpecError
        If its name does not end in .html, or no point has a metric that was asked for.
    DamagedFileError
        If there is no sweep in the folder.
    EnvironmentFault
        If the page cannot be written.
    """
    page.check_name(out)
    found = collect(folder)
    page.write(tell(found, Folder(folder).failures(), asked), out)


def tell(found: Collection, failures: list[Failure], asked: list[str]) -> str:
    """Return the page of a sweep.

    Parameters
    ----------
    found : Collection
        What is done.
    failures : list of Failure
        Points that ended with an error.
    asked : list of str
        Scalar metrics; all if empty.

    Returns
    -------
    str
        HTML.
    """
    names = check_metrics(found, asked) if found.points or asked else []
    names = [name for name in names if name in found.scalars]
    rows = [_row(found, names, combination) for combination in found.combinations()]
    source, provenance = _first(found)
    told = {
        "title": found.folder.resolve().name,
        "folder": str(found.folder),
        "axes": list(found.axes),
        "metrics": [_metric(found, name) for name in names[:MOST_METRICS]],
        "rows": rows,
        "n_done": len(found.points),
        "n_points": len(found.points) + len(found.missing),
        "problems": _problems(found),
        "failures": failures,
        "points": [
            (
                point.file,
                ", ".join(f"{key} = {written(value)}" for key, value in point.values.items()),
            )
            for point in found.points
        ],
        "source": coloured(source, "yaml"),
        "provenance": provenance,
        "programs": found.programs,
    }
    return page.render("sweep.html", told, {"sweep": _data(found, names, rows)})


def _data(found: Collection, names: list[str], rows: list[dict[str, Any]]) -> dict[str, Any]:
    x, y = _chosen(names)
    return {
        "axes": list(found.axes),
        "metrics": [{"name": name, "unit": unit(found.metrics[0][name].unit),
                     "less": _is_less(name)} for name in names],
        "rows": [{"axes": row["axes"], "n": row["n"],
                  "values": [cell["numbers"] for cell in row["cells"]]} for row in rows],
        "x": x,
        "y": y,
    }  # fmt: skip


def _row(found: Collection, names: list[str], combination: dict[str, Any]) -> dict[str, Any]:
    n = len(found.at(combination))
    axes = [{"text": written(combination.get(key)), "sort": _sorted(combination.get(key))}
            for key in found.axes]  # fmt: skip
    return {"axes": axes, "n": n, "cells": [_cell(found, name, combination) for name in names]}


def _cell(found: Collection, name: str, combination: dict[str, Any]) -> dict[str, Any]:
    """Tell a metric of a combination: its mean, half of its 95 % interval, who lacks it."""
    mean, low, high = found.interval(name, combination)
    # Networks that all say the same do not tell how sure that is.
    has_ends = bool(high > low)
    return {
        "mean": shown(float(mean), DIGITS),
        "half": f"± {shown(float(high - low) / 2, 2)['text']}" if has_ends else "",
        "partly": remarks(found, name, combination),
        "numbers": finite([mean, low, high]),
    }


def _metric(found: Collection, name: str) -> dict[str, str]:
    told = found.metrics[0][name]
    return {"name": name, "unit": unit(told.unit), "definition": told.definition}


def _first(found: Collection) -> tuple[str, list[tuple[str, str]]]:
    """Return configuration and provenance of the first point: others differ in the varied keys."""
    if not found.points:
        return "", []
    with read(found.folder / found.points[0].file) as recording:
        return recording.config_source, flat(recording.provenance)


def _problems(found: Collection) -> list[str]:
    problems = []
    if not found.points:
        problems.append("no point is done yet")
    elif found.missing:
        n = len(found.missing)
        problems.append(f"{n} {'point has' if n == 1 else 'points have'} no result (yet)")
    if len(found.programs) > 1:
        made = ", ".join(each or "a program without a commit" for each in found.programs)
        problems.append(f"points of several states of the program: {made}")
    elif found.programs and "changes" in found.programs[0]:
        problems.append("files of the program differed from the recorded commit")
    return problems


def _is_less(name: str) -> bool:
    last = name.rpartition("/")[2]
    return last.startswith(COSTS) or last.endswith(ERRORS)


def _chosen(names: list[str]) -> tuple[int, int]:
    """Choose what is drawn first: a score against a cost, where there are such."""
    if not names:
        return 0, 0
    scores = [name for name in SCORES if name in names]
    y = next(iter([*scores, *(name for name in names if not _is_less(name))]), names[0])
    costs = [name for cost in COSTS for name in names if name.startswith(cost)]
    x = next((name for name in [*costs, *names] if name != y), y)
    return names.index(x), names.index(y)


def _sorted(value: Any) -> float | None:
    """Return by what a value is sorted: numbers as such, "20 ms" by its number, words as words."""
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value).split()[0])
    except (ValueError, IndexError):
        return None
