"""Capacities of states that are made of known functions of the inputs."""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

from experiments.tasks.memory_capacity import delayed
from experiments.tasks.processing_capacity import processing_capacity, products
from neuro.errors import SpecError

WASHOUT = 20


def uniform(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, n)


@pytest.mark.parametrize(("degree", "reach"), [(1, 5), (2, 4), (3, 3), (4, 2), (3, 0)])
def test_products_are_all_of_their_degree_and_none_comes_twice(degree: int, reach: int):
    found = list(products(degree, reach))
    assert len(set(found)) == len(found) == comb(reach + degree, degree)
    assert {sum(k for _, k in each) for each in found} == {degree}
    assert {d for each in found for d, _ in each} == set(range(reach + 1))


def test_register_is_all_memory_and_no_processing():
    inputs = uniform(3000)
    found = processing_capacity(delayed(inputs, 5), inputs, (12, 6, 3), WASHOUT)
    assert found.rank == 5
    assert found.n_products == 13 + comb(8, 2) + comb(6, 3)
    assert set(found.capacity) == {((d, 1),) for d in range(1, 6)}
    assert found.of_degree(1) == pytest.approx(5, abs=1e-12)
    assert found.total == found.of_degree(1)


def test_functions_are_found_by_their_degrees():
    inputs = uniform(3000, 1)
    u = delayed(inputs, 3).T
    square = processing_capacity((u[0] ** 2)[:, None], inputs, (4, 4, 4), WASHOUT)
    assert set(square.capacity) == {((1, 2),)}
    assert square.of_degree(2) == pytest.approx(1, abs=1e-12)
    mixed = np.column_stack([u[1] * u[2], 5 * u[0] ** 3])
    found = processing_capacity(mixed, inputs, (4, 4, 4), WASHOUT)
    assert set(found.capacity) == {((2, 1), (3, 1)), ((1, 1),), ((1, 3),)}
    # u^3 = 3/5 P_1 + 2/5 P_3, and <P_1^2> = 1/3, <P_3^2> = 1/7: shares 21/25 and 4/25.
    assert found.capacity[((1, 1),)] == pytest.approx(21 / 25, abs=0.01)
    assert found.capacity[((1, 3),)] == pytest.approx(4 / 25, abs=0.03)
    assert found.capacity[((2, 1), (3, 1))] == pytest.approx(1, abs=0.01)


def test_network_that_forgets_processes_as_much_as_it_has_units():
    rng, inputs = np.random.default_rng(2), uniform(4000, 2)
    weight = rng.standard_normal((4, 4))
    weight *= 0.3 / np.abs(np.linalg.eigvals(weight)).max()
    drive, bias, states = rng.uniform(-1, 1, 4), rng.uniform(-0.5, 0.5, 4), np.zeros((4000, 4))
    for t in range(4000):
        states[t] = np.tanh(weight @ states[t - 1] + drive * inputs[t] + bias)
    found = processing_capacity(states, inputs, (15, 7, 5, 4, 3), WASHOUT)
    assert found.rank == 4
    # Not all of it: capacities below the threshold are lost. Not more: but for sampling.
    assert 3.8 < found.total < 4 * 1.01
    assert 1 < found.of_degree(1) < 3.9


def test_states_that_know_nothing_exceed_the_threshold_seldom():
    inputs = uniform(1000, 3)
    noise = np.random.default_rng(4).standard_normal((1000, 8))
    loose = processing_capacity(noise, inputs, (10, 10, 10), WASHOUT, false_alarm=0.5)
    assert processing_capacity(noise, inputs, (10, 10, 10), WASHOUT).capacity == {}
    # Twice the median of chi-square of 8 degrees of freedom is exceeded with chance 0.06.
    assert len(loose.capacity) / loose.n_products < 0.15


def test_units_that_say_the_same_or_nothing_add_nothing():
    inputs = uniform(500, 5)
    cells = delayed(inputs, 2)
    doubled = np.column_stack([cells, 3 * cells + 0.1, np.full(500, -0.07)])
    found = processing_capacity(doubled, inputs, (4,), WASHOUT)
    assert (found.rank, len(found.capacity)) == (2, 2)
    still = processing_capacity(np.full((500, 3), -0.07), inputs, (4,), WASHOUT)
    assert (still.rank, still.total) == (0, 0)


@pytest.mark.parametrize(
    ("scale", "reach", "n"), [(2.0, (4,), 500), (1.0, (21,), 500), (1.0, (4,), 23), (1.0, (), 500)]
)
def test_what_cannot_be_measured_is_refused(scale: float, reach: tuple[int, ...], n: int):
    inputs = scale * uniform(n, 6)
    with pytest.raises(SpecError, match="needed"):
        processing_capacity(np.zeros((n, 3)), inputs, reach, WASHOUT)
