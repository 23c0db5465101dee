"""Subnetworks: how dense their layers are, and how scores choose them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neuro.errors import SpecError
from plasticity.subnetworks.random_masks import draw_masks, erk_densities
from plasticity.subnetworks.winning import best, learn_scores

SHAPES = [(784, 400), (400, 400), (400, 10)]


def total(shapes, densities):
    sizes = np.array([n * m for n, m in shapes])
    return float(np.dot(sizes, densities) / sizes.sum())


def test_densities_follow_the_formula():
    found = erk_densities(SHAPES[:2], 0.1)
    share = [(n + m) / (n * m) for n, m in SHAPES[:2]]
    assert found[0] / found[1] == pytest.approx(share[0] / share[1], rel=1e-12)
    assert total(SHAPES[:2], found) == pytest.approx(0.1, rel=1e-12)


def test_layers_that_would_be_more_than_whole_are_whole_and_the_total_stays():
    found = erk_densities(SHAPES, 0.1)
    assert found[2] == 1.0
    assert found[0] < found[1] < 1
    assert total(SHAPES, found) == pytest.approx(0.1, rel=1e-12)
    assert erk_densities(SHAPES, 1.0) == [1.0, 1.0, 1.0]


@given(
    st.lists(st.tuples(st.integers(1, 500), st.integers(1, 500)), min_size=1, max_size=5),
    st.floats(0.001, 1),
)
def test_the_total_is_the_density_asked_for(shapes, density):
    found = erk_densities(shapes, density)
    assert all(0 <= each <= 1 for each in found)
    assert total(shapes, found) == pytest.approx(density, rel=1e-9)


@pytest.mark.parametrize("density", [0.0, 1.1])
def test_a_density_is_a_share(density):
    with pytest.raises(SpecError, match="at most 1"):
        erk_densities(SHAPES, density)


def test_masks_have_exactly_the_synapses_asked_for():
    masks = draw_masks(SHAPES, 0.05, np.random.default_rng(0))
    for mask, shape, share in zip(masks, SHAPES, erk_densities(SHAPES, 0.05), strict=True):
        assert mask.shape == shape
        assert mask.sum() == round(share * mask.size)
    other = draw_masks(SHAPES, 0.05, np.random.default_rng(1))
    assert not np.array_equal(masks[0], other[0])


def test_the_largest_scores_take_part_and_the_first_of_equal_ones():
    scores = np.array([[0.1, -0.9], [0.5, 0.5]])
    assert best(scores, 0.5).tolist() == [[False, True], [True, False]]
    assert best(scores, 0.01).tolist() == [[False, True], [False, False]]
    assert best(np.zeros((2, 2)), 0.5).sum() == 2


def test_scores_grow_where_taking_part_lets_the_loss_fall():
    scores = np.array([1.0, -1.0, 1.0, -1.0])
    weight, gradient = np.array([2.0, 2.0, -2.0, 2.0]), np.array([-0.5, -0.5, -0.5, 0.5])
    learn_scores(scores, weight, gradient, 0.1)
    # The loss falls by -gradient * weight where a synapse takes part: magnitudes move by that.
    np.testing.assert_allclose(np.abs(scores) - 1, [0.1, 0.1, -0.1, -0.1])
