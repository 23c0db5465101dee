"""Macs that vote on classes: labels gate learning, are read out, and freeze with their units."""

import numpy as np
import pytest

from networks.inputs.patterns import fixed_k
from networks.memories.sparsey.afferents import dense
from networks.memories.sparsey.fields import squares
from networks.memories.sparsey.generation import SILENT, intersection, reconstruct, replay
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.settings import CriticalPeriod, Selection
from networks.memories.sparsey.voters import Stack, Voters
from neuro.errors import SpecError

SHARP = Selection(g_min=0.3, gamma=2, chi=3, s2=60, s3=0.9)
MAC = Mac(1, 30, 12, selection=SHARP, period=CriticalPeriod("unit", 0.52))


def rng(seed=1):
    return np.random.default_rng(seed)


def noisy_classes(n, source, prototypes, flips=10):
    """Draw n patterns of each prototype with some units inverted."""
    labels = np.arange(n * len(prototypes)) % len(prototypes)
    patterns = prototypes[labels].copy()
    for pattern in patterns:
        pattern[source.choice(len(pattern), flips, replace=False)] ^= True
    return patterns, labels


@pytest.fixture
def task():
    source = rng()
    prototypes = fixed_k(4, 100, 30, source)
    return noisy_classes(10, source, prototypes), noisy_classes(25, source, prototypes)


WHOLE = (np.arange(100),)


def voters(fields=WHOLE, gate=1.0, seed=2):
    mac = Mac(
        1, 30, 12, powers=(1.0, 1.0, gate), selection=SHARP, period=CriticalPeriod("unit", 0.52)
    )
    return Voters(mac, fields, 4, True, rng(seed))


def test_classes_are_told_by_one_mac_four_macs_and_two_levels(task):
    (learnt, labels), (asked, truth) = task
    fields = squares((10, 10), 2, 6)
    high = Voters(
        Mac(1, 20, 12, selection=SHARP, period=CriticalPeriod("unit", 0.1)),
        [np.arange(4 * 30 * 12)], 4, False, rng(3),
    )  # fmt: skip
    for stack in (
        Stack([voters()]),
        Stack([voters(fields)]),
        Stack([voters(fields, gate=0.0), high]),
    ):
        stack.learn(learnt, labels)
        # Chance is 1/4.
        assert (stack.classify(asked) == truth).mean() > 0.9
        assert stack.bytes > 0
        assert stack.operations.writes > 0


def test_votes_count_the_synapses_to_each_class(task):
    (learnt, labels), _ = task
    level = voters()
    level.learn(learnt, labels)
    codes = level.read(learnt[:5])
    links = dense(level.macs[0].above, 4)
    for votes, winners in zip(level.votes(codes), codes[0].winners, strict=True):
        units = np.arange(30) * 12 + winners
        np.testing.assert_array_equal(votes, links[:, units].sum(axis=1))


def test_the_label_keeps_units_to_one_class():
    """Two classes that look the same share units, unless the label acts while they learn."""
    source = rng(4)
    learnt, _ = noisy_classes(40, source, fixed_k(1, 100, 30, source), flips=3)
    labels = np.arange(40) % 2
    shared = []
    for gate in (1.0, 0.0):
        level = voters(gate=gate)
        level.learn(learnt, labels)
        shared.append((dense(level.macs[0].above, 4).sum(axis=0) > 1).mean())
    assert shared[0] < shared[1] / 2


def test_fields_reach_from_border_to_border_through_all_planes():
    fields = squares((2, 5, 7), 2, 4)
    rows, columns = zip(*[np.unravel_index(field, (2, 5, 7))[1:] for field in fields], strict=True)
    assert [(r.min(), r.max(), c.min(), c.max()) for r, c in zip(rows, columns, strict=True)] == [
        (0, 3, 0, 3), (0, 3, 3, 6), (1, 4, 0, 3), (1, 4, 3, 6),
    ]  # fmt: skip
    assert {len(field) for field in fields} == {2 * 16}
    with pytest.raises(SpecError, match="fields of 6 pixels"):
        squares((5, 7), 2, 6)


def test_a_code_is_read_down_to_the_lines_that_made_it():
    source = rng(5)
    mac = Mac(60, 5, 6).empty(source)
    patterns = fixed_k(2, 60, 10, source)
    codes = mac.learn(patterns).winners
    drive = reconstruct(mac, codes)
    assert (drive[patterns] == 1).all()
    units = mac.units(codes)
    np.testing.assert_allclose(drive, units.astype(int) @ dense(mac.up, 60).T / 5)
    silent = np.array([[SILENT] * 5, [*codes[1][:1], *[SILENT] * 4]])
    drive = reconstruct(mac, silent)
    assert not drive[0].any()
    np.testing.assert_array_equal(drive[1], dense(mac.up, 60)[:, codes[1][0]])


def test_the_intersection_is_the_commonest_unit_of_each_module():
    code, fraction = intersection(np.array([[0, 2, 1], [0, 1, 1], [3, 1, 1], [3, 0, 1]]), 4)
    assert code.tolist() == [0, 1, 1]
    assert fraction.tolist() == [0.5, 0.5, 1.0]


def test_a_sequence_goes_on_from_its_first_frame():
    source = rng(6)
    mac = Mac(144, 9, 16, horizontal=True).empty(source)
    frames = fixed_k(10, 144, 10, source)
    begins = np.arange(10) == 0
    learnt = mac.learn(frames, begins=begins)
    codes = replay(mac, frames[0], 10)
    np.testing.assert_array_equal(codes.winners, learnt.winners)
    # All winners of a frame are joined with its pixels; few others are joined with all winners.
    seen = reconstruct(mac, codes.winners) == 1
    assert (seen & frames).sum() == frames.sum()
    assert (seen & ~frames).sum() < 0.05 * frames.sum()
