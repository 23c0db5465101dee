"""The points of a sweep: each a resolved configuration, known by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any

from experiments import SETTINGS
from experiments.sweep.axes import Axis, read_axes
from networks.config import Configuration, load
from neuro.errors import SpecError

MOST_POINTS = 100_000
ID_DIGITS = 16
# What does not change a result: where it goes, and the sweep that asks for it.
NOT_RESULTS = ("output", "sweep")
# Settings of an experiment that do not either: its processes, of which a point has one.
NOT_RESULTS_OF_EXPERIMENTS = ("workers",)


@dataclass(frozen=True, slots=True)
class Point:
    """Hold one run of a sweep.

    Attributes
    ----------
    id : str
        Hash of the resolved configuration and of the program's version.
    overrides : tuple of str
        What makes the point of the configuration, the seed too.
    values : dict
        Value of each axis.
    repeat : int
        Number of the repeat.
    """

    id: str
    overrides: tuple[str, ...]
    values: dict[str, Any]
    repeat: int

    @property
    def file(self) -> str:
        """Return the name of its file within the folder of the sweep."""
        return f"{self.id}.h5"

    @property
    def label(self) -> str:
        """Return what tells this point from the others, for a reader."""
        told = ", ".join(f"{key}={json.dumps(value)}" for key, value in self.values.items())
        return f"{told or 'the configuration'} (repeat {self.repeat})"


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold a sweep before it runs.

    Attributes
    ----------
    config : Path
        The YAML file.
    axes : tuple of Axis
        What is varied.
    repeats : int
        Runs of each combination, each with a seed of its own.
    points : tuple of Point
        All runs.
    """

    config: Path
    axes: tuple[Axis, ...]
    repeats: int
    points: tuple[Point, ...]


def plan(config: Path, arguments: Sequence[str] = (), repeats: int | None = None) -> Plan:
    """Read a configuration at every point of a grid; all of it must be sound.

    Parameters
    ----------
    config : Path
        The YAML file.
    arguments : sequence of str
        ``key=value,value``; a single value holds for all points.
    repeats : int, optional
        Runs of each combination; by default what the YAML says, else 1. Repeat r has the
        configuration's seed + r.

    Returns
    -------
    Plan
        Every combination of the values, in the order of the axes, repeats innermost.

    Raises
    ------
    ConfigError, SpecError
        If a point is not a sound configuration, or the sweep none that can be run.
    """
    spec = load(config, experiments=SETTINGS).spec
    axes = tuple(read_axes(spec, arguments))
    times = repeats if repeats is not None else int(spec.sweep.get("repeats", 1))
    _check(axes, times)
    chosen = product(*(axis.choices() for axis in axes))
    values = ({key: v for part in parts for key, v in part.items()} for parts in chosen)
    points = [point for each in values for point in _repeated(config, each, times)]
    seen: dict[str, Point] = {}
    for point in points:
        if point.id in seen:
            raise SpecError(f"two points are one run: {seen[point.id].label}; {point.label}")
        seen[point.id] = point
    return Plan(config, axes, times, tuple(points))


def in_one_process(found: Configuration) -> Configuration:
    """Return what is run of a point: its experiment starts no processes beside the sweep's."""
    experiment = found.spec.experiment
    if not hasattr(experiment, "alone"):
        return found
    return replace(found, spec=replace(found.spec, experiment=experiment.alone()))


def configuration(config: Path, overrides: Sequence[str]) -> Configuration:
    """Read the configuration of a point."""
    return load(config, overrides, experiments=SETTINGS)


def identity(resolved: dict[str, Any]) -> str:
    """Hash what decides about a result.

    Parameters
    ----------
    resolved : dict
        A resolved configuration.

    Returns
    -------
    str
        Hexadecimal digits.
    """
    told = {key: value for key, value in resolved.items() if key not in NOT_RESULTS}
    if experiment := told.get("experiment"):
        told["experiment"] = {
            key: value for key, value in experiment.items() if key not in NOT_RESULTS_OF_EXPERIMENTS
        }
    text = json.dumps([version("engramlab"), told], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:ID_DIGITS]


def _check(axes: tuple[Axis, ...], repeats: int) -> None:
    if repeats < 1:
        raise SpecError(f"repeats: {repeats} given; needed: a whole number from 1 on")
    n_points = repeats
    for axis in axes:
        n_points *= len(axis.rows)
        for key in axis.keys:
            if key.partition(".")[0] in ("sweep", "include", "schema_version"):
                raise SpecError(f"'{key}' cannot be varied")
            if key == "seed" and len(axis.rows) > 1 and repeats > 1:
                raise SpecError("vary the seed, or repeat; repeats have seeds of their own")
    if n_points > MOST_POINTS:
        raise SpecError(f"the sweep has {n_points} points; at most {MOST_POINTS}")


def _repeated(config: Path, values: dict[str, Any], repeats: int) -> list[Point]:
    chosen = _overrides(values)
    first = configuration(config, chosen)
    points = [Point(identity(first.resolved), chosen, values, 0)]
    for repeat in range(1, repeats):
        overrides = (*chosen, f"seed={first.spec.seed + repeat}")
        resolved = {**first.resolved, "seed": first.spec.seed + repeat}
        points.append(Point(identity(resolved), overrides, values, repeat))
    return points


def point_of(config: Path, values: dict[str, Any]) -> Point:
    """Return the point of a configuration at some values.

    Parameters
    ----------
    config : Path
        The YAML file.
    values : dict of str to Any
        Plain values by key.

    Returns
    -------
    Point
        The point.

    Raises
    ------
    ConfigError, SpecError
        If it is not a sound configuration.
    """
    return _repeated(config, values, 1)[0]


def _overrides(values: dict[str, Any]) -> tuple[str, ...]:
    # JSON is YAML too.
    return tuple(f"{key}={json.dumps(value)}" for key, value in values.items())
