"""Synapses of macs that fade: known weights, lives, permanence; and when nothing fades at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.inputs.frames import noise_frames
from networks.inputs.patterns import fixed_k
from networks.memories.sparsey.ages import fade
from networks.memories.sparsey.fading import Decay
from networks.memories.sparsey.hierarchy import Hierarchy
from networks.memories.sparsey.hypotheses import Hypotheses
from networks.memories.sparsey.mac import Mac, MacMemory
from networks.memories.sparsey.settings import CriticalPeriod, Level, Selection
from networks.memories.sparsey.theory import fading_recall, random_code_recall
from neuro.errors import SpecError

RANDOM = Selection(chi=0.0)
# Every synapse counts exactly 1 until it is gone.
SUDDEN = 0.0


@pytest.mark.parametrize(
    ("life", "convexity", "age", "known"),
    [(100, 0.5, 50, 0.99505), (10, 10.0, 5, 2 / 3), (10, 10.0, 0, 1.0), (10, 3.0, 10, 0.0),
     (10, 3.0, 400, 0.0), (7, SUDDEN, 6, 1.0)],
)  # fmt: skip
def test_weights_by_age_are_those_tabled(life: int, convexity: float, age: int, known: float):
    assert fade(age, life, convexity) == pytest.approx(known, abs=5e-6)


@given(st.integers(1, 500), st.floats(1e-6, 1e6))
def test_a_weight_falls_from_one_to_none(life: int, convexity: float):
    weight = np.array([fade(age, life, convexity) for age in range(life + 2)])
    assert weight[0] == 1.0
    assert np.all(np.diff(weight) <= 1e-15)
    assert np.all(weight[:life] > 0)
    assert weight[life:].tolist() == [0.0, 0.0]


def shown(memory: MacMemory, frames: np.ndarray, begins: np.ndarray) -> list[np.ndarray]:
    """Return codes while learning and afterwards, and what was set."""
    above = np.eye(10, dtype=bool)[np.arange(len(frames)) // 12]
    given, again = memory.learn(frames, above, begins), memory.read(frames, None, begins)
    found = [given.winners, given.familiarity, again.winners, again.familiarity]
    for part in (memory.up, memory.beside, memory.above):
        found += [part.weight, part.n_set, part.frozen]
    return found


@pytest.mark.parametrize("scope", ["never", "mac", "unit"])
def test_what_lives_for_ever_and_counts_alike_is_no_other_mac(scope):
    """Ages are kept and read, and change no bit of codes, G, synapses or what freezes."""
    frames = noise_frames(120, 144, 9, 12, np.random.default_rng(1))
    begins = np.arange(120) % 10 == 0
    asked = {"horizontal": True, "top_down": 10, "period": CriticalPeriod(scope, 0.2)}
    plain = Mac(144, 9, 16, **asked).empty(np.random.default_rng(2))
    ageing = Mac(
        144, 9, 16, **asked, decay=Decay(10**9, SUDDEN), hypotheses=Hypotheses(0.0, 10**9)
    ).empty(np.random.default_rng(2))
    for one, other in zip(shown(plain, frames, begins), shown(ageing, frames, begins), strict=True):
        assert np.array_equal(one, other)
    assert ageing.bytes > plain.bytes
    assert ageing.operations.writes == plain.operations.writes


def test_a_hierarchy_whose_synapses_never_fade_is_the_plain_one():
    found = []
    for more in ({}, {"decay": Decay(10**9, SUDDEN), "hypotheses": Hypotheses(0.0, 10**9)}):
        levels = (
            Level(2, 6, 4, 8, neighbours=True, **more), Level(1, 2, 5, 8, persistence=2, **more),
        )  # fmt: skip
        source = np.random.default_rng(3)
        memory = Hierarchy((10, 10), levels).empty(source)
        clips = [source.random((6, 10, 10)) < 0.2 for _ in range(4)]
        codes = [level for clip in clips for level in memory.learn(clip)]
        codes += [level for clip in clips for level in memory.read(clip)]
        found.append([array for code in codes for array in (code.winners, code.familiarity)])
    for one, other in zip(*found, strict=True):
        np.testing.assert_array_equal(one, other)


def test_only_the_last_items_are_known_and_these_as_in_a_memory_of_them():
    life, stored, ages = 40, 100, (0, 20, 39, 40, 70)
    right = np.empty((8, len(ages)))
    for network in range(len(right)):
        rng = np.random.default_rng([4, network])
        memory = Mac(60, 60, 8, selection=RANDOM, decay=Decay(life, SUDDEN)).empty(rng)
        items = fixed_k(stored, 60, 12, rng)
        codes = memory.learn(items).winners
        again = memory.read(items).winners
        same = (codes == again).mean(axis=1)[::-1]
        # Items of one life are alike: average over those nearby.
        right[network] = [same[0:10].mean(), same[15:25].mean(), same[30:40].mean(),
                          same[40:50].mean(), same[65:75].mean()]  # fmt: skip
    closed = [fading_recall(60, 12, 8, life, age) for age in ages]
    assert closed[0] == closed[2] == random_code_recall(60, 12, 8, life)
    assert 0.4 < closed[0] < 0.98
    assert closed[3:] == [1 / 8, 1 / 8]
    error = 5 * right.std(axis=0, ddof=1) / np.sqrt(len(right))
    assert np.all(np.abs(right.mean(axis=0) - closed) < error)
    assert error.max() < 0.1


def one_item(decay: Decay, **more: object) -> tuple[MacMemory, np.ndarray]:
    """Learn one item in an empty mac."""
    memory = Mac(50, 6, 5, decay=decay, **more).empty(np.random.default_rng(5))
    item = fixed_k(1, 50, 10, np.random.default_rng(6))
    memory.learn(item)
    return memory, item


def test_familiarity_of_one_item_is_its_weight():
    memory, item = one_item(Decay(20, 4.0))
    for age in range(23):
        assert memory.read(item).familiarity[0] == pytest.approx(fade(age, 20, 4.0))
        assert memory.read(item).familiarity[0] == pytest.approx(fade(age, 20, 4.0))
        memory.wait(1)
    assert not memory.up.weight.any()
    assert not memory.up.n_set.any()


def test_what_is_shown_again_while_strong_lives_longer():
    """Three classes of 10, 20 and 40 steps; shown again when weak, or dead, it gains nothing."""
    decay = Decay(10, 1.0, classes=3, slower=2.0, high=0.9)
    life_of = []
    for waits in ([], [3], [3, 3], [3, 3, 3], [9], [30]):
        memory, item = one_item(decay, selection=Selection(chi=1e9))
        for wait in waits:
            memory.wait(wait)
            memory.learn(item)
        age = 0
        while memory.read(item).familiarity[0] > 0:
            memory.wait(1)
            age += 1
        life_of.append(age)
    # w is .902 after 4 steps of 10 (one is the presentation), .55 after 10 of 10, gone at 31.
    assert fade(4, 10, 1.0) > 0.9 > fade(9, 10, 1.0)
    assert life_of == [10, 20, 40, 40, 10, 10]


def test_a_frozen_mac_does_not_forget():
    memory, item = one_item(Decay(5, 1.0), period=CriticalPeriod("mac", 0.01))
    assert memory.up.frozen.all()
    memory.wait(100)
    assert memory.read(item).familiarity[0] == 1.0
    memory.learn(fixed_k(20, 50, 10, np.random.default_rng(7)))
    assert memory.read(item).familiarity[0] == 1.0


def test_the_dead_do_not_end_a_period():
    """Ten items, one alive at a time: the fill stays that of one, and the mac goes on learning."""
    period = CriticalPeriod("mac", 0.1)
    items = fixed_k(10, 50, 10, np.random.default_rng(8))
    for life, is_frozen in ((1, False), (100, True)):
        memory = Mac(50, 6, 5, decay=Decay(life, 1.0), period=period, selection=RANDOM).empty(
            np.random.default_rng(9)
        )
        memory.learn(items)
        assert memory.up.frozen.any() == is_frozen


@pytest.mark.parametrize(
    "wrong",
    [{"steps": 0}, {"convexity": -1.0}, {"convexity": np.inf}, {"classes": 0}, {"slower": 0.5},
     {"high": 1.5}, {"steps": 10**8, "classes": 10}],
)  # fmt: skip
def test_wrong_settings_are_refused_by_name(wrong):
    with pytest.raises(SpecError, match=next(iter(wrong))):
        Decay(**({"steps": 10} | wrong))


def test_no_time_passes_backwards():
    memory, _ = one_item(Decay(5))
    with pytest.raises(SpecError, match="steps -1"):
        memory.wait(-1)
