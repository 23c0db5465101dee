"""Thresholds as scales of synapses: the same spikes, and their gradient."""

import numpy as np
import pytest

from neuro.errors import NumericalError
from neuro.layers.cells import StepCell
from neuro.layers.step_layer import advance, at_rest
from plasticity.gradient.bptt import BPTT
from plasticity.gradient.feedback import Feedback
from plasticity.gradient.loss import cross_entropy
from plasticity.gradient.threshold import learn_thresholds


def test_a_threshold_is_the_inverse_scale_of_the_synapses():
    rng = np.random.default_rng(0)
    # Powers of two: scaling by them is exact, so that the spikes are the same ones.
    threshold, current = 0.25, rng.normal(size=(30, 5, 8))
    state = at_rest(5, 8, np.float64)
    plain, _ = advance(current / threshold, StepCell(), state)
    lowered, _ = advance(current, StepCell(threshold=threshold), at_rest(5, 8, np.float64))
    assert plain.sum() > 100
    assert np.array_equal(plain, lowered)


def test_the_step_is_along_the_gradient_of_the_gains():
    rng = np.random.default_rng(1)
    weights = [rng.normal(size=(6, 5)), rng.normal(size=(5, 3))]
    inputs, labels = rng.normal(size=(4, 6)), rng.integers(0, 3, 4)
    cell = StepCell(reset="none")
    trainer = BPTT(Feedback("bp", weights, rng), cell, n_steps=4, smooth=True)
    gradient = [np.zeros_like(weight) for weight in weights]
    for update in trainer.updates(weights, inputs, labels):
        gradient[update.layer] += update.gradient()

    def loss(gain):
        return cross_entropy(
            trainer.predict([weights[0] * gain, weights[1]], inputs).logits, labels
        )

    slopes = [(loss(1 + 1e-6 * e) - loss(1 - 1e-6 * e)) / 2e-6 for e in np.eye(5)]
    before = weights[0].copy()
    thresholds = learn_thresholds(weights[0], gradient[0], 0.1)
    np.testing.assert_allclose(1 / thresholds, 1 - 0.1 * np.array(slopes), atol=1e-6)
    np.testing.assert_allclose(weights[0], before / thresholds)


def test_a_rate_that_turns_synapses_over_is_refused():
    with pytest.raises(NumericalError, match="lower the rate"):
        learn_thresholds(np.ones((2, 1)), np.ones((2, 1)), 1.0)
