"""The whole run is fixed beforehand: items apart, trials apart, learning and transmission apart."""

import itertools

import numpy as np
import pytest

from experiments.memory.schedule import Scheduler
from experiments.memory.settings import Roles, Timing
from neuro.errors import SpecError
from neuro.units import parse

DT = 0.25e-3
ROLES = Roles()
PATTERNS = np.zeros((3, 40), dtype=bool)
PATTERNS[[0, 0, 1, 1, 2], [3, 4, 4, 7, 9]] = True
NO_IMAGES = np.zeros((0, 4, 4), dtype=np.uint8)


@pytest.fixture
def schedule():
    made = Scheduler(Timing(), ROLES, DT)
    rng = np.random.default_rng(1)
    made.learn(PATTERNS[:2], NO_IMAGES, rng)
    made.test(PATTERNS[:2])
    made.learn(PATTERNS[2:], NO_IMAGES, rng)
    made.test(PATTERNS)
    return made.schedule()


def bounds(schedule):
    edges = np.cumsum([0.0, *(phase.duration.value for phase in schedule.phases)])
    return list(itertools.pairwise(edges))


def test_phases_alternate_and_switch_learning_against_transmission(schedule):
    assert [phase.name for phase in schedule.phases] == ["learn_0", "test_0", "learn_1", "test_1"]
    for phase in schedule.phases:
        learns = phase.task == "learn"
        assert phase.plasticity == {"recurrent": learns}
        assert phase.transmission == (
            {"recurrent": False, "inh_exc": False} if learns else {}
        )  # fmt: skip


def test_every_active_cell_is_cued_once_within_the_jitter(schedule):
    times, ids = schedule.spikes["cue"]
    learning = times < bounds(schedule)[0][1]
    item = Timing().item.value
    for number, pattern in enumerate(PATTERNS[:2]):
        late = times[learning] - number * item
        own = (late > -DT / 2) & (late < Timing().jitter.value + DT / 2)
        assert sorted(ids[learning][own]) == list(np.flatnonzero(pattern))


def test_items_lie_further_apart_than_window_and_jitter():
    window = 4e-3
    timing = Timing()
    assert timing.item.value - timing.jitter.value > window + DT


def test_learning_ends_with_a_pause_longer_than_the_axons(schedule):
    begin, end = bounds(schedule)[0]
    times, _ = schedule.spikes["cue"]
    last = times[(times >= begin) & (times < end)].max()
    assert end - last > 20e-3


def test_a_trial_is_a_cue_then_silence_then_pulses(schedule):
    times, _ = schedule.spikes["reset"]
    for starts, (begin, end) in zip(schedule.trials, bounds(schedule)[1::2], strict=True):
        length = (end - begin) / len(starts)
        assert np.allclose(np.diff(starts), length)
        pulses = (times[(times >= begin - DT / 2) & (times < end - DT / 2)] - begin) % length
        assert pulses.min() == pytest.approx(schedule.settle)
        assert len(pulses) == len(starts) * Timing().pulses


def test_an_image_fires_the_pixels_above_half(schedule):
    made = Scheduler(Timing(), ROLES, DT)
    image = np.array([[[0, 127], [128, 255]]], dtype=np.uint8)
    made.learn(PATTERNS[:1], image, np.random.default_rng(1))
    assert list(made.schedule().spikes["image"][1]) == [2, 3]
    assert made.schedule().phases[0].plasticity == {"recurrent": True, "readout": True}


def test_an_interval_below_the_time_step_is_refused():
    with pytest.raises(SpecError, match=r"timing\.item"):
        Scheduler(Timing(item=parse("0.1 ms")), ROLES, DT)
