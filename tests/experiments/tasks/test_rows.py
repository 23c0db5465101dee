"""Rows of real digits through networks of which it is known what they keep."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from experiments.tasks.rows import Rows, classify, draw_rows, show_rows
from networks.inputs.images import Images, load_images
from neuro.errors import SpecError


def numbered(n_train: int, n_test: int) -> Images:
    """Return images of 2 x 3 pixels that bear their number; those for tests begin with 100."""
    train, test = (
        np.tile(first + np.arange(n, dtype=np.float32)[:, None], 6)
        for first, n in ((0, n_train), (100, n_test))
    )
    return Images(train, np.arange(n_train) % 2, test, np.arange(n_test) % 2, (2, 3))


@pytest.fixture(scope="module")
def digits() -> Rows:
    return draw_rows(load_images("digits"), 600, 200, 300, np.random.default_rng(0))


def test_images_that_test_are_those_for_tests_and_none_comes_twice():
    rows = draw_rows(numbered(20, 10), 12, 5, 8, np.random.default_rng(1))
    number = rows.inputs[:, 0, 0]
    assert rows.inputs.shape == (25, 2, 3)
    assert len(set(number)) == 25
    assert (number[rows.division.learn] < 100).all()
    assert (number[rows.division.test] >= 100).all()
    np.testing.assert_array_equal(number % 2, rows.labels)


def test_network_sees_the_rows_from_the_top_down():
    pixels = np.arange(24, dtype=np.float32).reshape(4, 6)
    images = Images(pixels, np.arange(4), pixels, np.arange(4), (2, 3))
    rows = draw_rows(images, 2, 2, 2, np.random.default_rng(2))
    states = show_rows(lambda state, row: 10 * state + row, np.ones(3), rows)
    np.testing.assert_array_equal(states[0], 10 + rows.inputs[:, 0])
    np.testing.assert_array_equal(states[1], 100 + 10 * rows.inputs[:, 0] + rows.inputs[:, 1])


@pytest.mark.parametrize("kind", ["ridge", "logistic"])
def test_register_of_all_rows_knows_the_image_and_the_last_row_does_not(digits: Rows, kind: str):
    def shift(state: np.ndarray, row: np.ndarray) -> np.ndarray:
        return np.concatenate([row, state[:, :-8]], axis=1)

    states = show_rows(shift, np.zeros(64), digits)
    whole = classify(states[-1], digits, kind, (1e-4, 1e-2))
    last = classify(states[-1][:, :8], digits, kind, (1e-4, 1e-2))
    # Linear read-outs of all pixels are right nine times in ten.
    assert whole.accuracy > 0.88
    assert 0.2 < last.accuracy < 0.7


def test_features_that_have_nothing_to_do_with_the_labels_are_read_at_chance(digits: Rows):
    noise = np.random.default_rng(3).standard_normal((len(digits.labels), 20))
    # Ten classes, 300 images: deviation 0.017; 4 sigma.
    assert classify(noise, digits).accuracy == pytest.approx(0.1, abs=0.07)


def test_labels_of_the_test_do_not_train(digits: Rows):
    features = digits.inputs.reshape(len(digits.labels), -1)
    hidden = digits.labels.copy()
    hidden[digits.division.test] = 0
    found = classify(features, replace(digits, labels=hidden))
    np.testing.assert_array_equal(found.predicted, classify(features, digits).predicted)


def test_more_images_than_there_are_are_refused():
    rng = np.random.default_rng(4)
    for counts in ((18, 3, 5), (10, 5, 11), (10, 1, 5)):
        with pytest.raises(SpecError, match="images to"):
            draw_rows(numbered(20, 10), *counts, rng)
