"""Rules that rewire a layer: how many synapses move, which, and where to."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuro.errors import SpecError
from plasticity.rewiring import RULES, ConstantFanIn, Seen, Similarity, Swap, draw_fan_in
from plasticity.subnetworks.random_masks import draw_mask

SHAPE = (24, 15)
SWAPS = [
    Swap(prune, grow, may_return)
    for prune in ("magnitude", "random", "hebb")
    for grow in ("random", "hebb", "gradient")
    for may_return in (False, True)
]


def layer(seed, count=90, shape=SHAPE):
    rng = np.random.default_rng(seed)
    mask = draw_mask(shape, count, rng)
    weight = np.where(mask, rng.standard_normal(shape), 0.0)
    return weight, mask, Seen(rng.standard_normal(shape), rng.random(shape)), rng


@pytest.mark.parametrize("rule", SWAPS, ids=str)
def test_the_number_of_synapses_stays_and_so_many_move(rule):
    weight, mask, seen, rng = layer(1)
    found = rule(weight, mask, seen, 0.2, rng)
    assert found.mask.sum() == mask.sum()
    assert found.pruned.sum() == found.grown.sum() == 18
    assert np.array_equal(found.mask, (mask & ~found.pruned) | found.grown)
    assert not (found.pruned & ~mask).any()
    if not rule.may_return:
        assert not (found.pruned & found.grown).any()
        assert not (found.grown & mask).any()


@given(count=st.integers(0, 30), share=st.floats(0, 1), number=st.integers(0, len(SWAPS) - 1))
@settings(max_examples=60, deadline=None)
def test_the_number_of_synapses_stays_whatever_there_is(count, share, number):
    weight, mask, seen, rng = layer(2, count, (6, 5))
    found = SWAPS[number](weight, mask, seen, share, rng)
    assert found.mask.sum() == count


def test_smallest_weights_go_and_largest_gradients_come():
    weight, mask, seen, rng = layer(3)
    found = Swap("magnitude", "gradient")(weight, mask, seen, 0.2, rng)
    assert np.abs(weight[found.pruned]).max() < np.abs(weight[mask & ~found.pruned]).min()
    rest = ~mask & ~found.grown
    assert np.abs(seen.gradient[found.grown]).min() > np.abs(seen.gradient[rest]).max()


def test_similar_cells_are_connected_and_unlike_ones_are_not():
    weight, mask, seen, rng = layer(4)
    found = Swap("hebb", "hebb")(weight, mask, seen, 0.2, rng)
    assert seen.similarity[found.pruned].max() < seen.similarity[mask & ~found.pruned].min()
    assert seen.similarity[found.grown].min() > seen.similarity[~mask & ~found.grown].max()


def test_synapses_that_may_return_do_so_where_nothing_better_is_free():
    weight, mask, _, rng = layer(5)
    seen = Seen(similarity=np.where(mask, 0.9, 0.1))
    found = Swap("hebb", "hebb", may_return=True)(weight, mask, seen, 0.3, rng)
    assert np.array_equal(found.mask, mask)
    forced = Swap("hebb", "hebb")(weight, mask, seen, 0.3, rng)
    assert (forced.mask & ~mask).sum() == 27


def test_a_pair_that_fires_together_is_connected_first():
    rng = np.random.default_rng(6)
    before = (rng.random((400, 24)) < 0.1).astype(float)
    after = (rng.random((400, 15)) < 0.1).astype(float)
    after[:, 11] = before[:, 17]
    similarity = Similarity(24, 15)
    similarity.add(before, after)
    weight, mask, _, rng = layer(6)
    mask[17, 11] = False
    found = Swap("random", "hebb")(weight, mask, Seen(similarity=similarity.cosine()), 0.012, rng)
    assert np.argwhere(found.grown).tolist() == [[17, 11]]


def test_equal_scores_are_decided_by_chance():
    weight, mask, _, rng = layer(7)
    seen = Seen(similarity=np.zeros(SHAPE))
    grown = [Swap("hebb", "hebb")(weight, mask, seen, 0.1, rng).grown for _ in range(2)]
    assert not np.array_equal(*grown)
    # By order alone all of them would be among the first free pairs.
    assert all(each[12:].any() for each in grown)


def test_weights_of_synapses_that_went_or_came_are_0():
    weight, mask, seen, rng = layer(8)
    found = Swap("random", "random", may_return=True)(weight, mask, seen, 0.9, rng)
    both = found.pruned & found.grown
    assert both.any()
    found.start(weight)
    assert not weight[both].any()
    assert not weight[~found.mask].any()
    assert (weight[found.mask & ~found.grown] != 0).all()


def fan_in_layer(seed, fan_in=6):
    _, _, seen, rng = layer(seed)
    mask = draw_fan_in(SHAPE, fan_in, rng)
    return np.where(mask, rng.standard_normal(SHAPE), 0.0), mask, seen, rng


@pytest.mark.parametrize("may_return", [True, False])
def test_fan_in_stays_constant(may_return):
    weight, mask, seen, rng = fan_in_layer(9)
    found = ConstantFanIn(0.0, may_return)(weight, mask, seen, 0.3, rng)
    assert set(found.mask.sum(axis=0)) == {6}
    assert found.pruned.sum() == 27
    assert np.abs(weight[found.pruned]).max() < np.abs(weight[mask & ~found.pruned]).min()
    if not may_return:
        assert not (found.grown & mask).any()
    for cell in range(SHAPE[1]):
        free = ~(mask & ~found.pruned)[:, cell] & (may_return | ~mask[:, cell])
        came, rest = free & found.grown[:, cell], free & ~found.grown[:, cell]
        if came.any():
            steep = np.abs(seen.gradient[:, cell])
            assert steep[came].min() > steep[rest].max()


def test_cells_without_salient_synapses_go_and_the_others_share_theirs():
    weight, mask, _, rng = fan_in_layer(10)
    weight[:, :3] *= 1e-6
    steep = rng.random(SHAPE)
    steep[:, :3] *= 1e-6
    found = ConstantFanIn(0.3)(weight, mask, Seen(steep), 0.3, rng)
    assert not found.mask[:, :3].any()
    # 15 * 6 synapses on 12 cells.
    assert set(found.mask[:, 3:].sum(axis=0)) == {7}
    found.start(weight)
    assert not weight[:, :3].any()
    # Gone for good, whatever the gradient; and the budget of the first layer counts.
    steep[:, :3] = 1e6
    later = ConstantFanIn(0.3)(weight, found.mask, Seen(steep, budget=96), 0.3, rng)
    assert not later.mask[:, :3].any()
    assert later.mask.sum() == 96


def test_the_last_cell_never_goes():
    weight, mask, seen, rng = fan_in_layer(11, fan_in=1)
    found = ConstantFanIn(0.99)(weight, mask, seen, 1.0, rng)
    assert found.mask.any()
    assert len(set(found.mask.sum(axis=0)) - {0}) == 1


def test_uneven_fan_ins_are_refused():
    weight, mask, seen, rng = layer(12)
    with pytest.raises(SpecError, match="fan-ins"):
        ConstantFanIn()(weight, mask, seen, 0.1, rng)
    with pytest.raises(SpecError, match="1 to 24"):
        draw_fan_in(SHAPE, 25, rng)


@pytest.mark.parametrize("name", RULES)
def test_what_a_rule_needs_must_have_been_seen(name):
    weight, mask, _, rng = fan_in_layer(13)
    rule = RULES[name]
    with pytest.raises(SpecError, match="share"):
        rule(weight, mask, Seen(), 1.1, rng)
    if rule.needs_gradient or rule.needs_similarity:
        with pytest.raises(SpecError, match="needed"):
            rule(weight, mask, Seen(), 0.1, rng)
    else:
        assert rule(weight, mask, Seen(), 0.1, rng).mask.sum() == mask.sum()
