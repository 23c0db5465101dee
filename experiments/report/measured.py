"""Tell every metric of a recording: value, unit, definition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.report.numbers import MOST_NUMBERS, shown, spread, unit
from experiments.report.theory import Pair, axes_of, places
from neuro.recording import Metric

# In the order in which they are told at the head of a page, where a run has them.
HEADLINES = {
    "acc": "accuracy, all tasks",
    "bwt": "change since learnt (BWT)",
    "forgetting": "forgetting",
    "fwt": "forward transfer (FWT)",
    "accuracy": "accuracy",
    "alpha_50": "load of half recall / N",
    "lambda_max": "largest Lyapunov exponent",
    "mc": "memory capacity",
}
MOST_HEADLINES, HEADLINE_DIGITS = 4, 4
MOST_METRICS = 2000
MOST_POINTS = 400
# Every metric of a run has the same.
COMMON = ("seed", "commit")


def headlines(metrics: Mapping[str, Metric]) -> list[dict[str, Any]]:
    """Return the few numbers that a reader looks for first."""
    found = [
        {
            "label": label,
            "unit": unit(metrics[name].unit),
            **shown(metrics[name].value[()], HEADLINE_DIGITS),
        }
        for name, label in HEADLINES.items()
        if name in metrics and metrics[name].value.ndim == 0
    ]
    return found[:MOST_HEADLINES]


def rows(metrics: Mapping[str, Metric]) -> list[dict[str, Any]]:
    """Tell metrics, one row each.

    Parameters
    ----------
    metrics : mapping of str to Metric
        Of a recording; at most `MOST_METRICS` are told.

    Returns
    -------
    list of dict
        `name`, `unit`, `definition`, `more` (attributes that not all metrics share), and either
        `scalar` or, of an array, `spread` with the numbers `table` unless there are too many.
    """
    return [_row(name, metrics) for name in list(metrics)[:MOST_METRICS]]


def _row(name: str, metrics: Mapping[str, Metric]) -> dict[str, Any]:
    metric = metrics[name]
    value = metric.value
    more = [_attribute(key, np.asarray(told)) for key, told in metric.attrs.items()
            if key not in COMMON and np.size(told)]  # fmt: skip
    row: dict[str, Any] = {
        "name": name,
        "unit": unit(metric.unit),
        "definition": metric.definition,
        "more": more,
        "scalar": None,
        "spread": "",
        "table": None,
    }
    if value.ndim == 0:
        return row | {"scalar": shown(value[()])}
    row["spread"] = ", ".join(filter(None, [spread(value), _estimate(name, metrics)]))
    if 0 < value.size <= MOST_NUMBERS and value.ndim <= 2:
        row["table"] = [[shown(each) for each in line] for line in np.atleast_2d(value)]
    return row


def _attribute(key: str, told: NDArray[Any]) -> str:
    return f"{key} = {spread(told) if told.size > 1 else shown(np.ravel(told)[0])['text']}"


def _estimate(name: str, metrics: Mapping[str, Metric]) -> str:
    """Tell the mean across networks with its interval, of a metric with a number for each."""
    value, ends = metrics[name].value, metrics.get(f"{name}_ci")
    if axes_of(metrics[name].definition) != ("network",) or value.dtype.kind not in "iuf":
        return ""
    known = value[np.isfinite(value)]
    if not known.size:
        return ""
    told = f"mean {shown(float(known.mean()))['text']}"
    if ends is None or ends.value.shape != (2,) or not np.isfinite(ends.value).all():
        return told
    low, high = (shown(each)["text"] for each in ends.value)
    return f"{told} ({low} to {high})"


def comparisons(pairs: list[Pair], metrics: Mapping[str, Metric]) -> list[dict[str, Any]]:
    """Tell how far theory and what was found are apart, a row for each pair.

    Parameters
    ----------
    pairs : list of Pair
        With what was found.
    metrics : mapping of str to Metric
        With the places.

    Returns
    -------
    list of dict
        With `points`, a row of the table for each place, at most `MOST_POINTS`.
    """
    return [_comparison(pair, places(pair, metrics)) for pair in pairs]


def _comparison(pair: Pair, along: list[tuple[str, Any]]) -> dict[str, Any]:
    apart = np.abs(pair.difference)
    known = np.isfinite(apart)
    at = np.unravel_index(int(np.argmax(np.where(known, apart, -1.0))), apart.shape)
    where = ", ".join(f"{name} {values[k]}" for (name, values), k in zip(along, at, strict=True))
    inside, n_ends = pair.within
    points = [
        {
            "place": [shown(values[k]) for (_, values), k in zip(along, place, strict=True)],
            "found": shown(pair.found[place]),
            "ends": [shown(ends[place]) for ends in (pair.low, pair.high)]
            if np.isfinite(pair.low[place]) and np.isfinite(pair.high[place])
            else None,
            "theory": shown(pair.foretold[place]),
            "difference": shown(pair.difference[place]),
        }
        for place in list(np.ndindex(pair.found.shape))[:MOST_POINTS]
    ]
    return {
        "name": pair.name,
        "theory": pair.theory,
        "unit": unit(pair.unit),
        "definition": pair.definition,
        "axes": [name for name, _ in along],
        "n_places": pair.found.size,
        "largest": shown(apart[at]) if known.any() else None,
        "where": where,
        "inside": inside,
        "n_ends": n_ends,
        "points": points,
    }
