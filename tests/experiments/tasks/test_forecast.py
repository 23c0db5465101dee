"""Forecasts that must be perfect, and the time that chaos leaves to those that are not."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.tasks.forecast import Scale, free_run, nrmse, one_step, valid_time
from experiments.tasks.readout import divide
from neuro.errors import SpecError
from plasticity.lyapunov import Lorenz
from plasticity.lyapunov.attractors import LORENZ_EXPONENT, follow, series
from plasticity.lyapunov.smooth import runge_kutta

DT = 0.02


def lorenz(n: int, seed: int = 0) -> np.ndarray:
    return series(Lorenz(), DT, n, np.random.default_rng(seed), warm_up=20.0)


def test_error_is_none_of_the_truth_and_one_of_its_mean():
    truth = lorenz(100)
    assert nrmse(truth, truth) == 0
    assert nrmse(np.broadcast_to(truth.mean(axis=0), truth.shape), truth) == pytest.approx(1)
    assert nrmse(truth + 0.1 * truth.std(axis=0), truth) == pytest.approx(0.1)


def test_waves_follow_from_as_many_of_their_past_values_as_they_have_phases():
    t = np.arange(600)
    wave = (np.sin(0.31 * t) + 0.4 * np.sin(0.83 * t + 1))[:, None]
    states = np.column_stack([np.roll(wave, k, axis=0) for k in range(4)])
    _, error = one_step(states, wave, divide(600, 4), (1e-12,))
    assert error < 1e-6
    # Two frequencies are two cosines and two sines: three values do not tell them apart.
    assert one_step(states[:, :3], wave, divide(600, 4), (1e-12,))[1] > 1e-3


def test_model_that_is_the_flow_itself_is_valid_to_the_end():
    truth = lorenz(500)
    found = free_run(
        lambda _, forecast: runge_kutta(Lorenz().velocity, forecast, DT),
        lambda state: state, runge_kutta(Lorenz().velocity, truth[0], DT), 499,
    )  # fmt: skip
    np.testing.assert_array_equal(found, truth[1:])
    valid = valid_time(found, truth[1:], truth.std(axis=0), DT, LORENZ_EXPONENT)
    assert valid.is_censored
    assert valid.value == pytest.approx(499 * DT * LORENZ_EXPONENT)


def test_error_at_the_beginning_leaves_the_logarithm_of_what_is_allowed():
    # Two time units apart: correlations last about one.
    starts, n = lorenz(4000, 1)[::100].T, 1500
    deviation, epsilon = starts.std(axis=1), 1e-7
    rng = np.random.default_rng(2)
    away = rng.standard_normal(starts.shape)
    away *= epsilon * np.linalg.norm(deviation) / np.linalg.norm(away, axis=0)
    truth, other = (follow(Lorenz(), begin, DT, n) for begin in (starts, starts + away))
    times = [valid_time(other[:, :, k], truth[:, :, k], deviation, DT, LORENZ_EXPONENT)
             for k in range(starts.shape[1])]  # fmt: skip
    assert not any(time.is_censored for time in times)
    # Random errors have a third of their square along the growing direction; the rest is the
    # spread of growth over 15 Lyapunov times.
    assert np.mean([time.value for time in times]) == pytest.approx(np.log(0.4 / epsilon), rel=0.1)


def test_forecast_that_is_no_number_is_not_valid():
    truth = np.ones((5, 1))
    predicted = np.array([[1.0], [1.3], [np.nan], [1.0], [1.0]])
    found = valid_time(predicted, truth, np.ones(1), 0.5, 2.0)
    assert (found.value, found.is_censored) == (2.0, False)
    assert valid_time(predicted[:2], truth[:2], np.ones(1), 0.5, 2.0).is_censored
    assert valid_time(truth + 0.5, truth, np.ones(1), 0.5, 2.0).value == 0


def test_reservoir_forecasts_convection_on_its_own():
    rng = np.random.default_rng(3)
    truth = lorenz(2600, 4)
    division = divide(2000, 100, test=0.2)
    scale = Scale.of(truth[division.train])
    u = scale.standard(truth)
    weight = rng.standard_normal((150, 150)) * 0.4 / np.sqrt(150)
    drive, bias = rng.uniform(-0.5, 0.5, (150, 3)), rng.uniform(-0.5, 0.5, 150)

    def step(state: np.ndarray, given: np.ndarray) -> np.ndarray:
        return np.tanh(weight @ state + drive @ given + bias)

    states = [np.zeros(150)]
    for given in u[:2000]:
        states.append(step(states[-1], given))
    readout, error = one_step(np.array(states[1:]), u[:2000], division)
    assert error < 0.01
    found = free_run(step, readout, states[-1], 600)
    valid = valid_time(found, u[2000:], np.ones(3), DT, LORENZ_EXPONENT)
    assert valid.value > 1
    assert not valid.is_censored


def test_series_that_does_not_vary_has_no_scale():
    with pytest.raises(SpecError, match="varies"):
        Scale.of(np.ones((10, 2)))
    with pytest.raises(SpecError, match="needed: as many"):
        one_step(np.ones((9, 2)), np.ones((10, 2)), divide(9, 0))
