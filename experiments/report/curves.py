"""Lay out what was measured against something for a page, over the curve of its theory."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import PANELS
from experiments.report.numbers import finite, labelled
from experiments.report.theory import Pair, places
from neuro.recording import Metric, Recording

# A figure of more lines cannot be read; the table below has them all.
MOST_LINES = 12
MOST_FIGURES = 24


def noted(
    recording: Recording, metrics: Mapping[str, Metric]
) -> tuple[list[dict[str, Any]], set[str]]:
    """Lay out the panels that an experiment noted.

    Parameters
    ----------
    recording : Recording
        Open.
    metrics : mapping of str to Metric
        Its metrics.

    Returns
    -------
    figures : list of dict
        What the script draws.
    told : set of str
        Metrics that they show.
    """
    if PANELS not in recording.arrays:
        return [], set()
    try:
        panels = json.loads(str(recording.array(PANELS)[()]))
        figures = [_panel(panel, metrics) for panel in panels]
        return figures, {each["y"] for panel in panels for each in panel["series"]}
    except (ValueError, LookupError, TypeError):
        # The notes are of a stranger, or the run ended before all they name was recorded.
        return [], set()


def _panel(panel: Mapping[str, Any], metrics: Mapping[str, Metric]) -> dict[str, Any]:
    place = metrics[panel["x"]].value
    fine = metrics.get(panel.get("x_fine") or "")
    lines = []
    for each in panel["series"]:
        found, ends = metrics[each["y"]].value, metrics[f"{each['y']}_ci"].value
        theory, where = each["theory"], place
        if theory and each.get("fine") and fine is not None:
            theory, where = f"{theory}_fine", fine.value
        foretold = (where, metrics[theory].value) if theory else None
        told = (found.mean(axis=0), ends[:, 0], ends[:, 1])
        line = _line(str(each["label"]), place, told, foretold)
        lines.append(line | {"dashed": str(each.get("dashed", "theory"))})
    first = metrics[panel["series"][0]["y"]]
    return {
        "title": str(panel["title"]) or str(panel["quantity"]),
        "caption": _networks(len(first.value)),
        "x": {"label": labelled(str(panel["x_label"]), metrics[panel["x"]].unit),
              "log": panel["x_scale"] == "log"},
        "y": {"label": labelled(str(panel["quantity"]), first.unit),
              "log": panel["scale"] == "log"},
        "lines": lines,
    }  # fmt: skip


def compared(found: Sequence[Pair], metrics: Mapping[str, Metric]) -> list[dict[str, Any]]:
    """Lay out pairs with a theory that no experiment noted how to draw.

    Parameters
    ----------
    found : sequence of Pair
        Those of one or more numbers along some axis.
    metrics : mapping of str to Metric
        With the axes.

    Returns
    -------
    list of dict
        What the script draws: a figure for each pair, a line for each row of its array.
    """
    figures = []
    for pair in found:
        if not pair.found.ndim or pair.found.shape[-1] < 2:
            continue
        *rest, (axis, place) = places(pair, metrics)
        if place.dtype.kind not in "biuf":
            place = np.arange(1, len(place) + 1)
        lines = [
            _line(label, place, tuple(each[at] for each in (pair.found, pair.low, pair.high)),
                  (place, pair.foretold[at]))
            for at, label in _rows(rest, pair.found.shape[:-1])
        ]  # fmt: skip
        unit = metrics[axis].unit if axis in metrics else ""
        figures.append(
            {
                "title": pair.name,
                "caption": _networks(pair.n_networks) if pair.n_networks else "",
                "x": {"label": labelled(axis, unit), "log": _is_wide(place)},
                "y": {"label": labelled(pair.name.rpartition("/")[2], pair.unit), "log": False},
                "lines": lines[:MOST_LINES],
            }
        )
    return figures


def _rows(
    rest: Sequence[tuple[str, NDArray[Any]]], shape: tuple[int, ...]
) -> Iterator[tuple[tuple[int, ...], str]]:
    for at in np.ndindex(shape):
        told = [f"{name} {values[k]}" for (name, values), k in zip(rest, at, strict=True)]
        yield at, ", ".join(told) or "found"


def _line(
    label: str,
    place: NDArray[Any],
    found: tuple[NDArray[Any], ...],
    theory: tuple[NDArray[Any], NDArray[Any]] | None,
) -> dict[str, Any]:
    mean, low, high = found
    if not mean.shape == low.shape == high.shape == place.shape:
        raise ValueError(f"{label}: shapes {mean.shape}, {low.shape}, {place.shape}")
    line = {"label": label.replace("_", " "), "x": finite(place), "y": finite(mean)}
    line |= {"low": finite(low), "high": finite(high), "dashed": "theory"}
    if theory is None:
        return line | {"theory": None}
    if theory[0].shape != theory[1].shape:
        raise ValueError(f"{label}: theory of shape {theory[1].shape}")
    return line | {"theory": {"x": finite(theory[0]), "y": finite(theory[1])}}


def _networks(number: int) -> str:
    if number == 1:
        return "one network, no interval"
    return f"mean and 95 % interval across {number} networks"


def _is_wide(place: NDArray[Any]) -> bool:
    values = place.astype(np.float64)
    return bool(values.min() > 0 and values.max() > 20 * values.min())
