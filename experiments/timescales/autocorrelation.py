"""How long activity resembles itself: autocorrelations and the time constants they decay with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.optimize import curve_fit

from neuro.errors import SpecError

Array = NDArray[Any]
LONGEST = 1e4  # steps; a constant beyond is not to be told from none within the lags


@dataclass(frozen=True, slots=True)
class Timescale:
    """Hold how an autocorrelation decays, in steps.

    Attributes
    ----------
    slow, fast : float
        Time constants; equal where one exponential says as much as two.
    share : float
        Of the slow one at lag 0.
    """

    slow: float
    fast: float
    share: float

    @property
    def weighted(self) -> float:
        """Return the mean of both constants, weighted by their shares."""
        return self.share * self.slow + (1 - self.share) * self.fast


def autocorrelation(states: Array, n_lags: int) -> Array:
    """Compute the correlation of each unit with itself some steps before.

    Parameters
    ----------
    states : array of floats, shape (n_steps, n_units)
        Without the beginning that depends on how they started.
    n_lags : int
        Fewer than steps.

    Returns
    -------
    array of float64, shape (n_lags + 1, n_units)
        1 at lag 0; sums over the pairs there are, divided by all steps. NaN of a unit that does
        not vary.
    """
    n_steps = len(states)
    if not 0 < n_lags < n_steps:
        raise SpecError(f"{n_lags} lags of {n_steps} steps; needed: 1 to {n_steps - 1}")
    away = states - states.mean(axis=0)
    # Padded so that the end does not meet the beginning.
    spectrum = rfft(away, next_fast_len(n_steps + n_lags), axis=0)
    found = irfft(np.abs(spectrum) ** 2, next_fast_len(n_steps + n_lags), axis=0)[: n_lags + 1]
    varies = np.ptp(states, axis=0) > 0
    power = np.where(varies, found[0], np.nan)
    result: Array = found / power
    return result


def fit_timescale(correlation: Array) -> Timescale:
    """Fit one exponential, and two, and keep what Akaike's criterion prefers.

        exp(-k / tau),   or   a exp(-k / tau_slow) + (1 - a) exp(-k / tau_fast)

    Parameters
    ----------
    correlation : array of floats, shape (n_lags + 1,)
        From lag 0 on, where it is 1; some 30 lags.

    Returns
    -------
    Timescale

    Raises
    ------
    SpecError
        If there are fewer than 8 lags, or correlations are no numbers.
    """
    lags = np.arange(len(correlation), dtype=np.float64)
    if len(lags) < 9 or not np.isfinite(correlation).all():
        raise SpecError(
            f"{len(lags) - 1} lags; needed: at least 8, of correlations that are finite"
        )
    below = np.flatnonzero(correlation < np.exp(-1))
    guess = max(1.0, float(below[0])) if len(below) else float(len(lags))
    bounds = (1e-2, LONGEST)
    one, _ = curve_fit(_single, lags, correlation, [guess], bounds=bounds)
    two, _ = curve_fit(
        _double, lags, correlation, [0.5, 2 * guess, guess / 2],
        bounds=((0, 1e-2, 1e-2), (1, LONGEST, LONGEST)), max_nfev=5000,
    )  # fmt: skip
    if _akaike(correlation - _single(lags, *one), 1) <= _akaike(
        correlation - _double(lags, *two), 3
    ):
        return Timescale(float(one[0]), float(one[0]), 1.0)
    share, first, second = (float(each) for each in two)
    return (
        Timescale(first, second, share) if first >= second else Timescale(second, first, 1 - share)
    )


def _single(lag: Array, tau: float) -> Array:
    found: Array = np.exp(-lag / tau)
    return found


def _double(lag: Array, share: float, first: float, second: float) -> Array:
    return share * _single(lag, first) + (1 - share) * _single(lag, second)


def _akaike(wrong: Array, n_parameters: int) -> float:
    """Return n log of the mean squared error, rounding added, + 2 parameters."""
    n = len(wrong)
    return float(n * np.log((wrong**2).mean() + np.finfo(np.float64).eps) + 2 * n_parameters)
