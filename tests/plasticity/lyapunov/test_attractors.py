"""Flows whose order, exponents and symmetry are known."""

from __future__ import annotations

import numpy as np
import pytest

from plasticity.lyapunov import Lorenz, Roessler, spectrum
from plasticity.lyapunov.attractors import ROESSLER_EXPONENT, flow, follow, series

START = np.array([1.0, 1.0, 20.0])


@pytest.mark.parametrize("attractor", [Lorenz(), Roessler()])
def test_error_of_a_trajectory_is_of_fourth_order(attractor: Lorenz | Roessler):
    ends = [follow(attractor, START, 0.4, 1, n)[-1] for n in (40, 80, 2000)]
    wrong = [np.linalg.norm(end - ends[-1]) for end in ends[:-1]]
    assert wrong[0] / wrong[1] == pytest.approx(16, rel=0.15)


@pytest.mark.parametrize("attractor", [Lorenz(), Roessler()])
def test_derivative_is_the_difference_of_velocities(attractor: Lorenz | Roessler):
    vectors = np.random.default_rng(0).standard_normal((3, 4))
    ends = [attractor.velocity(START[:, None] + h * vectors) for h in (1e-4, -1e-4)]
    expected = (ends[0] - ends[1]) / 2e-4  # exact, but for rounding: velocities are quadratic
    np.testing.assert_allclose(attractor.derivative(START, vectors), expected, atol=1e-8)


def test_trajectories_side_by_side_are_those_of_each():
    starts = np.random.default_rng(1).standard_normal((3, 2))
    both = follow(Lorenz(), starts, 0.02, 50)
    np.testing.assert_array_equal(both[:, :, 1], follow(Lorenz(), starts[:, 1], 0.02, 50))


def test_mirrored_convection_turns_the_other_way():
    mirror = np.array([-1.0, -1.0, 1.0])
    there = follow(Lorenz(), START, 0.02, 100)
    np.testing.assert_array_equal(follow(Lorenz(), mirror * START, 0.02, 100), mirror * there)


def test_roessler_has_its_exponents():
    found = spectrum(
        flow(Roessler(), np.array([1.0, 1.0, 0.0]), 0.1), 3, 600.0, np.random.default_rng(2), 60.0
    )
    assert found.largest == pytest.approx(ROESSLER_EXPONENT, abs=0.01)
    assert found.exponents[1] == pytest.approx(0.0, abs=0.005)
    assert found.kaplan_yorke == pytest.approx(2.013, abs=0.002)


def test_series_begins_where_the_seed_says_and_stays_on_the_attractor():
    found = [series(Lorenz(), 0.02, 1000, np.random.default_rng(seed), 20.0) for seed in (3, 3, 4)]
    np.testing.assert_array_equal(found[0], found[1])
    assert np.abs(found[0] - found[2]).max() > 1
    # x and z of the attractor; the rest states in its eyes are at z = rho - 1.
    assert np.abs(found[0][:, 0]).max() < 22
    assert found[0][:, 2].mean() == pytest.approx(23.5, abs=1.5)
