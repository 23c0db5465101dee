"""Stick figures: within the frame, moving, different by action, the same by seed."""

import numpy as np
import pytest

from networks.inputs.clips import ACTIONS, action_clips, draw_clip
from neuro.errors import SpecError


@pytest.mark.parametrize("name", list(ACTIONS))
def test_a_figure_is_to_be_seen_and_moves(name):
    clip = draw_clip(ACTIONS[name], 12, np.random.default_rng(1))
    assert clip.shape == (12, 42, 60)
    assert (clip.mean(axis=(1, 2)) > 0.01).all()
    assert (clip.mean(axis=(1, 2)) < 0.15).all()
    assert (clip[1:] != clip[:-1]).any(axis=(1, 2)).all()


def test_walkers_go_across_and_jumpers_go_up():
    def way(name, axis):
        clip = draw_clip(ACTIONS[name], 24, np.random.default_rng(2))
        places = np.arange(clip.shape[axis])
        other = 3 - axis
        profile = clip.sum(axis=other)
        centre = profile @ places / profile.sum(axis=1)
        return np.ptp(centre)

    assert way("walk", 2) > 12
    assert way("wave", 2) < 3
    assert way("jump", 1) > 5
    assert way("walk", 1) < 4


def test_all_actions_are_drawn_equally_often_and_again_by_the_same_seed():
    clips, labels = action_clips(3, 4, np.random.default_rng(5))
    assert np.bincount(labels).tolist() == [3] * len(ACTIONS)
    again, _ = action_clips(3, 4, np.random.default_rng(5))
    np.testing.assert_array_equal(clips, again)
    assert len({clip.tobytes() for clip in clips}) == len(clips)
    with pytest.raises(SpecError, match="at least 1"):
        draw_clip(ACTIONS["run"], 0, np.random.default_rng(0))
