"""What synapses contribute to the fall of the loss: all of it, for small steps."""

import numpy as np
import pytest

from plasticity.consolidation.path_integral import PathIntegral
from plasticity.gradient.loss import cross_entropy, cross_entropy_error

DAMPING = 0.01


def descend(rate, n_steps):
    """Learn softmax regression; return losses before and after, the path, start and end."""
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(50, 6)), rng.integers(0, 3, 50)
    weight = rng.normal(size=(6, 3))
    start, path = weight.copy(), PathIntegral([weight])
    first = cross_entropy(inputs @ weight, labels)
    for _ in range(n_steps):
        gradient = inputs.T @ cross_entropy_error(inputs @ weight, labels)
        path.add([gradient], [-rate * gradient])
        weight -= rate * gradient
    return first - cross_entropy(inputs @ weight, labels), path, start, weight


def test_contributions_sum_to_the_fall_of_the_loss():
    coarse, fine = (descend(rate, round(5 / rate)) for rate in (0.1, 0.01))
    errors = [abs(path.contribution[0].sum() / fall - 1) for fall, path, _, _ in (coarse, fine)]
    # The sum is a Riemann sum: its error is of the first order in the step.
    assert errors[0] < 0.1
    assert errors[1] == pytest.approx(errors[0] / 10, rel=0.2)


def test_importance_is_contribution_over_the_squared_way():
    _, path, start, end = descend(0.1, 20)
    (found,) = path.importance([end], DAMPING)
    expected = path.contribution[0].clip(0) / ((end - start) ** 2 + DAMPING)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert found.min() >= 0


def test_a_synapse_that_made_the_loss_grow_does_not_matter():
    path = PathIntegral([np.zeros((1, 2))])
    path.add([np.array([[2.0, 2.0]])], [np.array([[0.5, -0.5]])])
    assert np.array_equal(path.contribution[0], [[-1.0, 1.0]])
    (found,) = path.importance([np.array([[0.5, -0.5]])], DAMPING)
    np.testing.assert_allclose(found, [[0, 1 / 0.26]])
