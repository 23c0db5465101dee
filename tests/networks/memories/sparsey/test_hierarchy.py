"""Levels of macs: who sees whom and when, how long codes last, and clips that are kept."""

import numpy as np
import pytest

from networks.inputs.clips import action_clips
from networks.memories.sparsey.afferents import dense
from networks.memories.sparsey.hierarchy import Hierarchy
from networks.memories.sparsey.settings import Level, Selection
from neuro.errors import SpecError

SHARP = Selection(g_min=0.3, gamma=2, chi=3, s2=100, s3=0.95)
LOW = Level(2, 6, 4, 8, selection=SHARP)
HIGH = Level(1, 2, 5, 8, selection=SHARP)


def rng(seed=1):
    return np.random.default_rng(seed)


def frames(n, seed=2, level=0.2):
    return rng(seed).random((n, 10, 10)) < level


def lines(winners, units):
    return (winners[..., None] == np.arange(units)).ravel()


def test_each_level_sees_this_frame_below_and_the_frame_before_beside_and_above():
    """With one presentation every synapse is the outer product of what was active."""
    memory = Hierarchy((10, 10), (LOW, HIGH)).empty(rng())
    clip = frames(2)
    low, high = memory.learn(clip)
    top = memory.macs[1][0]
    code = [lines(high.winners[t, 0], 8) for t in range(2)]
    below = [lines(low.winners[t], 8) for t in range(2)]
    up = np.outer(below[0], code[0]) | np.outer(below[1], code[1])
    np.testing.assert_array_equal(dense(top.up, 4 * 4 * 8), up)
    own_module = np.kron(np.eye(5), np.ones((8, 8))) > 0
    np.testing.assert_array_equal(dense(top.beside, 40), np.outer(code[0], code[1]) & ~own_module)
    mac = memory.macs[0][1]
    second = lines(low.winners[1, 1], 8)
    np.testing.assert_array_equal(dense(mac.above, 40), np.outer(code[0], second))
    seen = clip.reshape(2, -1)[:, memory.fields[0][1]]
    first = lines(low.winners[0, 1], 8)
    np.testing.assert_array_equal(
        dense(mac.up, 36), np.outer(seen[0], first) | np.outer(seen[1], second)
    )


def test_neighbours_send_what_they_were():
    level = Level(2, 6, 4, 8, neighbours=True, selection=SHARP)
    memory = Hierarchy((10, 10), (level, HIGH)).empty(rng())
    low, _ = memory.learn(frames(2))
    mac = memory.macs[0][0]
    # Of a grid of two by two, macs 2 and 1 are below and right of mac 0.
    before = lines(low.winners[0, [0, 2, 1]], 8)
    second = lines(low.winners[1, 0], 8)
    joined = np.outer(before, second)
    joined[:32] &= ~(np.kron(np.eye(4), np.ones((8, 8))) > 0)
    np.testing.assert_array_equal(dense(mac.beside, 96), joined)


def test_codes_persist_longer_the_higher_they_are():
    high = Level(1, 2, 5, 8, persistence=3, selection=SHARP)
    _, codes = Hierarchy((10, 10), (LOW, high)).empty(rng()).learn(frames(7))
    same = (codes.winners[1:] == codes.winners[:-1]).all(axis=(1, 2))
    assert same.tolist() == [True, True, False, True, True, False]


def test_a_code_is_held_while_its_field_stays_as_it_was():
    clip = np.concatenate([frames(1)] * 3 + [frames(2, seed=5)])
    for holds, changes in ((True, [False, False, True, True]), (False, [True] * 4)):
        level = Level(2, 6, 4, 8, holds=holds, selection=SHARP)
        low, _ = Hierarchy((10, 10), (level, HIGH)).empty(rng()).learn(clip)
        changed = (low.winners[1:, 0] != low.winners[:-1, 0]).any(axis=1)
        assert changed.tolist() == changes


def test_macs_are_silent_where_too_little_or_too_much_is_to_be_seen():
    level = Level(2, 6, 4, 8, least=0.1, most=0.5, selection=SHARP)
    clip = np.zeros((3, 10, 10), dtype=bool)
    clip[0, :2, :3] = True  # 6 of 36 pixels of the first field only
    clip[1] = True
    low, high = Hierarchy((10, 10), (level, HIGH)).empty(rng()).learn(clip)
    is_on = low.winners[:, :, 0] >= 0
    assert is_on.tolist() == [[True, False, False, False], [False] * 4, [False] * 4]
    assert (high.winners[:, 0, 0] >= 0).tolist() == [True, False, False]
    assert np.isnan(low.familiarity[1:]).all()


def test_clips_are_recognised_after_one_presentation():
    """Six clips of actions, two levels: the codes of learning come back, and G is 1."""
    levels = (
        Level(4, 14, 8, 64, paired=True, holds=True, least=0.02, most=0.6, selection=SHARP),
        Level(1, 4, 16, 64, persistence=2, holds=True, least=0.05,
              selection=Selection(0.1, 2, 3, 1, 40, 0.6)),
    )  # fmt: skip
    clips, labels = action_clips(1, 10, rng(3))
    assert sorted(labels) == list(range(6))
    memory = Hierarchy((42, 60), levels).empty(rng(4))
    given = [memory.learn(clip) for clip in clips]
    writes = memory.operations.writes
    again = [memory.read(clip) for clip in clips]
    assert memory.operations.writes == writes
    right = np.array(
        [
            [(x.winners == y.winners)[x.winners >= 0].mean() for x, y in zip(a, b, strict=True)]
            for a, b in zip(given, again, strict=True)
        ]
    )
    assert right[:, 0].mean() > 0.9
    assert right[:, 1].mean() > 0.95
    new, _ = action_clips(1, 10, rng(9))
    familiar = np.mean([np.nanmean(codes[1].familiarity) for codes in again])
    novel = np.mean([np.nanmean(memory.read(clip)[1].familiarity) for clip in new])
    assert familiar > 0.95
    assert novel < 0.75


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match=r"least 0\.5; needed: 0 to 0\.4"):
        Level(1, 1, 1, 1, least=0.5, most=0.4)
    with pytest.raises(SpecError, match="at least one level"):
        Hierarchy((10, 10), ())
    with pytest.raises(SpecError, match="needed: bool"):
        Hierarchy((10, 10), (LOW, HIGH)).empty(rng()).read(np.zeros((2, 9, 10), dtype=bool))
