import numpy as np
import pytest
from scipy import stats

from networks.memories.intervals import (
    bootstrap_interval,
    rate_interval,
    t_interval,
    wilson_interval,
)
from neuro.errors import SpecError

# Chance that a correct interval fails a simulated coverage test; seeds are fixed.
FALSE_ALARM = 1e-6


def test_wilson_of_no_success_is_the_closed_form():
    z2 = stats.norm.ppf(0.975) ** 2
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.0, z2 / (10 + z2)))
    assert wilson_interval(10, 10) == pytest.approx((1.0, 10 / (10 + z2), 1.0))


def test_wilson_is_that_of_scipy():
    for successes, trials in ((3, 17), (50, 100), (999, 1000)):
        ours = wilson_interval(successes, trials, 0.9)
        reference = stats.binomtest(successes, trials).proportion_ci(0.9, "wilson")
        assert (ours.low, ours.high) == pytest.approx((reference.low, reference.high), rel=1e-12)


@pytest.mark.parametrize("trials", [20, 60, 300])
def test_wilson_covers_as_it_says_on_average_over_rates(trials):
    ends = [wilson_interval(s, trials) for s in range(trials + 1)]
    low, high = np.array([e.low for e in ends]), np.array([e.high for e in ends])
    rates = np.linspace(0.005, 0.995, 199)
    chance = stats.binom.pmf(np.arange(trials + 1), trials, rates[:, None])
    coverage = (chance * ((low <= rates[:, None]) & (rates[:, None] <= high))).sum(axis=1)
    # An exact sum, no simulation. Brown, Cai & DasGupta (2001) find the mean within .01 of
    # nominal; single rates near 0 or 1 dip, as Wilson's interval is known to do.
    assert coverage.mean() == pytest.approx(0.95, abs=0.01)
    assert coverage.min() > 0.83


@pytest.mark.parametrize("n_networks", [2, 5, 10])
def test_student_covers_normal_means_exactly(n_networks):
    values = np.random.default_rng(1).normal(3.0, 2.0, (4000, n_networks))
    covered = sum(low <= 3.0 <= high for _, low, high in map(t_interval, values))
    assert stats.binomtest(covered, 4000, 0.95).pvalue > FALSE_ALARM


def test_bootstrap_covers_nearly_for_many_networks_and_too_little_for_five():
    rng = np.random.default_rng(2)
    for n_networks, low_bound, high_bound in ((50, 0.92, 0.97), (5, 0.75, 0.90)):
        values = rng.normal(3.0, 2.0, (1000, n_networks))
        ends = [bootstrap_interval(v, rng, n_resamples=400) for v in values]
        covered = np.mean([e.low <= 3.0 <= e.high for e in ends])
        assert low_bound < covered < high_bound


def test_a_single_network_has_no_interval():
    assert t_interval(np.array([0.5])) == pytest.approx((0.5, np.nan, np.nan), nan_ok=True)
    assert t_interval(np.ones(5)) == (1.0, 1.0, 1.0)


def test_nonsense_is_refused():
    with pytest.raises(SpecError, match="5 successes of 4"):
        wilson_interval(5, 4)
    with pytest.raises(SpecError, match="one for each network"):
        t_interval(np.zeros((2, 2)))
    with pytest.raises(SpecError, match="confidence 95"):
        t_interval(np.zeros(3), 95)


def test_rates_that_agree_have_the_interval_of_all_trials():
    z2 = 1.959963984540054**2
    assert rate_interval(np.ones(5), 20) == pytest.approx((1.0, 100 / (100 + z2), 1.0))
    assert rate_interval(np.zeros(5), 20) == pytest.approx((0.0, 0.0, z2 / (100 + z2)))
    assert rate_interval(np.full(4, 0.5), 10) == pytest.approx(wilson_interval(20, 40))


def test_rates_that_differ_have_students_interval_within_one():
    rates = np.array([0.9, 1.0, 1.0])
    mean, low, high = t_interval(rates)
    assert high > 1
    assert rate_interval(rates, 20) == (mean, low, 1.0)
    assert rate_interval(np.ones(1), 20) == pytest.approx((1, np.nan, np.nan), nan_ok=True)
