"""Quadratic penalties: their gradient, and the step that minds them."""

import numpy as np
import pytest

from plasticity.consolidation.penalty import add_penalty, penalty

STRENGTH, RATE = 3.0, 0.1


@pytest.fixture
def layers():
    rng = np.random.default_rng(0)
    shapes = [(4, 3), (3, 2)]
    weights, anchor = ([rng.normal(size=shape) for shape in shapes] for _ in range(2))
    return weights, anchor, [rng.uniform(0, 2, size=shape) for shape in shapes]


def test_for_a_small_rate_it_is_the_gradient_of_the_penalty(layers):
    weights, anchor, importance = layers
    gradient = [np.zeros_like(weight) for weight in weights]
    add_penalty(gradient, weights, anchor, importance, STRENGTH, rate=0.0)
    for layer, weight in enumerate(weights):
        for place in np.ndindex(weight.shape):
            kept, values = weight[place], []
            for sign in (1, -1):
                weight[place] = kept + sign * 1e-5
                values.append(penalty(weights, anchor, importance, STRENGTH))
            weight[place] = kept
            assert gradient[layer][place] == pytest.approx((values[0] - values[1]) / 2e-5, abs=1e-8)


@pytest.mark.parametrize("strength", [0.1, 3.0, 1e6])
def test_the_step_solves_the_implicit_equation(layers, strength):
    weights, anchor, importance = layers
    loss = [np.random.default_rng(1).normal(size=weight.shape) for weight in weights]
    gradient = [each.copy() for each in loss]
    add_penalty(gradient, weights, anchor, importance, strength, RATE)
    for g, change, w, a, each in zip(loss, gradient, weights, anchor, importance, strict=True):
        after = w - RATE * change
        implicit = w - RATE * (g + strength * each * (after - a))
        np.testing.assert_allclose(after, implicit, rtol=1e-9, atol=1e-7)


def test_weights_that_do_not_matter_are_free_and_anchored_ones_cost_nothing(layers):
    weights, _, importance = layers
    assert penalty(weights, weights, importance, STRENGTH) == 0
    gradient = [np.ones_like(weight) for weight in weights]
    free = [np.zeros_like(weight) for weight in weights]
    add_penalty(gradient, weights, importance, free, STRENGTH, RATE)
    assert all(np.array_equal(each, np.ones_like(each)) for each in gradient)
