"""Confidence intervals: of a rate within one network, of a mean across networks.

Patterns of one network share its cross-talk and are no independent trials of the experiment:
what a figure shows is the interval across independently drawn networks.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri, stdtrit

from neuro.errors import SpecError


class Interval(NamedTuple):
    """Hold an estimate and the ends of its confidence interval."""

    mean: float
    low: float
    high: float


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Estimate a rate from independent trials by Wilson's score interval.

    Parameters
    ----------
    successes, trials : int
        Counts; at least one trial.
    confidence : float
        Nominal coverage.

    Returns
    -------
    Interval
        The observed rate and the interval, within 0 to 1.

    References
    ----------
    Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22
    (1927).
    """
    _check_confidence(confidence)
    if not 0 <= successes <= trials or trials < 1:
        raise SpecError(f"{successes} successes of {trials} trials")
    z = ndtri((1 + confidence) / 2)
    rate = successes / trials
    centre = (rate + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z * np.sqrt(rate * (1 - rate) / trials + (z / (2 * trials)) ** 2) / (1 + z**2 / trials)
    # Rounding must not exclude the ends that the formula reaches exactly.
    low = 0.0 if successes == 0 else float(centre - half)
    high = 1.0 if successes == trials else float(centre + half)
    return Interval(rate, low, high)


def t_interval(values: NDArray[Any], confidence: float = 0.95) -> Interval:
    """Estimate a mean from one value for each network by Student's interval.

    Parameters
    ----------
    values : array, shape (n_networks,)
        One number for each independent network.
    confidence : float
        Nominal coverage, exact for normal values. It is lower for values that crowd at a bound:
        networks that all recall everything give an interval of width 0.

    Returns
    -------
    Interval
        Mean and interval; the ends are NaN for a single network. The interval of a fraction may
        pass 0 or 1.
    """
    _check_confidence(confidence)
    sample = _sample(values)
    mean = float(sample.mean())
    if len(sample) == 1:
        return Interval(mean, float("nan"), float("nan"))
    error = sample.std(ddof=1) / np.sqrt(len(sample))
    half = float(stdtrit(len(sample) - 1, (1 + confidence) / 2) * error)
    return Interval(mean, mean - half, mean + half)


def rate_interval(rates: NDArray[Any], trials: int, confidence: float = 0.95) -> Interval:
    """Estimate a mean rate from one rate for each network, also where all networks agree.

    Student's interval across networks holds wherever they differ. Where all have one rate (all
    recall everything, or nothing) it has no width, which would claim certainty; there it is
    Wilson's of the trials of all networks. That takes the trials for independent: networks that
    agree show no cross-talk that they share.

    Parameters
    ----------
    rates : array, shape (n_networks,)
        Fraction of its trials in which each network succeeds.
    trials : int
        Trials of each network, at least one.
    confidence : float
        Nominal coverage.

    Returns
    -------
    Interval
        Mean and interval, within 0 to 1; the ends are NaN for a single network.
    """
    found = t_interval(rates, confidence)
    if len(rates) > 1 and np.ptp(rates) == 0:
        n_trials = trials * len(rates)
        _, low, high = wilson_interval(round(found.mean * n_trials), n_trials, confidence)
        # A rate that is no count (a mean of shares) is within the interval nevertheless.
        found = found._replace(low=min(low, found.mean), high=max(high, found.mean))
    return found._replace(low=np.maximum(found.low, 0.0), high=np.minimum(found.high, 1.0))


def mean_intervals(
    values: NDArray[Any], trials: int | NDArray[np.int64] | None = None
) -> list[Interval]:
    """Estimate the mean across networks at every place.

    Parameters
    ----------
    values : array, shape (n_networks, n)
        One number for each independent network and place.
    trials : int or array of int, shape (n,), optional
        Of a rate: trials of each network at a place.

    Returns
    -------
    list of Interval
        Of each place: `rate_interval` where trials were counted, `t_interval` elsewhere.
    """
    if trials is None:
        return [t_interval(column) for column in values.T]
    each = np.broadcast_to(trials, values.shape[1]).tolist()
    return [rate_interval(column, n) for column, n in zip(values.T, each, strict=True)]


def bootstrap_interval(
    values: NDArray[Any],
    rng: np.random.Generator,
    confidence: float = 0.95,
    n_resamples: int = 10_000,
) -> Interval:
    """Estimate a mean from one value for each network by the percentile bootstrap.

    For skewed values of many networks; of few normal ones it covers less than it says (about
    .84 for five networks at .95), where `t_interval` is exact.

    Parameters
    ----------
    values : array, shape (n_networks,)
        One number for each independent network.
    rng : numpy.random.Generator
        Source of the resamples.
    confidence : float
        Nominal coverage.
    n_resamples : int
        Number of resamples of the networks.

    Returns
    -------
    Interval
        Mean and interval; the ends are means of resamples, so they stay within the values.

    References
    ----------
    Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13.
    """
    _check_confidence(confidence)
    sample = _sample(values)
    means = sample[rng.integers(0, len(sample), (n_resamples, len(sample)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(sample.mean()), float(low), float(high))


def _sample(values: NDArray[Any]) -> NDArray[np.float64]:
    sample = np.asarray(values, dtype=np.float64)
    if sample.ndim != 1 or len(sample) == 0:
        raise SpecError(f"values of shape {sample.shape}; needed: one for each network")
    return sample


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1:
        raise SpecError(f"confidence {confidence}; needed: between 0 and 1")
