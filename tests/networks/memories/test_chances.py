"""Distributions of the closed forms, beside those of SciPy's statistics."""

import numpy as np
import pytest
from scipy import stats

from networks.memories.chances import at_least, binomial, hypergeometric, poisson

# Logarithms of large numbers of ways are known to their rounding.
ROUNDING = 1e-9


@pytest.mark.parametrize("trials", [0, 1, 30, 30_000])
@pytest.mark.parametrize("chance", [0.0, 1e-4, 0.3, 1.0])
def test_binomial_chances_and_their_tails(trials, chance):
    count = np.unique(np.linspace(0, trials, 40).astype(int))
    expected = stats.binom.pmf(count, trials, chance)
    np.testing.assert_allclose(binomial(count, trials, chance), expected, ROUNDING, 1e-300)
    for least in (-1, 0, 1, trials // 2, trials, trials + 3):
        expected = stats.binom.sf(least - 1, trials, chance)
        assert at_least(least, trials, chance) == pytest.approx(expected, rel=ROUNDING)


def test_poisson_chances_of_no_mean_too():
    count = np.arange(60)
    for mean in (0.0, 0.5, 40.0):
        expected = stats.poisson.pmf(count, mean)
        np.testing.assert_allclose(poisson(count, mean), expected, ROUNDING, 1e-300)


def test_hypergeometric_chances_are_zero_of_what_cannot_be():
    count, marked = np.arange(-3, 25), np.array([0, 5, 20, 144])[:, None]
    expected = stats.hypergeom.pmf(count, 144, marked, 20)
    np.testing.assert_allclose(hypergeometric(count, 144, marked, 20), expected, ROUNDING, 1e-300)
