"""Discrete distributions of the closed forms, by `scipy.special`, which is loaded at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtrc, betaln, gammaln, xlog1py, xlogy

Array = NDArray[np.float64]


def binomial(count: Any, trials: Any, chance: Any) -> Array:
    """Return the chance of so many successes, Bin(trials, chance).

    Parameters
    ----------
    count, trials : int or array of int
        0 <= count <= trials; shapes broadcast.
    chance : float or array of float
        Of a success.

    Returns
    -------
    array of float64
        Exact to about 1e-16 times the logarithm of the number of ways.
    """
    by_chance = xlogy(count, chance) + xlog1py(trials - count, -np.asarray(chance))
    return np.asarray(np.exp(_log_ways(trials, count) + by_chance))


def at_least(count: int, trials: int, chance: Any) -> Array:
    """Return the chance of so many successes or more, Bin(trials, chance)."""
    return np.asarray(bdtrc(min(count - 1, trials), trials, chance))


def poisson(count: Any, mean: Any) -> Array:
    """Return the chance of so many events of a Poisson variate of this mean."""
    return np.asarray(np.exp(xlogy(count, mean) - mean - gammaln(np.asarray(count) + 1)))


def hypergeometric(count: Any, population: Any, marked: Any, drawn: Any) -> Array:
    """Return the chance that so many of the drawn are marked, without replacement.

    Parameters
    ----------
    count, population, marked, drawn : int or array of int
        Shapes broadcast; a count that cannot be has chance 0.
    """
    count, marked, drawn = np.broadcast_arrays(count, marked, drawn)
    least = np.maximum(0, drawn + marked - population)
    can_be = (count >= least) & (count <= np.minimum(marked, drawn))
    inside = np.where(can_be, count, least)
    ways = (
        _log_ways(marked, inside)
        + _log_ways(population - marked, drawn - inside)
        - _log_ways(population, drawn)
    )
    return np.asarray(np.where(can_be, np.exp(ways), 0.0))


def _log_ways(total: Any, chosen: Any) -> Array:
    """Return the logarithm of the binomial coefficient."""
    total, chosen = np.asarray(total, dtype=np.float64), np.asarray(chosen, dtype=np.float64)
    return np.asarray(-betaln(total - chosen + 1, chosen + 1) - np.log1p(total))
