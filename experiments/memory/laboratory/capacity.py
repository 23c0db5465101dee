"""The load at which half of the patterns are recalled: measured, predicted, written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.memories.capacity import fit_capacity
from networks.memories.intervals import Interval, t_interval
from neuro.recording import Recorder

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class HalfLoad:
    """Hold alpha_50 = P / N of each network, beside theory.

    Attributes
    ----------
    size : int
        N.
    networks : array, shape (n_networks,)
        From a logistic regression in each network; NaN where recall is the same at all
        loads, or below one half from the first pattern on.
    is_bracketed : array of bool, shape (n_networks,)
        Whether loads were tried on both sides; otherwise the value is an extrapolation.
    theory : float
        NaN if the theory does not fall to 1/2 within the loads tried, or if there is none.
    """

    size: int
    networks: Array
    is_bracketed: NDArray[np.bool_]
    theory: float

    @property
    def interval(self) -> Interval:
        """Return the mean across networks that have a value, and its 95 % interval (Student).

        The interval ends at 0; all is NaN if no network has a value.
        """
        known = self.networks[~np.isnan(self.networks)]
        if not len(known):
            return Interval(np.nan, np.nan, np.nan)
        found = t_interval(known)
        return found._replace(low=np.maximum(found.low, 0.0))

    def text(self) -> str:
        """Tell the number of patterns in one line."""
        mean, low, high = (self.size * value for value in self.interval)
        if np.isnan(mean):
            return "recall does not fall through one half, by the loads tried"
        told = f"half are recalled up to P = {mean:.5g}"
        if high > low:
            told += f" (95 % interval {low:.5g} - {high:.5g})"
        elif np.isfinite(low):
            told += " (the same in all networks: the loads tried are too far apart)"
        missed = int(np.isnan(self.networks).sum())
        if missed:
            told += f" in {len(self.networks) - missed} of {len(self.networks)} networks"
        told += f", alpha_50 = P / N = {mean / self.size:.4g}"
        if np.isfinite(self.theory):
            told += f"; theory P = {self.theory * self.size:.5g}"
        return told if self.is_bracketed.all() else f"{told}; extrapolated beyond the loads tried"


def half_load(
    loads: tuple[int, ...],
    recall: NDArray[Any],
    n_probes: NDArray[Any],
    size: int,
    theory: Callable[[int], float] | None = None,
) -> HalfLoad | None:
    """Find where half of the patterns are recalled.

    Parameters
    ----------
    loads : tuple of int
        Numbers of stored patterns P, ascending.
    recall : array, shape (n_networks, n_loads)
        Fractions recalled.
    n_probes : array of int, shape (n_loads,)
        Cues tried at each load.
    size : int
        N.
    theory : callable, optional
        Takes a number of patterns, returns the predicted fraction.

    Returns
    -------
    HalfLoad or None
        None if fewer than two loads were tried.
    """
    if len(loads) < 2:
        return None
    alpha = np.array(loads) / size
    fits = [fit_capacity(alpha, np.rint(row * n_probes), n_probes) for row in recall]
    return HalfLoad(
        size,
        np.array(
            [fit.alpha_50 if np.ptp(row) else np.nan for fit, row in zip(fits, recall, strict=True)]
        ),
        np.array([fit.is_bracketed for fit in fits]),
        np.nan if theory is None else half_of(theory, loads) / size,
    )


def half_of(theory: Callable[[int], float], loads: tuple[int, ...]) -> float:
    """Find the number of patterns at which a theory falls to one half, by bisection.

    Parameters
    ----------
    theory : callable
        Takes a number of patterns, returns a fraction that falls with it.
    loads : tuple of int
        Ascending; the search is between the first and the last.

    Returns
    -------
    float
        Interpolated between two neighbouring numbers; NaN if it is not between the loads.
    """
    low, high = loads[0], loads[-1]
    above, below = theory(low), theory(high)
    if not above >= 0.5 > below:
        return float("nan")
    while high - low > 1:
        middle = (low + high) // 2
        value = theory(middle)
        if value >= 0.5:
            low, above = middle, value
        else:
            high, below = middle, value
    return float(low + (above - 0.5) / (above - below))


def write_half_load(recorder: Recorder, found: HalfLoad, prefix: str = "") -> None:
    """Record alpha_50 of each network, its interval and the theory's.

    Parameters
    ----------
    recorder : Recorder
        The recording.
    found : HalfLoad
        What was found.
    prefix : str
        Put before the name of each metric.
    """
    recorder.metric(
        f"{prefix}alpha_50",
        found.networks,
        "[network]: P / N at which half of the probes are recalled, by logistic regression",
    )
    recorder.metric(
        f"{prefix}alpha_50_ci",
        np.array(found.interval[1:]),
        "[low and high]: 95 % interval (Student) of the mean of alpha_50 across networks",
    )
    recorder.metric(
        f"{prefix}alpha_50_bracketed",
        found.is_bracketed.astype(np.int8),
        "[network]: 1 if loads were tried on both sides of alpha_50, 0 if it is extrapolated",
    )
    recorder.metric(
        f"{prefix}alpha_50_theory",
        found.theory,
        "P / N at which the theory falls to 1/2; NaN if it does not within the loads tried",
    )
