"""A network under noise learns the matrix of a Willshaw memory, if energy and learning allow."""

from collections import Counter
from dataclasses import replace

import numba
import numpy as np
import pytest

from networks.inputs.patterns import corrupt, fixed_k
from networks.memories.emergent import Emergent
from networks.memories.emergent_theory import consolidated, wrong_pairs
from networks.memories.protocol import Memory
from networks.memories.willshaw import Willshaw
from networks.memories.willshaw_theory import Load, fill
from neuro.errors import SpecError

DIGITS = 1e-5
# The reference: 400 messages of 10 of 500 units, 10 presentations, no limit and no recurrence.
REFERENCE = Emergent(500, 10, repetitions=10, erase=0.2, insert=0.01, theta=4)
compiled = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="too slow without compilation")


class Counted:
    """Hold synapses that count how often they are read and written."""

    def __init__(self, values, log):
        self.values, self.log = values, log

    def __len__(self):
        return len(self.values)

    def __getitem__(self, place):
        found = self.values[place]
        if np.ndim(found):
            return Counted(found, self.log)
        self.log["reads"] += 1
        return found

    def __setitem__(self, place, value):
        self.log["writes"] += 1
        self.values[place] = value


def rng(seed=9):
    return np.random.default_rng(seed)


def learn(network, n_messages, seed=9):
    """Return the memory, its messages, and the synapses of the clean messages."""
    message = fixed_k(n_messages, network.size, network.active, rng(seed))
    memory, clean = network.empty(rng(seed + 1)), Willshaw(network.size, network.active).empty()
    memory.store(message)
    clean.store(message)
    return memory, message, clean


def test_chances_of_consolidation_are_binomial_tails():
    chance = consolidated(REFERENCE)
    assert chance.right == pytest.approx(0.969462, rel=DIGITS)
    assert chance.half_wrong == pytest.approx(8.2768e-7, rel=DIGITS)
    assert 400 * wrong_pairs(REFERENCE) == pytest.approx(1.6, abs=0.05)
    # Where everything is always active, every pair but those of the message is wrong.
    n, k = REFERENCE.size, REFERENCE.active
    everything = replace(REFERENCE, erase=0.0, insert=1.0)
    assert wrong_pairs(everything) == (n * (n - 1) - k * (k - 1)) / 2


@compiled
def test_without_limit_the_matrix_is_that_of_the_reference():
    """One seed gave: right pairs kept .9732, density .1308, activity 12.9, wrong pairs 0.

    A message's own pairs are kept with sd .02 (they share units), 400 of them with .001; density
    follows the number of different pairs, .1344 (1 +- .003).
    """
    memory, _, clean = learn(REFERENCE, 400)
    kept = (memory.weight & clean.weight).sum() / clean.weight.sum()
    assert kept == pytest.approx(0.9732, abs=0.008)
    assert memory.weight.mean() == pytest.approx(0.1308, abs=0.002)
    assert clean.weight.mean() == pytest.approx(fill(Load(500, 10, 400)), abs=0.002)
    # k (1 - p_e) + (n - k) p_i = 12.9 with sd .05 over 4000 presentations.
    assert memory.activity == pytest.approx(12.9, abs=0.2)
    # Poisson of mean 1.6: more than 8 are seen once in 10,000 seeds.
    assert (memory.weight & ~clean.weight).sum() / 2 <= 8


def wrong_bits(memory, message):
    """Count the bits that differ from the message after recall from half of it, on average."""
    return (memory.recall(corrupt(message, 5, 0, rng())) != message).sum(axis=1).mean()


@compiled
def test_a_limit_of_exactly_k_costs_right_pairs_and_recall():
    """The specification's numbers did not reproduce, what it says of the limit did.

    Its one seed: .851 of the right pairs kept with the limit, 4.1 wrong bits after half of a cue,
    .92 without the limit. Ours, mean and standard deviation of ten seeds: .604 (.008), 6.42 (.26)
    and .30 (.07); clean synapses leave .02. Five standard deviations are allowed.
    """
    memory, message, clean = learn(replace(REFERENCE, energy=10), 400)
    free, *_ = learn(REFERENCE, 400)
    kept = (memory.weight & clean.weight).sum() / clean.weight.sum()
    assert kept == pytest.approx(0.604, abs=0.04)
    assert 9.5 < memory.activity <= 10
    assert wrong_bits(memory, message) == pytest.approx(6.42, abs=1.3)
    assert wrong_bits(free, message) == pytest.approx(0.30, abs=0.29)
    assert wrong_bits(clean, message) < 0.15


@pytest.mark.parametrize("insert", [0.01, 0.05, 0.2])
def test_the_limit_bounds_activity_whatever_the_noise(insert):
    memory, _, _ = learn(Emergent(200, 8, 10, 0.2, insert, 4, energy=10, recruit=4), 20)
    shown = memory.present(np.zeros(200, bool), rng())
    assert shown.sum(axis=1).max() <= 10
    assert memory.activity <= 10


WHOLE = Emergent(500, 10, 30, 0.2, 0.01, theta=5, energy=12, recruit=6, iterations=8)
# Enough for recall of clean synapses to fail a little: .84 and .80 for two seeds.
LOAD = 600


