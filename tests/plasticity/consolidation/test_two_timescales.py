"""Two parts of a synapse: what stays, and how fast they meet."""

import numpy as np

from plasticity.consolidation.two_timescales import exchange

FAST, SLOW = 5.0, 40.0


def test_the_weighted_sum_stays_and_the_difference_shrinks_geometrically():
    rng = np.random.default_rng(0)
    fast, slow = rng.normal(size=(3, 2)), rng.normal(size=(3, 2))
    total, difference = FAST * fast + SLOW * slow, fast - slow
    for _ in range(30):
        exchange([fast], [slow], FAST, SLOW)
    np.testing.assert_allclose(FAST * fast + SLOW * slow, total, rtol=1e-12)
    np.testing.assert_allclose(fast - slow, difference * (1 - 1 / FAST - 1 / SLOW) ** 30)


def test_without_bounds_in_time_nothing_flows():
    fast, slow = np.ones((2, 2)), np.zeros((2, 2))
    exchange([fast], [slow], np.inf, np.inf)
    assert fast.min() == 1
    assert slow.max() == 0
