"""Put what a closed form foretells beside what was found, metric by metric."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.recording import Metric

THEORY = "theory"
# Of what a metric is that is only called `theory`.
FOUND = ("recall", "rate", "accuracy")
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Hold a metric with its theory.

    Attributes
    ----------
    name, theory : str
        Names of the metrics.
    found, foretold : array, equal shapes
        Means across networks, where there are several; and the closed form.
    low, high : array
        Ends of the interval; NaN where there is none.
    axes : tuple of str
        Of the arrays, as the definition names them; empty if it does not.
    n_networks : int or None
        Over how many networks the mean is; None if the recording does not tell.
    definition, unit : str
        Of the theory.
    """

    name: str
    theory: str
    found: Array
    foretold: Array
    low: Array
    high: Array
    axes: tuple[str, ...]
    n_networks: int | None
    definition: str
    unit: str

    @property
    def difference(self) -> Array:
        """Return what was found less what was foretold."""
        return self.found - self.foretold

    @property
    def within(self) -> tuple[int, int]:
        """Return at how many places the interval holds the theory, and how many have one."""
        known = np.isfinite(self.low) & np.isfinite(self.high) & np.isfinite(self.foretold)
        inside = known & (self.low <= self.foretold) & (self.foretold <= self.high)
        return int(inside.sum()), int(known.sum())


def pairs(metrics: Mapping[str, Metric]) -> list[Pair]:
    """Find every metric that a theory was recorded of.

    Parameters
    ----------
    metrics : mapping of str to Metric
        Of a recording.

    Returns
    -------
    list of Pair
        In the order of their names; what has shapes that do not belong together is left out.
    """
    return [pair for name in metrics if (pair := _pair(name, metrics)) is not None]


def axes_of(definition: str) -> tuple[str, ...]:
    """Return the axes with which a definition begins: "[network, load]: ..."."""
    told = re.match(r"\[([^\]]{1,200})\]", definition)
    return tuple(each.strip() for each in told[1].split(",")) if told else ()


def _pair(theory: str, metrics: Mapping[str, Metric]) -> Pair | None:
    folder, slash, last = theory.rpartition("/")
    if last == THEORY:
        names = [f"{folder}{slash}{each}" for each in FOUND]
    elif last.endswith(f"_{THEORY}"):
        names = [theory.removesuffix(f"_{THEORY}")]
    else:
        return None
    name = next((each for each in names if each in metrics), None)
    if name is None:
        return None
    foretold, found = _numbers(metrics[theory]), _numbers(metrics[name])
    if foretold is None or found is None:
        return None
    axes, n_networks = axes_of(metrics[name].definition), None
    if found.shape != foretold.shape:
        if found.shape[1:] != foretold.shape or not len(found):
            return None
        n_networks, axes, found = len(found), axes[1:], found.mean(axis=0)
    low, high = _interval(name, f"{folder}{slash}", found.shape, metrics)
    axes = axes if len(axes) == found.ndim else ()
    told = metrics[theory]
    return Pair(
        name, theory, found, foretold, low, high, axes, n_networks, told.definition, told.unit
    )


def _numbers(metric: Metric) -> Array | None:
    return metric.value.astype(np.float64) if metric.value.dtype.kind in "biuf" else None


def _interval(
    name: str, prefix: str, shape: tuple[int, ...], metrics: Mapping[str, Metric]
) -> tuple[Array, Array]:
    for told in (f"{name}_ci", f"{prefix}interval"):
        ends = _numbers(metrics[told]) if told in metrics else None
        if ends is not None and ends.shape == (*shape, 2):
            return ends[..., 0], ends[..., 1]
    nothing = np.full(shape, np.nan)
    return nothing, nothing


def places(pair: Pair, metrics: Mapping[str, Metric]) -> list[tuple[str, NDArray[Any]]]:
    """Return the values along each axis of a pair, where the recording knows them.

    Parameters
    ----------
    pair : Pair
        With or without named axes.
    metrics : mapping of str to Metric
        Where an axis is a metric beside that of the pair.

    Returns
    -------
    list of (str, array)
        Name and values of each axis; numbers from 1 if nothing is known.
    """
    prefix = pair.name.rpartition("/")[0]
    names = pair.axes or tuple(f"axis {k + 1}" for k in range(pair.found.ndim))
    known = []
    for axis, length in zip(names, pair.found.shape, strict=True):
        beside = metrics.get(f"{prefix}/{axis}" if prefix else axis)
        is_axis = beside is not None and beside.value.shape == (length,)
        values = beside.value if beside is not None and is_axis else np.arange(1, length + 1)
        known.append((axis, values))
    return known
