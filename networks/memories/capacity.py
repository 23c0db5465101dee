"""The load that a memory can bear: where half of the patterns are still recalled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, log_expit

from neuro.errors import SpecError

# Prior variance of the slope in units of loads per standardised load: weak enough to move no
# capacity seen, strong enough to keep the slope finite where a network goes from all to nothing.
SLOPE_VARIANCE = 1e4


@dataclass(frozen=True, slots=True)
class Capacity:
    """Hold the load at which half of the patterns are recalled.

    Attributes
    ----------
    alpha_50 : float
        Load where the fitted chance of recall is 1/2; NaN if recall does not fall with load, or
        is below 1/2 already without any.
    slope : float
        Change of the log odds of recall per unit of load, negative.
    is_bracketed : bool
        Whether loads were measured on both sides; otherwise the value is an extrapolation.
    """

    alpha_50: float
    slope: float
    is_bracketed: bool


def fit_capacity(
    load: NDArray[Any], n_recalled: NDArray[Any], n_probes: NDArray[Any] | int
) -> Capacity:
    """Fit P(recall) = 1 / (1 + exp(-b (load - alpha_50))) by maximum likelihood.

    For a confidence interval, fit each independent network and give the values of alpha_50 to
    `networks.memories.intervals.t_interval`.

    Parameters
    ----------
    load : array, shape (n,)
        Patterns stored, or alpha = P / N.
    n_recalled : array of int, shape (n,)
        Patterns recalled at each load.
    n_probes : array of int, shape (n,), or int
        Patterns tried at each load.

    Returns
    -------
    Capacity
        The fit.

    Raises
    ------
    SpecError
        If there are fewer than two loads or more patterns recalled than tried.
    """
    load, recalled = np.asarray(load, dtype=float), np.asarray(n_recalled, dtype=float)
    tried = np.broadcast_to(np.asarray(n_probes, dtype=float), recalled.shape)
    if load.shape != recalled.shape or load.ndim != 1 or len(np.unique(load)) < 2:
        raise SpecError("a capacity needs counts at two different loads or more")
    if (recalled > tried).any() or (recalled < 0).any() or tried.min() <= 0:
        raise SpecError("the number recalled must be between 0 and the number tried")
    scale = load.std()
    slope, intercept = _logistic((load - load.mean()) / scale, recalled, tried)
    centre = -intercept / slope if slope < 0 else np.nan
    alpha = load.mean() + scale * centre
    alpha = alpha if alpha > 0 else np.nan
    return Capacity(float(alpha), float(slope / scale), bool(load.min() <= alpha <= load.max()))


def extrapolate(
    n_units: NDArray[Any], alpha_50: NDArray[Any], exponent: float
) -> tuple[float, float]:
    """Extrapolate capacities to infinite size: alpha_50(N) = alpha + b N ** -exponent.

    Parameters
    ----------
    n_units, alpha_50 : array, shape (n,)
        Sizes, of which at least two differ, and capacities.
    exponent : float
        Assumed exponent of the finite-size correction, positive; report it with the result.

    Returns
    -------
    alpha, b : float
        Least-squares estimates.
    """
    sizes = np.asarray(n_units, dtype=float)
    if exponent <= 0 or len(np.unique(sizes)) < 2:
        raise SpecError("an extrapolation needs two sizes or more and a positive exponent")
    b, alpha = np.polyfit(sizes**-exponent, np.asarray(alpha_50, dtype=float), 1)
    return float(alpha), float(b)


def _logistic(
    x: NDArray[np.float64], recalled: NDArray[np.float64], tried: NDArray[np.float64]
) -> tuple[float, float]:
    # Loaded where a capacity is asked for, not by whoever reads a configuration.
    from scipy.optimize import minimize

    def cost(parameter: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope, intercept = parameter
        odds = slope * x + intercept
        value = -np.sum(recalled * log_expit(odds) + (tried - recalled) * log_expit(-odds))
        excess = tried * expit(odds) - recalled
        prior = slope / SLOPE_VARIANCE
        return value + prior * slope / 2, np.array([excess @ x + prior, excess.sum()])

    found = minimize(cost, np.array([-1.0, 0.0]), jac=True, method="BFGS")
    return float(found.x[0]), float(found.x[1])
