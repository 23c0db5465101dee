"""A step down a gradient: the bits of the plain expression, for any layout."""

import numpy as np
import pytest

from plasticity.gradient.descent import descend


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_weights_change_in_place_by_the_rounded_product(dtype):
    rng = np.random.default_rng(0)
    weight, gradient = (rng.normal(size=(30, 20)).astype(dtype) for _ in range(2))
    expected = weight - dtype(0.1) * gradient
    kept = weight
    descend(weight, np.asfortranarray(gradient), 0.1)
    assert kept is weight
    assert np.array_equal(weight, expected)
