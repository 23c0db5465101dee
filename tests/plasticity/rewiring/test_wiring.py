"""A network that is rewired while it learns: what is not there is 0 after every step."""

from itertools import pairwise

import numpy as np
import pytest

from neuro.errors import SpecError
from plasticity.gradient.bptt import BPTT
from plasticity.gradient.dsr import DSR
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.momentum import Momentum
from plasticity.rewiring import RULES, Schedule, Wiring, draw_fan_in, scaled

SIZES = (12, 16, 8, 3)
N_STEPS = 8
EVERY_TWO = Schedule(every=2, share=0.25)


class Learning:
    """Hold a small network that learns from random images, as an experiment would."""

    def __init__(self, rule, schedule=EVERY_TWO, make=DSR):
        self.rng = np.random.default_rng(1)
        shapes = list(pairwise(SIZES))
        masks = [draw_fan_in(shape, 5, self.rng) for shape in shapes[:-1]]
        whole = [(self.rng.standard_normal(s) * 2 * s[0] ** -0.5).astype("f4") for s in shapes]
        self.wiring = Wiring([*masks, None], rule, schedule, self.rng)
        self.weights = [scaled(w, m) for w, m in zip(whole, masks, strict=False)] + [whole[-1]]
        self.trainer = make(Feedback("bp", self.weights, self.rng), n_steps=5)
        self.descent = Momentum(0.05, 0.9)

    def step(self):
        images = self.rng.random((20, SIZES[0])).astype("f4")
        labels = self.rng.integers(0, SIZES[-1], 20)
        updates = {u.layer: u for u in self.trainer.updates(self.weights, images, labels)}
        gradient = [updates[layer].gradient() for layer in range(len(self.weights))]
        self.wiring.observe([updates[layer].activity for layer in range(len(self.weights))])
        self.descent.step(self.weights, self.wiring.confine(gradient))
        return self.wiring.after_step(self.weights, gradient, [self.descent.moments])

    def outside(self):
        """Return all weights and moments outside of the masks."""
        held = (self.weights, self.descent.moments)
        return np.concatenate(
            [
                array[~mask]
                for arrays in held
                for array, mask in zip(arrays, self.wiring.masks, strict=True)
                if mask is not None
            ]
        )


@pytest.mark.parametrize("make", [DSR, BPTT])
@pytest.mark.parametrize("name", RULES)
def test_weights_and_moments_outside_of_masks_are_0_after_every_step(name, make):
    learning = Learning(RULES[name], make=make)
    counts = [mask.sum() for mask in learning.wiring.masks[:-1]]
    for number in range(1, N_STEPS + 1):
        before = [mask.copy() for mask in learning.wiring.masks[:-1]]
        changed = learning.step()
        assert not learning.outside().any()
        assert set(changed) == ({0, 1} if number % 2 == 0 else set())
        for layer, found in changed.items():
            assert found.mask is learning.wiring.masks[layer]
            assert not learning.weights[layer][found.grown].any()
            assert not learning.descent.moments[layer][found.grown].any()
        for mask, old, count in zip(learning.wiring.masks, before, counts, strict=False):
            if name != "srigl":
                assert mask.sum() == count
            assert changed or np.array_equal(mask, old)
    assert learning.wiring.n_moved > 0


def test_whatever_changed_outside_of_the_masks_is_undone():
    learning = Learning(None)
    learning.step()
    for array in (*learning.weights, *learning.descent.moments):
        array += 1
    learning.wiring.after_step(learning.weights, learning.weights, [learning.descent.moments])
    assert not learning.outside().any()
    assert learning.weights[0].any()
    # The read-out has no mask.
    assert (learning.descent.moments[-1] != 0).all()


def test_masks_stay_without_a_rule():
    learning = Learning(None)
    before = [mask.copy() for mask in learning.wiring.masks[:-1]]
    for _ in range(N_STEPS):
        assert not learning.step()
        assert not learning.outside().any()
    assert all(map(np.array_equal, before, learning.wiring.masks))
    assert learning.wiring.n_moved == 0


def test_constant_fan_in_stays_within_the_budget_of_the_first_masks():
    learning = Learning(RULES["srigl"])
    for _ in range(2 * N_STEPS):
        learning.step()
        for mask, budget in zip(learning.wiring.masks, (80, 40), strict=False):
            counts = mask.sum(axis=0)
            assert len(set(counts) - {0}) == 1
            n_left = np.count_nonzero(counts)
            assert budget - n_left < mask.sum() <= budget or counts.max() == len(mask)


def test_activities_of_the_window_count_and_no_others():
    learning = Learning(RULES["hebb"], Schedule(every=5, share=0.5, window=2))
    watched, held = [], []
    for _ in range(10):
        watched.append(learning.wiring.is_watching)
        learning.step()
        held.append(bool(learning.wiring.state()["product/0"].any()))
    assert watched == [False, False, False, True, True] * 2
    # What one rewiring went by is forgotten at the next.
    assert held == [False, False, False, True, False] * 2


@pytest.mark.parametrize("name", ["hebb", "srigl"])
def test_going_on_from_a_checkpoint_changes_no_bit(name):
    # After an odd number of steps similarities are half collected.
    whole, part, rest = (Learning(RULES[name]) for _ in range(3))
    for _ in range(5):
        whole.step()
    for _ in range(3):
        part.step()
    rest.wiring.restore({k: v.copy() for k, v in part.wiring.state().items()})
    rest.descent.moments = [moment.copy() for moment in part.descent.moments]
    for weight, held in zip(rest.weights, part.weights, strict=True):
        weight[:] = held
    rest.rng.bit_generator.state = part.rng.bit_generator.state
    for _ in range(2):
        rest.step()
    for one, other in zip(whole.weights, rest.weights, strict=True):
        assert np.array_equal(one, other)
    assert rest.wiring.n_moved == whole.wiring.n_moved


def test_share_falls_as_a_half_cosine_and_ends():
    schedule = Schedule(every=10, share=0.3, until=40)
    shares = [schedule.share_at(step) for step in range(1, 61)]
    assert np.flatnonzero(shares).tolist() == [9, 19, 29]
    assert shares[19] == pytest.approx(0.15)
    assert Schedule(every=10, share=0.3).share_at(1000) == 0.3
    with pytest.raises(SpecError, match="every 0"):
        Schedule(every=0)


def test_momentum_goes_on_and_without_it_descent_is_plain():
    weight, gradient = np.zeros((2, 2)), np.ones((2, 2))
    descent = Momentum(0.1, 0.5)
    for _ in range(3):
        descent.step([weight], [gradient])
    # 1 + 1.5 + 1.75 moments of rate 0.1.
    np.testing.assert_allclose(weight, -0.425)
    plain = np.zeros((2, 2))
    Momentum(0.1, 0.0).step([plain], [gradient])
    np.testing.assert_allclose(plain, -0.1)
    with pytest.raises(SpecError, match="rate 0"):
        Momentum(0, 0.9)
