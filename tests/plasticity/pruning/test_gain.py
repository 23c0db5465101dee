"""Rates and slopes of integrate-and-fire neurons."""

from __future__ import annotations

import numpy as np
import pytest

from plasticity.pruning import lif_gain, lif_rate, measured_gain

# Central differences with this step are exact to its square.
STEP = 1e-5
NEURON = {"tau": 0.02, "threshold": 1.1, "reset": -0.2, "refractory": 0.002}


def test_rate_without_noise_is_one_over_the_period():
    period = 0.002 + 0.02 * np.log(1.7 / 0.4)
    assert lif_rate(1.5, **NEURON) == pytest.approx(1 / period)
    assert lif_rate(1.1, **NEURON) == lif_rate(-3.0, **NEURON) == 0


def test_many_currents_and_time_constants_at_once():
    found = lif_rate(np.array([0.5, 1.5, 2.0]), np.array([0.01, 0.02, 0.03]))
    assert found.shape == (3,)
    assert found[0] == 0
    assert found[1] == pytest.approx(1 / (0.02 * np.log(3)))


@pytest.mark.parametrize("noise", [0.0, 0.05, 0.5])
@pytest.mark.parametrize("current", [0.95, 1.2, 3.0])
def test_slope_is_that_of_the_rate(noise: float, current: float):
    ahead, behind = (lif_rate(current + d, **NEURON, noise=noise) for d in (STEP, -STEP))
    slope = (ahead - behind) / (2 * STEP)
    assert lif_gain(current, **NEURON, noise=noise) == pytest.approx(slope, rel=1e-5, abs=1e-6)


def test_noise_makes_neurons_below_threshold_fire():
    found = lif_rate(np.array([0.5, 0.8, 1.0]), **NEURON, noise=0.3)
    assert np.all(np.diff(found) > 0)
    assert found[0] > 0
    # Little noise is no noise, and far below threshold none is enough.
    assert lif_rate(2.0, **NEURON, noise=1e-3) == pytest.approx(lif_rate(2.0, **NEURON), rel=1e-5)
    assert lif_rate(0.0, **NEURON, noise=0.01) == lif_gain(0.0, **NEURON, noise=0.01) == 0


def test_rate_with_noise_is_that_of_simulated_neurons():
    rng, dt, n, noise, current = np.random.default_rng(0), 5e-5, 500, 0.6, 0.9
    v, n_steps, n_warm, count = np.zeros(n), 5000, 1000, 0
    keep = np.exp(-dt / 0.02)
    spread = noise * np.sqrt((1 - keep**2) / 2)
    for step in range(n_steps):
        v = current + (v - current) * keep + spread * rng.standard_normal(n)
        count += np.count_nonzero(v >= 1) if step >= n_warm else 0
        v[v >= 1] = 0
    # Looked at in steps, a threshold is crossed where it would be 0.5826 deviations of a step
    # higher: Broadie, Glasserman and Kou, Mathematical Finance 7 (1997). Some 2700 spikes.
    known = lif_rate(current, 0.02, threshold=1 + 0.5826 * spread, noise=noise)
    assert count / (n * (n_steps - n_warm) * dt) == pytest.approx(known, rel=0.05)


def test_measured_gains_are_those_of_neurons_not_of_the_network():
    rng, n = np.random.default_rng(1), 12
    gain, coupling = rng.uniform(1, 20, n), rng.normal(0, 0.01, (n, n))
    current = rng.uniform(1, 2, n)

    def rates(given: np.ndarray) -> np.ndarray:
        # nu = g (I + W nu)
        return np.linalg.solve(np.eye(n) - gain[:, None] * coupling, gain * given)

    np.testing.assert_allclose(measured_gain(rates, current, 0.1, coupling), gain, rtol=1e-12)
    assert not measured_gain(lambda given: -given, current, 0.1, 0 * coupling).any()
