"""Memory of registers, of noise, of still units, and as another laboratory measures it."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.tasks.memory_capacity import delayed, memory_capacity, squared_correlation
from experiments.tasks.readout import divide
from neuro.errors import SpecError


def network(n_units: int, rng: np.random.Generator, radius: float = 0.9):
    """Return recurrent weights of a spectral radius, from column to row, and input weights."""
    weight = rng.standard_normal((n_units, n_units))
    weight *= radius / np.abs(np.linalg.eigvals(weight)).max()
    return weight, rng.uniform(-0.5, 0.5, n_units)


def run(weight: np.ndarray, drive: np.ndarray, inputs: np.ndarray, first: int = 0) -> np.ndarray:
    """Return the states of rates from rest, 0 before the first input."""
    states = np.zeros((len(inputs), len(weight)))
    for t in range(first, len(inputs)):
        states[t] = np.tanh(weight @ states[t - 1] + drive * inputs[t])
    return states


@pytest.mark.parametrize("cells", [1, 7])
def test_register_remembers_as_many_inputs_as_it_has_cells(cells: int):
    inputs = np.random.default_rng(0).uniform(-1, 1, 2000)
    register = delayed(inputs, cells)
    found = memory_capacity(register, inputs, 3 * cells, divide(2000, 50))
    # The penalty that validation chose for noise and register alike mixes a little noise in.
    np.testing.assert_allclose(found.correlation[:cells], 1, atol=1e-5)
    # Deviation of a squared correlation by chance: sqrt(2) / n, n = 585 held-out steps; 4 sigma.
    assert np.abs(found.by_delay[cells:]).max() < 4 * np.sqrt(2) / 585 + 1 / 584
    assert found.total == pytest.approx(cells, abs=4 * np.sqrt(4 * cells) / 585)


def test_noise_remembers_nothing_on_average():
    totals = []
    for seed in range(10):
        rng = np.random.default_rng([1, seed])
        found = memory_capacity(
            rng.standard_normal((1000, 30)), rng.uniform(-1, 1, 1000), 40, divide(1000, 40)
        )
        assert found.correlation.sum() > 0
        totals.append(found.total)
    # Ten sums of 40 squared correlations, each of deviation sqrt(2) / 287; 4 sigma.
    assert abs(np.mean(totals)) < 4 * np.sqrt(2 * 40 / 10) / 287


def test_floor_is_the_mean_over_all_orders_of_the_inputs_however_slow_the_states():
    rng = np.random.default_rng(2)
    slow = np.cumsum(rng.standard_normal((100, 1)), axis=0)
    inputs = rng.uniform(-1, 1, 100)
    orders = np.stack([rng.permutation(inputs) for _ in range(5000)], axis=1)
    mean = squared_correlation(np.broadcast_to(slow, orders.shape), orders).mean()
    assert mean == pytest.approx(1 / 99, rel=4 * np.sqrt(2 / 5000))


def test_network_remembers_less_than_it_has_units():
    rng = np.random.default_rng(3)
    inputs = rng.uniform(-0.8, 0.8, 3000)
    found = memory_capacity(run(*network(20, rng), inputs), inputs, 60, divide(3000, 100))
    assert 4 < found.total < 20


def test_units_that_do_not_vary_remember_nothing():
    inputs = np.random.default_rng(4).uniform(-1, 1, 300)
    found = memory_capacity(np.full((300, 5), -0.07), inputs, 10, divide(300, 10))
    assert found.total == 0
    with_register = np.column_stack([delayed(inputs, 2), np.full(300, 1e3)])
    assert memory_capacity(with_register, inputs, 2, divide(300, 10)).total > 1.9


def test_reservoirpy_measures_the_same():
    from reservoirpy.nodes import Reservoir, Ridge
    from reservoirpy.observables import memory_capacity as theirs

    rng = np.random.default_rng(5)
    (weight, drive), n_delays, n_steps = network(30, rng), 40, 1200
    inputs = rng.uniform(-0.8, 0.8, n_steps)
    # Theirs begins where all delays are known, and trains after as many steps again.
    division = divide(n_steps, 2 * n_delays, test=0.25)
    n_test = division.test.stop - division.test.start
    reservoir = Reservoir(W=weight, Win=drive[:, None], bias=0.0, units=30, input_dim=1)
    expected = theirs(
        reservoir >> Ridge(ridge=1e-9), n_delays, as_list=True,
        series=inputs[:, None], test_size=n_test,
    )  # fmt: skip
    states = run(weight, drive, inputs, first=n_delays)
    found = memory_capacity(states, inputs, n_delays, division, penalties=(1e-12,))
    # Both penalties are next to none; the rest is rounding of their normal equations.
    np.testing.assert_allclose(found.correlation, expected, atol=1e-6)
    assert found.correlation.sum() > 8


def test_delays_beyond_the_washout_are_refused():
    inputs = np.random.default_rng(6).uniform(-1, 1, 100)
    with pytest.raises(SpecError, match="washout 20"):
        memory_capacity(inputs[:, None], inputs, 21, divide(100, 20))
