"""Known exponents of maps and flows, and what a spectrum says beside its numbers."""

from __future__ import annotations

import numpy as np
import pytest

from neuro.errors import NumericalError, SpecError
from plasticity.lyapunov import Flow, Lorenz, Map, Spectrum, rate_network, spectrum
from plasticity.lyapunov.attractors import LORENZ_EXPONENT, flow


def logistic() -> Map:
    return Map(
        step=lambda x: 4 * x * (1 - x),
        derivative=lambda x, basis: (4 - 8 * x)[:, None] * basis,
        state=np.array([0.3123]),
    )


def lorenz(dt: float = 0.02) -> Flow:
    return flow(Lorenz(), np.array([1.0, 1.0, 20.0]), dt)


def linear(matrix: np.ndarray) -> Map:
    return Map(lambda x: x, lambda x, basis: matrix @ basis, np.zeros(len(matrix)), every=3)


def chaos(gain: float, seed: int, n: int = 200) -> float:
    """Return the largest exponent of a network of rates."""
    rng = np.random.default_rng(seed)
    coupling = gain * rng.standard_normal((n, n)) / np.sqrt(n)
    flow = rate_network(coupling, np.ones(n), rng.standard_normal(n), dt=0.1)
    return spectrum(flow, 1, 60.0, rng, warm_up=40.0).largest


def test_logistic_map_doubles_what_is_unknown():
    found = spectrum(logistic(), 1, 5000, np.random.default_rng(0), warm_up=100)
    # The deviation of ln |4 - 8x| is 0.9 and neighbours are uncorrelated: 4 sigma.
    assert found.largest == pytest.approx(np.log(2), abs=0.05)


def test_exponents_of_a_symmetric_matrix_are_logarithms_of_its_eigenvalues():
    rng = np.random.default_rng(1)
    turn = np.linalg.qr(rng.standard_normal((5, 5)))[0]
    values = np.array([3.0, -2.0, 1.0, 0.5, -0.1])
    found = spectrum(linear(turn @ np.diag(values) @ turn.T), 5, 60, rng, warm_up=200)
    np.testing.assert_allclose(found.exponents, np.log(np.abs(values)), atol=1e-12)


def test_error_of_the_largest_exponent_is_that_of_its_scatter():
    # Growth by independent factors: over 400 steps a deviation of 0.5 leaves one of 0.025.
    squares, found = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        grows = Map(lambda x: x, lambda x, basis: basis * np.exp(0.5 * rng.standard_normal()),  # noqa: B023
                    np.zeros(1))  # fmt: skip
        each = spectrum(grows, 1, 400, np.random.default_rng(99))
        found.append(each.largest)
        squares.append(each.largest_error**2)
    # Of 60 times 7 degrees of freedom: 4 deviations of a mean square are 28 %, of the other 73 %.
    assert np.sqrt(np.mean(squares)) == pytest.approx(0.025, rel=0.14)
    assert np.std(found) == pytest.approx(0.025, rel=0.4)


def test_error_needs_records():
    short = Spectrum(np.zeros(1), 1.0, np.arange(1.0, 4.0), np.zeros((3, 1)))
    assert np.isnan(short.largest_error)


def test_vectors_that_part_too_far_are_made_orthonormal_more_often():
    values = np.array([1e3, 1.0, 1e-3])
    system = linear(np.diag(values))
    system.every = 16
    found = spectrum(system, 3, 320, np.random.default_rng(2), warm_up=200)
    np.testing.assert_allclose(found.exponents, np.log(values), atol=1e-9)


def test_lorenz_has_its_three_exponents():
    found = spectrum(lorenz(), 3, 300.0, np.random.default_rng(3), warm_up=20.0)
    assert found.largest == pytest.approx(LORENZ_EXPONENT, abs=0.02)
    assert found.exponents[1] == pytest.approx(0.0, abs=0.005)
    # The divergence of the flow is the same everywhere.
    assert found.exponents.sum() == pytest.approx(-10 - 1 - 8 / 3, rel=3e-4)
    assert found.kaplan_yorke == pytest.approx(2.062, abs=0.002)
    assert found.entropy_bound == pytest.approx(found.exponents[found.exponents > 0].sum())