@compiled
def test_limit_and_consolidation_make_a_willshaw_memory():
    """Two seeds gave precision .9998 and .9997, nothing lost, recall .000 and .002 less."""
    memory, message, clean = learn(WHOLE, LOAD)
    both = memory.weight & clean.weight
    assert both.sum() / clean.weight.sum() > 0.999
    assert both.sum() / memory.weight.sum() > 0.999
    cues = corrupt(message, 5, 0, rng())
    recalled, ideal = ((m.recall(cues) == message).all(axis=1).mean() for m in (memory, clean))
    assert 0.7 < ideal < 0.95
    assert abs(recalled - ideal) < 0.01


@pytest.mark.slow(reason="a network that runs away is active as a whole")
@pytest.mark.parametrize("ablated", [replace(WHOLE, energy=None), replace(WHOLE, theta=1)])
@compiled
def test_without_either_noise_fills_the_matrix(ablated):
    """Precision was .195 and .202, and nothing was recalled."""
    memory, message, clean = learn(ablated, LOAD)
    assert (memory.weight & clean.weight).sum() / memory.weight.sum() < 0.3
    assert (memory.recall(corrupt(message, 5, 0, rng())) == message).all(axis=1).mean() < 0.1


def test_a_pair_is_consolidated_by_its_last_coincidence():
    message = np.zeros((1, 6), bool)
    message[0, :3] = True
    for repetitions, theta, is_kept in ((3, 3, True), (2, 3, False)):
        memory = Emergent(6, 3, repetitions, 0.0, 0.0, theta).empty(rng())
        memory.store(message)
        assert memory.weight.sum() == (6 if is_kept else 0)
        memory.store(message)
        # Tags begin at 0 with every message.
        assert memory.weight.sum() == (6 if is_kept else 0)


def test_tags_leak_between_coincidences():
    # Noise alternates nothing here: half of the presentations erase all of a pair by chance.
    kept = []
    for leak in (0.0, 0.5, 5.0):
        network = Emergent(40, 2, 40, 0.3, 0.0, 12, leak=leak)
        memory, message, _ = learn(network, 60)
        kept.append(np.mean([memory.weight[np.ix_(m, m)].any() for m in message]))
    assert kept[0] > 0.9 > kept[1] > kept[2]


def test_a_leak_is_subtracted_once_for_each_presentation_missed():
    # Coincidences at presentations 0, 1 and 4: 1, 2, then 2 - 2 * leak + 1.
    from networks.memories.emergent import _present

    shown = np.array([[1, 1], [1, 1], [1, 0], [0, 1], [1, 1]], bool)
    weight, tag = np.zeros((2, 2), bool), np.zeros((2, 2), np.float32)
    nothing = np.zeros((5, 2))
    _present(
        weight, tag, np.zeros((2, 2), np.int32), shown, nothing, 9, 9, np.float32(9),
        np.float32(0.25),
    )  # fmt: skip
    assert tag[0, 1] == tag[1, 0] == 2.5
    assert tag[0, 0] == 0


def test_energy_goes_to_what_comes_from_outside_and_then_to_what_hears_most():
    from networks.memories.emergent import _limit

    state = np.array([True, True, True, False, False])
    heard = np.array([0, 2, 1, 5, 4])
    for energy, expected in ((2, [1, 2]), (3, [0, 1, 2]), (4, [0, 1, 2, 3]), (9, [0, 1, 2, 3, 4])):
        kept, active = state.copy(), np.empty(5, np.int64)
        n_active = _limit(kept, heard, np.zeros(5), energy, 4, np.empty(5), active)
        assert active[:n_active].tolist() == expected
        assert np.flatnonzero(kept).tolist() == expected


def test_it_is_a_memory_and_counts_its_accesses():
    memory, message, _ = learn(Emergent(40, 4, 3, 0.0, 0.0, 1), 2)
    assert isinstance(memory, Memory)
    # For each message all tags are cleared; in each presentation four units are heard, and their
    # rows of tags and weights gone through, where the diagonal is cleared besides.
    assert memory.operations.writes == 2 * (40 * 40 + 3 * 4 * (2 * 40 + 2))
    assert memory.operations.reads == 2 * 3 * 4 * (40 + 2 * 40)
    np.testing.assert_array_equal(memory.recall(message), message)


@pytest.mark.parametrize("leak", [0.0, 0.25])
def test_every_access_of_the_kernel_is_counted(leak):
    from networks.memories import emergent

    log = Counter()
    weight, tag = (Counted(np.zeros((9, 9), kind), log) for kind in (bool, np.float32))
    plain = getattr(emergent._present, "py_func", emergent._present)
    shown = rng().random((4, 9)) < 0.5
    reads, writes = plain(
        weight, tag, np.zeros((9, 9), np.int32), shown, rng().random((4, 9)), 4, 3, np.float32(2),
        np.float32(leak),
    )  # fmt: skip
    assert weight.values.any()
    assert {"reads": reads, "writes": writes} == log


def test_what_cannot_be_is_refused():
    with pytest.raises(SpecError, match=r"erase 1\.5"):
        Emergent(10, 2, erase=1.5)
    with pytest.raises(SpecError, match="energy 0"):
        Emergent(10, 2, energy=0)
    with pytest.raises(SpecError, match="theta 0"):
        Emergent(10, 2, theta=0)
