"""Winners of each layer: how many fire, who learns, and the plain network where all may."""

import numpy as np
import pytest

from plasticity.gradient.dsr import DSR
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.winners import Winners, inhibit


@pytest.fixture
def network():
    rng = np.random.default_rng(0)
    weights = [rng.normal(size=(12, 20)), rng.normal(size=(20, 4))]
    return weights, rng.normal(size=(30, 12)), rng.integers(0, 4, 30)


def test_so_many_stay_above_zero_and_ties_lose_together():
    rng = np.random.default_rng(1)
    left = inhibit(rng.normal(size=(50, 20)), 0.25)
    assert ((left > 0).sum(axis=1) == 5).all()
    assert (inhibit(np.ones((3, 20)), 0.25) <= 0).all()
    every = rng.normal(size=(2, 20))
    assert inhibit(every, 1.0) is every


def test_only_winners_spike_and_learn(network):
    weights, inputs, labels = network
    trainer = Winners(Feedback("bp", weights, np.random.default_rng(0)), winners=0.1)
    rates = trainer._forward(weights, inputs)[0].rate
    assert ((rates > 0).sum(axis=1) <= 2).all()
    assert rates.sum() > 0
    for update in trainer.updates(weights, inputs, labels):
        if update.layer == 0:
            assert ((update.error != 0).sum(axis=1) <= 2).all()
            assert update.error.any()


def test_where_all_may_win_it_is_the_plain_trainer(network):
    weights, inputs, labels = network
    feedback = Feedback("bp", weights, np.random.default_rng(0))
    plain, winners = DSR(feedback), Winners(feedback, winners=1.0)
    assert np.array_equal(
        plain.predict(weights, inputs).logits, winners.predict(weights, inputs).logits
    )
    pairs = zip(
        plain.updates(weights, inputs, labels),
        winners.updates(weights, inputs, labels),
        strict=True,
    )
    for one, other in pairs:
        assert np.array_equal(one.error, other.error)
        assert np.array_equal(one.presynaptic, other.presynaptic)
