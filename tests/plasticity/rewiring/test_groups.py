"""Masks of groups: how dense they are, and who is connected to whom."""

import numpy as np
import pytest

from neuro.errors import SpecError
from plasticity.rewiring import draw_fan_in, draw_groups, group_density, group_masks, scaled

SHAPES = [(784, 256), (256, 256), (256, 64)]
GROUPINGS = ("index", "random", "mixer")
# Chance of a false alarm of one layer: 2.7e-3; draws are those of one seed.
SIGMAS = 3.0


def test_density_of_the_published_network():
    assert group_density(8, 0.15) == pytest.approx(0.25625)
    assert group_density(8, 0.0) == pytest.approx(0.125)
    assert group_density(1, 0.3) == 1.0


@pytest.mark.parametrize("grouping", GROUPINGS)
@pytest.mark.parametrize("between", [0.05, 0.15])
def test_density_is_that_of_the_formula(grouping, between):
    masks = group_masks(SHAPES, grouping, 8, between, np.random.default_rng(1))
    for mask in masks:
        error = np.sqrt(7 / 8 * mask.size * between * (1 - between)) / mask.size
        assert abs(mask.mean() - group_density(8, between)) < SIGMAS * error


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_groups_are_whole_within_and_empty_between_if_asked_for(grouping):
    masks = group_masks(SHAPES, grouping, 8, 0.0, np.random.default_rng(2))
    for mask in masks:
        # Eight blocks, each of them a whole rectangle: as many synapses from every cell.
        assert set(mask.sum(axis=1)) == {mask.shape[1] // 8}
        assert set(mask.sum(axis=0)) == {mask.shape[0] // 8}
        assert len(np.unique(mask, axis=0)) == 8


def test_whole_within_groups_whatever_there_is_between():
    rng = np.random.default_rng(3)
    (mask,) = group_masks([(40, 24)], "index", 4, 0.3, rng)
    for group in range(4):
        assert mask[group * 10 : (group + 1) * 10, group * 6 : (group + 1) * 6].all()
    assert 0 < mask[:10, 6:].mean() < 1


def test_mixer_spreads_what_a_block_learns_over_all_groups():
    rng = np.random.default_rng(4)
    first = draw_groups((64, 32), "mixer", 8, 0, rng)[1]
    second = draw_groups((32, 16), "mixer", 8, 1, rng)[0]
    assert np.array_equal(first, np.repeat(np.arange(8), 4))
    assert np.array_equal(second, np.tile(np.arange(8), 4))
    # Two layers of blocks stay apart, a layer of blocks and one of combs do not.
    for grouping, reach in (("index", 1 / 8), ("mixer", 1 / 2)):
        masks = group_masks([(64, 32), (32, 16)], grouping, 8, 0.0, rng)
        assert (masks[0].astype(int) @ masks[1].astype(int) > 0).mean() == pytest.approx(reach)


def test_random_groups_differ_from_layer_to_layer_and_come_again_from_the_seed():
    masks = group_masks([(32, 32)] * 2, "random", 4, 0.0, np.random.default_rng(5))
    again = group_masks([(32, 32)] * 2, "random", 4, 0.0, np.random.default_rng(5))
    assert not np.array_equal(*masks)
    assert all(map(np.array_equal, masks, again))


def test_weights_of_sparse_layers_bring_the_variance_of_whole_ones():
    rng = np.random.default_rng(6)
    mask = draw_fan_in((400, 300), 25, rng)
    weight = rng.standard_normal((400, 300)).astype(np.float32) / 20
    found = scaled(weight, mask)
    assert found.dtype == np.float32
    assert np.array_equal(found != 0, mask)
    np.testing.assert_allclose(found[mask], 4 * weight[mask], rtol=1e-6)


def test_a_cell_without_synapses_stays_without():
    mask = np.array([[True, False], [True, False]])
    assert np.array_equal(scaled(np.ones((2, 2)), mask), [[1, 0], [1, 0]])


@pytest.mark.parametrize(
    ("shape", "n_groups", "between"), [((30, 16), 8, 0.1), ((16, 30), 8, 0.1), ((16, 16), 4, 1.5)]
)
def test_groups_that_do_not_fit_are_refused(shape, n_groups, between):
    with pytest.raises(SpecError, match="needed"):
        group_masks([shape], "index", n_groups, between, np.random.default_rng())