@pytest.mark.parametrize("seed", range(3))
def test_network_of_rates_is_calm_below_gain_one_and_chaotic_far_above(seed: int):
    assert chaos(0.8, seed) < -0.05
    assert chaos(3.0, seed) > 0.1


@pytest.mark.slow  # 1000 rates take five seconds a seed; 200 of them mostly oscillate at this gain
@pytest.mark.parametrize("seed", range(3))
def test_large_network_of_rates_is_chaotic_above_gain_one(seed: int):
    assert chaos(1.5, seed, n=1000) > 0.01


def test_flow_steps_are_of_fourth_order():
    def error(dt: float) -> float:
        flow = Flow(lambda x: -x, lambda x, basis: -basis, np.ones(1), dt, every=round(1 / dt))
        basis = np.ones((1, 1))
        assert flow.advance(basis, 1.0) == pytest.approx(1.0)
        assert basis[0, 0] == flow.state[0]
        return abs(flow.state[0] - np.exp(-1))

    assert error(0.1) / error(0.05) == pytest.approx(16, rel=0.1)


def test_tangent_vectors_are_differences_of_neighbours():
    flow, vectors = lorenz(), np.random.default_rng(4).standard_normal((3, 3))
    basis = vectors.copy()
    flow.advance(basis, 1.0)
    for column in range(3):
        ends = []
        for sign in (1, -1):
            near = lorenz()
            near.state = near.state + sign * 1e-5 * vectors[:, column]
            near.advance(np.zeros((3, 0)), 1.0)
            ends.append(near.state)
        np.testing.assert_allclose((ends[0] - ends[1]) / 2e-5, basis[:, column], rtol=1e-7)


def test_record_ends_with_the_estimate():
    found = spectrum(logistic(), 1, 3000, np.random.default_rng(5))
    assert found.times[-1] == found.elapsed == 3000
    assert found.record[-1] == found.exponents
    assert np.all(np.diff(found.times) > 0)
    assert len(found.times) < 250


@pytest.mark.parametrize(
    ("exponents", "dimension"),
    [([0.9, 0.0, -14.5], 2 + 0.9 / 14.5), ([-1.0, -2.0], 0.0), ([0.5, -0.5, -3.0], 2.0)],
)
def test_kaplan_yorke_dimension(exponents: list[float], dimension: float):
    none = np.empty((0, len(exponents)))
    found = Spectrum(np.array(exponents), 1.0, np.empty(0), none)
    assert found.kaplan_yorke == pytest.approx(dimension)


def test_kaplan_yorke_dimension_needs_enough_exponents():
    found = Spectrum(np.array([0.9, 0.0]), 1.0, np.empty(0), np.empty((0, 2)))
    assert np.isnan(found.kaplan_yorke)


@pytest.mark.parametrize(("count", "duration"), [(0, 1.0), (4, 1.0), (1, 0.0)])
def test_what_cannot_be_estimated_is_refused(count: int, duration: float):
    with pytest.raises(SpecError, match="needed"):
        spectrum(lorenz(), count, duration, np.random.default_rng(6))


def test_vectors_that_vanish_are_told():
    with pytest.raises(NumericalError, match="tangent"):
        spectrum(linear(np.zeros((2, 2))), 2, 10, np.random.default_rng(7))


def test_exponents_come_sorted_though_the_record_does_not():
    unsorted = 0
    for seed in range(8):
        # Too short for the first vector to find the fastest direction.
        system = linear(np.diag([3.0, 1.0, 0.5]))
        found = spectrum(system, 3, 1, np.random.default_rng(seed))
        assert np.all(np.diff(found.exponents) <= 0)
        np.testing.assert_array_equal(np.sort(found.record[-1])[::-1], found.exponents)
        unsorted += bool(np.any(np.diff(found.record[-1]) > 0))
    assert unsorted
