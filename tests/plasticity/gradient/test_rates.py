"""Gradients through time against differences, and states that are known."""

from __future__ import annotations

import numpy as np
import pytest

from neuro.errors import SpecError
from plasticity.gradient.momentum import Momentum, bound
from plasticity.gradient.rates import RateNetwork, draw_network, gradient, logits, run


def small(seed: int = 0) -> tuple[RateNetwork, np.ndarray, np.ndarray, list[np.ndarray]]:
    """Return a network of 5 units in double precision, one tau of which is held; six steps."""
    rng = np.random.default_rng(seed)
    drawn = draw_network(5, rng, n_inputs=2, n_heads=3)
    network = RateNetwork(*(np.asarray(each, dtype=np.float64) for each in drawn.arrays()))
    network.tau[0] = 0.7
    labels = [rng.integers(0, 2, 4) for _ in range(2)]
    return network, rng.standard_normal((6, 4, 2)), rng.random((4, 5)), labels


@pytest.mark.parametrize("length", [None, np.array([6, 3, 1, 5])])
def test_gradient_is_that_of_finite_differences(length: np.ndarray | None):
    network, inputs, start, labels = small()
    heads = (0, 2)
    _, found = gradient(network, inputs, start, labels, heads, length)
    for parameter, slope in zip(network.arrays(), found.arrays(), strict=True):
        assert slope.shape == parameter.shape
        for place in np.ndindex(parameter.shape):
            kept, ends = parameter[place], []
            for change in (1e-6, -1e-6):
                parameter[place] = kept + change
                ends.append(gradient(network, inputs, start, labels, heads, length)[0])
            parameter[place] = kept
            assert slope[place] == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5, abs=1e-8)
    assert found.tau[0] == 0
    assert np.abs(found.tau[1:]).min() > 0
    assert not found.readout[1].any()


def test_state_of_a_sequence_that_is_over_stays():
    network, inputs, start, _ = small(1)
    whole, cut = run(network, inputs, start), run(network, inputs, start, np.array([6, 2, 0, 4]))
    for k, end in enumerate([6, 2, 0, 4]):
        np.testing.assert_array_equal(cut.last[k], whole.state[end, k])


def test_time_constant_of_a_unit_without_synapses_is_how_fast_it_forgets():
    network, _, _, _ = small(2)
    for each in (network.weight, network.drive, network.bias):
        each[:] = 0
    course = run(network, np.zeros((10, 1, 2)), np.ones((1, 5)))
    expected = (1 - 1 / np.maximum(network.tau, 1)) ** 10
    np.testing.assert_allclose(course.last[0], expected, rtol=1e-12)
    np.testing.assert_allclose(
        logits(network, course.last, 1), expected[None] @ network.readout[1] + network.offset[1]
    )


def test_masked_synapses_are_not_drawn_and_fewer_inputs_weigh_more():
    rng = np.random.default_rng(3)
    mask = rng.random((60, 60)) < 0.1
    drawn = draw_network(60, rng, mask)
    assert not drawn.weight[~mask].any()
    assert np.abs(drawn.weight).max() == pytest.approx((mask.sum() / 60) ** -0.5, rel=0.05)
    assert not np.diag(draw_network(60, rng).weight).any()
    with pytest.raises(SpecError, match="needed"):
        draw_network(5, rng, mask)


def test_steps_that_look_ahead_are_those_of_nesterov():
    # Of f = p^2 / 2 with rate 0.1 and decay 0.5: v = 0.5 v + p, p = p - 0.1 (p + 0.5 v).
    weight, momentum = np.array([1.0]), Momentum(0.1, 0.5, looks_ahead=True)
    momentum.step([weight], [weight.copy()])
    assert weight[0] == pytest.approx(1 - 0.15)
    momentum.step([weight], [weight.copy()])
    assert weight[0] == pytest.approx(0.85 - 0.1 * (0.85 + 0.5 * 1.35))


def test_gradients_are_shortened_together():
    gradients = [np.array([3.0]), np.array([[0.0, 4.0]])]
    bound(gradients, 10.0)
    assert gradients[1][0, 1] == 4
    bound(gradients, 2.0)
    np.testing.assert_allclose([gradients[0][0], gradients[1][0, 1]], [1.2, 1.6])
