"""The read-out gives back the image behind a code, and the usual image is taken away."""

import numpy as np
import pytest

from experiments.memory.readout import decode

IMAGES = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [1.0, 1.0]]])
CODES = np.array([[1, 1, 0, 0], [0, 0, 1, 1]], dtype=bool)
LEARNT = CODES.T.astype(float) @ IMAGES.reshape(2, 4)


def test_disjoint_codes_give_their_images_less_the_mean_image():
    assert decode(LEARNT, CODES, (2, 2)) == pytest.approx(IMAGES - IMAGES.mean(axis=0))


def test_a_volley_of_all_cells_says_nothing():
    assert decode(LEARNT, np.ones((1, 4), dtype=bool), (2, 2)) == pytest.approx(np.zeros((1, 2, 2)))


def test_nothing_recalled_is_a_blank_image():
    assert not decode(LEARNT, np.zeros((1, 4), dtype=bool), (2, 2)).any()
