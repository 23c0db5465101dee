"""Macs whose synapses stay and whose codes count alike: to the bit what they were before both."""

import hashlib

import numpy as np
import pytest

from networks.inputs.frames import noise_frames
from networks.memories.sparsey.hierarchy import Hierarchy
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.settings import CriticalPeriod, Level, Selection

SHARP = Selection(g_min=0.3, gamma=2, chi=3, s2=100, s3=0.95)
# Period, digest of a mac and of a hierarchy, from the algorithm without fading and hypotheses.
BEFORE = [
    (CriticalPeriod("never", 0.5), CriticalPeriod("never", 0.5),
     "9e86441bb6307e7b", "78b6fd4c5f10d131"),
    (CriticalPeriod("mac", 0.2), CriticalPeriod("mac", 0.5),
     "66bb7d63e80741ec", "0ed745b82ff56724"),
    (CriticalPeriod("unit", 0.3), CriticalPeriod("unit", 0.5),
     "b24698c743a78775", "2745a2af05e1098d"),
]  # fmt: skip


def digest(*arrays):
    whole = hashlib.sha256()
    for array in arrays:
        whole.update(np.ascontiguousarray(array).tobytes())
    return whole.hexdigest()[:16]


def parts(memory):
    matrices = (memory.up, memory.beside, memory.above)
    return [array for part in matrices for array in (part.weight, part.n_set, part.frozen)]


def accesses(memory):
    return np.array([memory.operations.reads, memory.operations.writes])


def mac_digest(period):
    source = np.random.default_rng(21)
    memory = Mac(144, 9, 16, horizontal=True, top_down=10, period=period).empty(source)
    frames = noise_frames(120, 144, 9, 12, source)
    above, begins = np.eye(10, dtype=bool)[np.arange(120) // 12], np.arange(120) % 10 == 0
    given = memory.learn(frames, above, begins)
    again = memory.read(frames, None, begins)
    codes = given.winners, given.familiarity, again.winners, again.familiarity
    return digest(*codes, *parts(memory), accesses(memory))


def hierarchy_digest(period):
    levels = (
        Level(2, 6, 4, 8, neighbours=True, selection=SHARP, period=period),
        Level(1, 2, 5, 8, persistence=2, selection=SHARP, period=period),
    )
    source = np.random.default_rng(22)
    memory = Hierarchy((10, 10), levels).empty(source)
    clips = [source.random((6, 10, 10)) < 0.2 for _ in range(5)]
    codes = [level for clip in clips for level in memory.learn(clip)]
    codes += [level for clip in clips for level in memory.read(clip)]
    shown = [array for code in codes for array in (code.winners, code.familiarity)]
    kept = [array for level in memory.macs for mac in level for array in parts(mac)]
    return digest(*shown, *kept, accesses(memory))


@pytest.mark.parametrize(("period", "_high", "mac", "_hierarchy"), BEFORE)
def test_a_mac_is_what_it_was(period, _high, mac, _hierarchy):
    assert mac_digest(period) == mac


@pytest.mark.parametrize(("_low", "period", "_mac", "hierarchy"), BEFORE)
def test_a_hierarchy_is_what_it_was(_low, period, _mac, hierarchy):
    assert hierarchy_digest(period) == hierarchy
