"""Time constants of processes that have known ones."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.timescales.autocorrelation import autocorrelation, fit_timescale
from neuro.errors import SpecError
from plasticity.gradient.rates import RateNetwork, run


def leaky(tau: list[float], n_steps: int) -> np.ndarray:
    """Return the states of units that average random bits, each over its own time."""
    n = len(tau)
    network = RateNetwork(
        np.zeros((n, n)), np.ones((1, n)), np.zeros(n), np.array(tau), np.zeros((1, n, 2)),
        np.zeros((1, 2)),
    )  # fmt: skip
    bits = np.random.default_rng(0).integers(0, 2, (n_steps, 1, 1)).astype(float)
    return run(network, bits, np.full((1, n), 0.5)).state[200:, 0]


def test_unit_resembles_itself_as_long_as_it_averages():
    found = autocorrelation(leaky([1.0, 3.0, 8.0], 60_000), 30)
    assert fit_timescale(found[:, 0]).slow < 0.3
    for unit, tau in ((1, 3.0), (2, 8.0)):
        # An average that keeps 1 - 1 / tau of itself in each step; 60,000 steps hold some
        # thousand independent stretches.
        assert fit_timescale(found[:, unit]).weighted == pytest.approx(
            -1 / np.log(1 - 1 / tau), rel=0.1
        )


def test_two_constants_are_told_apart_and_one_is_left_alone():
    lags = np.arange(31)
    both = fit_timescale(0.3 * np.exp(-lags / 20) + 0.7 * np.exp(-lags / 2))
    assert (both.slow, both.fast, both.share) == pytest.approx((20, 2, 0.3), rel=1e-3)
    assert both.weighted == pytest.approx(0.3 * 20 + 0.7 * 2, rel=1e-3)
    one = fit_timescale(np.exp(-lags / 5))
    assert one.slow == one.fast == pytest.approx(5)


def test_correlations_are_those_of_their_definition():
    states = np.random.default_rng(1).standard_normal((50, 2))
    away = states - states.mean(axis=0)
    expected = [(away[k:] * away[: 50 - k]).sum(axis=0) / (away**2).sum(axis=0) for k in range(9)]
    np.testing.assert_allclose(autocorrelation(states, 8), expected, atol=1e-12)
    assert np.isnan(autocorrelation(np.full((50, 1), 0.1), 8)).all()


def test_lags_that_are_not_there_are_refused():
    with pytest.raises(SpecError, match="lags"):
        autocorrelation(np.ones((5, 1)), 5)
    with pytest.raises(SpecError, match="finite"):
        fit_timescale(np.full(20, np.nan))
