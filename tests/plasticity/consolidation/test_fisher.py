"""Fisher information of a linear softmax layer, which has a closed form."""

import numpy as np
import pytest

from neuro.errors import SpecError
from plasticity.consolidation.fisher import diagonal_fisher, draw_labels
from plasticity.gradient.loss import cross_entropy_error

N, N_IN, N_CLASSES = 200, 4, 3


def softmax_layer():
    rng = np.random.default_rng(0)
    weight, inputs = rng.normal(size=(N_IN, N_CLASSES)), rng.normal(size=(N, N_IN))
    logits = inputs @ weight
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return inputs, logits, chance


def fisher_of(inputs, logits, labels):
    gradients = (
        [x[:, None] * cross_entropy_error(o[None], np.array([label]))]
        for x, o, label in zip(inputs, logits, labels, strict=True)
    )
    return diagonal_fisher(gradients)[0]


def test_it_is_the_mean_square_of_input_times_error():
    inputs, logits, chance = softmax_layer()
    labels = np.random.default_rng(1).integers(0, N_CLASSES, N)
    error = chance - np.eye(N_CLASSES)[labels]
    expected = (inputs**2).T @ error**2 / N
    np.testing.assert_allclose(fisher_of(inputs, logits, labels), expected, rtol=1e-12)


def test_with_drawn_labels_its_mean_is_that_of_p_times_1_minus_p():
    """400 draws; 12 estimates within 5 standard errors: false alarm below 1e-5."""
    inputs, logits, chance = softmax_layer()
    rng = np.random.default_rng(2)
    found = np.array([fisher_of(inputs, logits, draw_labels(logits, rng)) for _ in range(400)])
    expected = (inputs**2).T @ (chance * (1 - chance)) / N
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found))
    assert (np.abs(found.mean(axis=0) - expected) < 5 * error).all()
    empirical = fisher_of(inputs, logits, np.zeros(N, dtype=int))
    assert (np.abs(empirical - expected) > 5 * error).any()


def test_no_image_has_no_information():
    with pytest.raises(SpecError, match="at least 1"):
        diagonal_fisher([])
