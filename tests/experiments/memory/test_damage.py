"""Damage does to an image what its name says."""

import numpy as np
import pytest

from experiments.memory.damage import DAMAGES, blank_rows, flipped, noisy, shifted

RNG_SEED = 3
GREY = np.full((50, 28, 28), 128, dtype=np.uint8)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=list(DAMAGES))
def test_the_original_is_left_alone(damage):
    image = GREY.copy()
    image[:, 10, 10] = 255
    before = image.copy()
    damaged = damage(image, np.random.default_rng(RNG_SEED))
    assert damaged.shape == image.shape
    assert damaged.dtype == np.uint8
    assert (damaged != before).any()
    assert (image == before).all()


def test_six_rows_are_blank():
    damaged = blank_rows(GREY, np.random.default_rng(RNG_SEED))
    blank = (damaged == 0).all(axis=2)
    assert (blank.sum(axis=1) == 6).all()
    assert (damaged[~blank] == 128).all()


def test_a_shift_moves_one_pixel_to_the_right():
    image = np.zeros((1, 28, 28), dtype=np.uint8)
    image[0, 5, 8] = 200
    assert np.argwhere(shifted(image, np.random.default_rng(RNG_SEED))).tolist() == [[0, 5, 9]]


def test_five_per_cent_are_flipped():
    black = np.zeros((50, 28, 28), dtype=np.uint8)
    share = (flipped(black, np.random.default_rng(RNG_SEED)) == 255).mean()
    # Five standard deviations of a binomial share of 39,200 pixels.
    assert share == pytest.approx(0.05, abs=5 * np.sqrt(0.05 * 0.95 / black.size))


def test_noise_has_its_standard_deviation():
    deviation = (noisy(GREY, np.random.default_rng(RNG_SEED)).astype(float) - 128).std()
    # Clipping to 0..255 at 2.5 standard deviations takes off about 1.6 %.
    assert deviation == pytest.approx(50, rel=0.03)
