"""The results of a sweep as arrays."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.sweep.folder import Folder, program_of
from experiments.sweep.points import Point
from networks.memories.intervals import Interval, rate_interval, t_interval
from neuro.errors import SpecError, nearest
from neuro.recording import Metric, Recording

# How the flag of a metric ends that says whether its value lies between what was tried.
BRACKETED = "_bracketed"
PER_NETWORK = "[network]:"  # how the definition begins of a metric with one number for each network


@dataclass(frozen=True)
class Collection:
    """Hold the metrics of all points that are done.

    Attributes
    ----------
    folder : Path
        Where they are.
    points : tuple of Point
        The points, in the order in which they were planned.
    metrics : tuple of dict of str to Metric
        Of each point, by name.
    missing : tuple of Point
        Points without a result.
    programs : tuple of str
        States of the program that made the points, each once; one if nothing changed meanwhile.
    """

    folder: Path
    points: tuple[Point, ...]
    metrics: tuple[dict[str, Metric], ...]
    missing: tuple[Point, ...]
    programs: tuple[str, ...] = ()

    @cached_property
    def axes(self) -> dict[str, list[Any]]:
        """Return the values that each varied key takes, in the order of their first use."""
        found: dict[str, list[Any]] = {}
        for point in self.points:
            for key, value in point.values.items():
                if value not in found.setdefault(key, []):
                    found[key].append(value)
        return {key: values for key, values in found.items() if len(values) > 1}

    @cached_property
    def scalars(self) -> list[str]:
        """Return the metrics that are one number at every point, or one for each network."""
        names = set(self.metrics[0]) if self.metrics else set()
        for found in self.metrics:
            names &= {name for name, metric in found.items() if _is_sampled(metric)}
        return sorted(names)

    @property
    def curves(self) -> list[str]:
        """Return the metrics that were measured against `load` at every point."""
        names = [name for name in ("recall", "accuracy", "bits_per_synapse") if self.metrics]
        return [name for name in names if all({name, "load"} <= set(m) for m in self.metrics)]

    def values(self, metric: str, **chosen: Any) -> NDArray[np.float64]:
        """Return a scalar metric at the points with the chosen values.

        Parameters
        ----------
        metric : str
            One of `scalars`.
        **chosen
            Value of an axis, the dots of its key written as ``__``.

        Returns
        -------
        array of float64, shape (n_points,) or (n_points * n_networks,)
            In the order of the points, and of the networks of a point.

        Raises
        ------
        SpecError
            For an unknown metric.
        """
        return self._column(metric, {key.replace("__", "."): v for key, v in chosen.items()})

    def at(self, combination: Mapping[str, Any]) -> list[dict[str, Metric]]:
        """Return the metrics of every point whose axes have these values."""
        return [
            found
            for point, found in zip(self.points, self.metrics, strict=True)
            if all(point.values.get(key) == value for key, value in combination.items())
        ]

    def _column(self, metric: str, combination: Mapping[str, Any]) -> NDArray[np.float64]:
        if metric not in self.scalars:
            raise SpecError(f"no scalar metric '{metric}'{nearest(metric, self.scalars)}")
        values = [np.ravel(found[metric].value) for found in self.at(combination)]
        return np.asarray(np.concatenate(values), dtype=np.float64)

    def combinations(self) -> list[dict[str, Any]]:
        """Return the values of the axes of each combination, repeats taken together."""
        seen: dict[str, dict[str, Any]] = {}
        for point in self.points:
            told = {key: point.values[key] for key in self.axes if key in point.values}
            seen.setdefault(json.dumps(told), told)
        return list(seen.values())

    def interval(self, metric: str, combination: dict[str, Any]) -> Interval:
        """Estimate the mean of a scalar metric over the networks of a combination's repeats.

        Networks without the metric (NaN) are left out, `missed` counts them; without any other
        all is NaN.
        """
        column = self._column(metric, combination)
        known = column[~np.isnan(column)]
        if not len(known):
            return Interval(np.nan, np.nan, np.nan)
        trials = self.trials(metric, combination)
        return t_interval(known) if trials is None else rate_interval(known, trials)

    def trials(self, metric: str, combination: dict[str, Any]) -> int | None:
        """Return how many trials each network of a combination has; None if none were counted.

        The fewest of them, where repeats or places differ.
        """
        attrs = [found[metric].attrs for found in self.at(combination)]
        if not all("trials" in each for each in attrs):
            return None
        return min(int(np.min(each["trials"])) for each in attrs)

    def missed(self, metric: str, combination: dict[str, Any]) -> tuple[int, int]:
        """Return how many networks of a combination lack a scalar metric, and their number."""
        column = self._column(metric, combination)
        return int(np.isnan(column).sum()), len(column)

    def extrapolated(self, metric: str, combination: Mapping[str, Any]) -> int:
        """Return of how many networks a known value lies beyond what was tried, by its flag."""
        flag = f"{metric}{BRACKETED}"
        if flag not in self.scalars:
            return 0
        is_known = ~np.isnan(self._column(metric, combination))
        return int((is_known & (self._column(flag, combination) == 0)).sum())


def collect(folder: str | Path) -> Collection:
    """Read the metrics of a sweep.

    Parameters
    ----------
    folder : str or Path
        The folder of the sweep; it may still run.

    Returns
    -------
    Collection
        What is done so far.

    Raises
    ------
    DamagedFileError
        If there is no sweep in the folder.
    """
    place = Folder(Path(folder))
    points = place.points()
    known = {point.id: place.take(point, _result) for point in points}
    done = {name: result for name, result in known.items() if result is not None}
    return Collection(
        Path(folder),
        tuple(point for point in points if point.id in done),
        tuple(metrics for metrics, _ in done.values()),
        tuple(point for point in points if point.id not in done),
        tuple(dict.fromkeys(program for _, program in done.values())),
    )


def _is_sampled(metric: Metric) -> bool:
    return np.ndim(metric.value) == 0 or metric.definition.startswith(PER_NETWORK)


def _result(recording: Recording) -> tuple[dict[str, Metric], str]:
    return recording.metrics(), program_of(recording)


def check_metrics(found: Collection, asked: Sequence[str]) -> list[str]:
    """Return what a report shows.

    Parameters
    ----------
    found : Collection
        The results.
    asked : sequence of str
        Metrics; empty for recall and the like against load, and all scalars that any point knows
        but flags, which are only shown if asked for.

    Returns
    -------
    list of str
        Their names.

    Raises
    ------
    SpecError
        If no point is done, or none has a metric of that name.
    """
    if not found.points:
        raise SpecError(f"{found.folder}: no point is done yet")
    known = [*found.curves, *found.scalars]
    for name in asked:
        if name not in known:
            raise SpecError(f"no metric '{name}' to report{nearest(name, known)}")
    return list(asked) or [name for name in known if name in found.curves or _is_told(found, name)]


def _is_told(found: Collection, name: str) -> bool:
    """Say whether a metric is a quantity that some point knows; a flag is written as one byte."""
    is_flag = all(np.asarray(metrics[name].value).dtype.itemsize == 1 for metrics in found.metrics)
    return not is_flag and bool(np.isfinite(found.values(name)).any())
