"""Known answers of covariance learning."""

from __future__ import annotations

import numpy as np
import pytest

# Weights are sums of about a hundred terms of at most eta.
ROUNDING = 1e-12
ITEM = 200


def present(pair_spikes, source, target, rule, eta=1e-12):
    """Present pairs of patterns one after the other; return the weights in units of eta."""
    n_patterns, f = len(source), rule["f"]
    trains = [
        [[number * ITEM + 50 for number in np.flatnonzero(cell)] for cell in patterns.T]
        for patterns in (source, target)
    ]
    # What silence adds is the same for all synapses and stands in the initial weight.
    weight = f"{n_patterns * eta * f**2} A"
    settings = {"rule": "covariance", "eta": f"{eta} A", "f": str(f)}
    run = pair_spikes(*trains, settings, weight=weight, steps=n_patterns * ITEM)
    return run.matrix("learn", (source.shape[1], target.shape[1])) / eta


@pytest.mark.parametrize("f", [0.1, 0.25, 0.5])
def test_matrix_is_the_sum_of_tsodyks_and_feigelman(pair_spikes, f):
    rng = np.random.default_rng(7)
    source, target = rng.random((10, 20)) < f, rng.random((10, 15)) < f
    seen = present(pair_spikes, source, target, {"f": f})
    expected = (source - f).T @ (target - f)
    np.testing.assert_allclose(seen, expected, rtol=0, atol=ROUNDING * 100)


def test_half_active_patterns_give_hopfields_matrix(pair_spikes):
    rng = np.random.default_rng(8)
    patterns = rng.random((8, 16)) < 0.5
    spins = 2 * patterns.astype(int) - 1
    seen = present(pair_spikes, patterns, patterns, {"f": 0.5})
    np.testing.assert_allclose(4 * seen, spins.T @ spins, rtol=0, atol=ROUNDING * 400)


def test_coincidence_counts_whichever_side_is_first(pair_spikes):
    rule = {"rule": "covariance", "eta": "1 pA", "f": "0"}
    lags = np.array([-61, -60, -1, 0, 1, 60, 61])
    run = pair_spikes([[200 - lag] for lag in lags], [[200]], rule, weight="0 pA")
    np.testing.assert_allclose(run.weight("learn") / 1e-12, [0, 1, 1, 1, 1, 1, 0], atol=ROUNDING)
