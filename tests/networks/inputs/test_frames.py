"""Random frames have as many active and moving pixels as was asked for."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.inputs.frames import moving_frames, noise_frames
from neuro.errors import SpecError


def rng(seed=0):
    return np.random.default_rng(seed)


def test_noise_has_every_number_of_pixels_between_its_bounds():
    frames = noise_frames(400, 144, 9, 12, rng())
    count = np.bincount(frames.sum(axis=1))
    assert set(np.flatnonzero(count)) == {9, 10, 11, 12}
    # Four numbers with chance 1/4 each; 4 sigma of a binomial, one false alarm in 4000 seeds.
    assert (abs(count[9:] - 100) < 4 * np.sqrt(400 * 0.25 * 0.75)).all()


@given(length=st.integers(1, 12), moved=st.integers(0, 5), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_so_many_pixels_move(length, moved, seed):
    frames = moving_frames(length, 60, 5, 9, moved, rng(seed))
    assert len(set(frames.sum(axis=1))) == 1
    gone = (frames[:-1] & ~frames[1:]).sum(axis=1)
    come = (frames[1:] & ~frames[:-1]).sum(axis=1)
    assert (gone == moved).all()
    assert (come == moved).all()


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match="ascending"):
        noise_frames(3, 10, 5, 4, rng())
    with pytest.raises(SpecError, match="11 pixels move"):
        moving_frames(3, 30, 10, 12, 11, rng())
