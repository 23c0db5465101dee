import numpy as np
import pytest
from scipy import stats
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from networks.memories.capacity import extrapolate, fit_capacity
from networks.memories.intervals import t_interval
from neuro.errors import SpecError

# Chance that a correct estimator fails a simulated test; seeds are fixed.
FALSE_ALARM = 1e-6
LOADS = np.arange(0.02, 0.3, 0.02)


def test_expected_counts_give_back_the_curve_exactly():
    chance = expit(-60 * (LOADS - 0.14))
    found = fit_capacity(LOADS, 1000 * chance, 1000)
    assert found.alpha_50 == pytest.approx(0.14, rel=1e-4)
    assert found.slope == pytest.approx(-60, rel=1e-3)
    assert found.is_bracketed


def test_it_agrees_with_another_logistic_regression():
    recalled = np.random.default_rng(0).binomial(50, expit(-40 * (LOADS - 0.1)))
    x = np.repeat(LOADS, 2)[:, None]
    y = np.tile([1, 0], len(LOADS))
    weight = np.stack([recalled, 50 - recalled], axis=1).ravel()
    other = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(x, y, weight)
    expected = -other.intercept_[0] / other.coef_[0, 0]
    assert fit_capacity(LOADS, recalled, 50).alpha_50 == pytest.approx(expected, rel=1e-3)


def test_a_sharp_collapse_lies_halfway_between_its_loads():
    found = fit_capacity(np.array([100, 200, 300, 400]), np.array([60, 60, 0, 0]), 60)
    assert found.alpha_50 == pytest.approx(250, abs=1)


def test_recall_that_never_falls_has_no_capacity_and_beyond_the_loads_is_said():
    assert np.isnan(fit_capacity(np.array([1, 2, 3]), np.array([1, 5, 9]), 10).alpha_50)
    found = fit_capacity(np.array([1, 2, 3]), np.array([10, 9, 8]), 10)
    assert found.alpha_50 > 3
    assert not found.is_bracketed


def test_a_memory_that_recalls_less_than_half_of_nothing_has_no_capacity():
    found = fit_capacity(np.array([250, 2000]), np.array([12, 0]), 100)
    assert np.isnan(found.alpha_50)
    assert not found.is_bracketed


def test_intervals_across_networks_cover_the_capacity():
    rng = np.random.default_rng(4)
    covered = 0
    for _ in range(80):
        curves = rng.binomial(60, expit(-60 * (LOADS - 0.14)), (5, len(LOADS)))
        _, low, high = t_interval(np.array([fit_capacity(LOADS, c, 60).alpha_50 for c in curves]))
        covered += low <= 0.14 <= high
    assert stats.binomtest(covered, 80, 0.95).pvalue > FALSE_ALARM


def test_extrapolation_finds_a_limit_of_its_own_form():
    sizes = np.array([500, 1000, 2000])
    alpha, b = extrapolate(sizes, 0.138 + 2.0 * sizes ** (-2 / 3), 2 / 3)
    assert (alpha, b) == pytest.approx((0.138, 2.0), rel=1e-9)


def test_too_little_is_refused():
    with pytest.raises(SpecError, match="two different loads"):
        fit_capacity(np.array([1, 1]), np.array([1, 0]), 2)
    with pytest.raises(SpecError, match="between 0 and the number tried"):
        fit_capacity(np.array([1, 2]), np.array([3, 0]), 2)
    with pytest.raises(SpecError, match="two sizes"):
        extrapolate(np.array([5, 5]), np.array([1, 1]), 1.0)
