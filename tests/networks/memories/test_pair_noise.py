"""Memories of noisily observed pairs against their energy and their closed form."""

import numpy as np
import pytest

from networks.inputs.patterns import rademacher
from networks.memories.intervals import t_interval
from networks.memories.pair_noise import observe, overlap, step


def rng(seed=5):
    return np.random.default_rng(seed)


def energy(observed, state, order):
    """Sum over pairs as they are written."""
    size = len(state)
    sums = [
        sum(eta[i, j] * state[i] * state[j] for i in range(size) for j in range(i))
        for eta in observed
    ]
    return -sum(each ** (order // 2) for each in sums)


@pytest.mark.parametrize("order", [2, 4])
def test_units_take_the_sign_of_lower_energy(order):
    patterns = rademacher(3, 9, rng())
    observed = observe(patterns, 1.5, rng(6))
    assert (observed == observed.transpose(0, 2, 1)).all()
    (state,) = rademacher(1, 9, rng(7))
    found = step(observed, state, order)
    for unit in range(9):
        flipped = state.copy()
        flipped[unit] *= -1
        lower = energy(observed, flipped, order) < energy(observed, state, order)
        assert (found[unit] != state[unit]) == lower


@pytest.mark.parametrize(("size", "n_patterns", "omega"), [(80, 8, 5.0), (60, 300, 3.0)])
def test_one_step_lies_on_signal_to_noise(size, n_patterns, omega):
    """Eight networks; the interval of 99.9 % holds the closed form within .02."""
    found = {2: [], 4: []}
    for network in range(8):
        patterns = rademacher(n_patterns, size, rng(network))
        observed = observe(patterns, omega, rng(network + 50))
        for order, values in found.items():
            ends = [step(observed, each, order) @ each / size for each in patterns[:20]]
            values.append(np.mean(ends))
    for order, values in found.items():
        _, low, high = t_interval(np.array(values), 0.999)
        assert low - 0.02 <= overlap(n_patterns, size, omega, order) <= high + 0.02


def test_without_noise_pairs_are_hopfields_memory():
    """K - 1 other patterns in N - 1 units: HO-1 at alpha = .1, an error of 7.827e-4."""
    assert overlap(101, 1001, 0.0, 2) == pytest.approx(1 - 2 * 7.82701e-4, rel=1e-6)
