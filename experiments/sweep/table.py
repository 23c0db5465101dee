"""The results of a sweep as a table of texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from experiments.sweep.collection import Collection


def table(found: Collection, metrics: Sequence[str]) -> tuple[list[str], list[list[str]]]:
    """Lay a collection out as a table: a row for each combination.

    Parameters
    ----------
    found : Collection
        The results.
    metrics : sequence of str
        Scalar metrics.

    Returns
    -------
    columns : list of str
        Axes, number of repeats, and mean with half the width of its 95 % interval.
    rows : list of list of str
        One text for each column.
    """
    columns = [*found.axes, "runs", *metrics]
    rows = []
    for combination in found.combinations():
        row = [written(combination.get(key)) for key in found.axes]
        row.append(str(len(found.at(combination))) if metrics else "")
        row += [_estimate(found, name, combination) for name in metrics]
        rows.append(row)
    return columns, rows


def records(found: Collection, metrics: Sequence[str]) -> list[dict[str, Any]]:
    """Lay a collection out for a program: a mapping for each combination.

    Parameters
    ----------
    found : Collection
        The results.
    metrics : sequence of str
        Scalar metrics.

    Returns
    -------
    list of dict
        The value of each axis by its key, `runs`, and of each metric the mean, both ends of its
        95 % interval (NaN without one) and of how many networks it is, how many of them lack it
        and how many extrapolated it.
    """
    told = []
    for combination in found.combinations():
        row: dict[str, Any] = {key: combination.get(key) for key in found.axes}
        row["runs"] = len(found.at(combination))
        for name in metrics:
            missed, n_networks = found.missed(name, combination)
            row[name] = {
                **found.interval(name, combination)._asdict(),
                "networks": n_networks,
                "missing": missed,
                "extrapolated": found.extrapolated(name, combination),
            }
        told.append(row)
    return told


def short(keys: Sequence[str]) -> list[str]:
    """Leave out what says nothing of dotted keys: `experiment.size` is size, where one size is.

    Parameters
    ----------
    keys : sequence of str
        Different from each other.

    Returns
    -------
    list of str
        The fewest last words of each by which it is told from the others.
    """
    parts = [key.split(".") for key in keys]

    def told(own: list[str], n: int) -> bool:
        return all(each[-n:] != own[-n:] for each in parts if each != own)

    fewest = [next((n for n in range(1, len(own)) if told(own, n)), len(own)) for own in parts]
    return [".".join(own[-n:]) for own, n in zip(parts, fewest, strict=True)]


def written(value: Any) -> str:
    """Return the value of an axis as written in a configuration."""
    return value if isinstance(value, str) else json.dumps(value)


def _estimate(found: Collection, name: str, combination: dict[str, Any]) -> str:
    interval = found.interval(name, combination)
    told = f"{interval.mean:.4g}"
    # Networks that all say the same do not tell how sure that is.
    if interval.high > interval.low:
        told += f" ± {(interval.high - interval.low) / 2:.2g}"
    notes = remarks(found, name, combination)
    return f"{told} ({notes})" if notes else told


def remarks(found: Collection, name: str, combination: dict[str, Any]) -> str:
    """Tell of an estimate how many networks it is of, if not of all, and how many measured it."""
    missed, n_networks = found.missed(name, combination)
    n_known, n_beyond = n_networks - missed, found.extrapolated(name, combination)
    notes = [f"{n_known} of {n_networks}"] if 0 < missed < n_networks else []
    if n_beyond:
        notes.append("extrapolated" if n_beyond == n_known else f"{n_beyond} extrapolated")
    return ", ".join(notes)
