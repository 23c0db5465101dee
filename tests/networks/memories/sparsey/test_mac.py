"""A mac against a plain matrix form; its load curve (SP-3, SP-4), freezing (SP-5) and costs."""

import numpy as np
import pytest

from networks.inputs.patterns import fixed_k
from networks.memories.protocol import Memory, Operations
from networks.memories.sparsey.afferents import dense, fill
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.settings import CriticalPeriod, Selection
from networks.memories.sparsey.theory import random_code_recall
from neuro.errors import SpecError

N_NETWORKS = 12


def rng(seed=0):
    return np.random.default_rng(seed)


def loaded(n, seed, **settings):
    source = rng(seed)
    memory = Mac(144, 24, 8, **settings).empty(source)
    patterns = fixed_k(n, 144, 20, source)
    return memory, patterns, memory.learn(patterns), source


def plain_support(memory, inputs, above, codes, t):
    """Compute U H D from dense matrices, as the definition reads."""
    mac = memory.settings
    up, beside, over = (
        dense(part, lines)
        for part, lines in (
            (memory.up, mac.lines), (memory.beside, mac.beside), (memory.above, mac.top_down),
        )
    )  # fmt: skip
    support = up[inputs[t]].sum(axis=0) / inputs[t].sum()
    if t > 0:
        before = memory.units(codes[t - 1 : t])[0]
        support = support * beside[before].sum(axis=0) / (mac.modules - 1)
    return (support * over[above[t]].sum(axis=0) / above[t].sum()).reshape(mac.modules, mac.units)


def test_it_does_what_dense_matrices_do():
    source = rng(3)
    mac = Mac(100, 7, 5, horizontal=True, top_down=70)
    memory = mac.empty(source)
    inputs, above = fixed_k(12, 100, 15, source), fixed_k(12, 70, 3, source)
    begins = np.arange(12) == 0
    memory.learn(inputs, above, begins)
    codes = memory.read(inputs, above, begins)
    for t in range(12):
        support = plain_support(memory, inputs, above, codes.winners, t)
        best = support.max(axis=1)
        assert codes.familiarity[t] == pytest.approx(best.mean())
        np.testing.assert_array_equal(support[np.arange(7), codes.winners[t]], best)


def test_learning_sets_active_lines_onto_winners_and_nothing_else():
    source = rng(4)
    mac = Mac(70, 3, 4, horizontal=True, top_down=2)
    memory = mac.empty(source)
    inputs, above = fixed_k(2, 70, 9, source), np.eye(2, dtype=bool)
    codes = memory.units(memory.learn(inputs, above, np.array([True, False])).winners)
    np.testing.assert_array_equal(dense(memory.up, 70), (inputs.T.astype(int) @ codes) > 0)
    np.testing.assert_array_equal(dense(memory.above, 2), codes)
    own_module = np.kron(np.eye(3), np.ones((4, 4))) > 0
    np.testing.assert_array_equal(
        dense(memory.beside, 12), np.outer(codes[0], codes[1]) & ~own_module
    )
    assert memory.n_synapses == 70 * 12 + 12 * 8 + 2 * 12
    n_written = 2 * 3 * 9 + 3 * 2 + 2 * 3
    assert memory.operations.writes == n_written


def test_sp3_codes_of_similar_inputs_intersect_more():
    """3 sigma across networks for each of five steps: a false alarm in 150 choices of the seed."""
    kept = np.array([0, 4, 8, 12, 16, 20])
    mean = []
    for seed in range(N_NETWORKS):
        memory, stored, codes, source = loaded(20, seed)
        row = []
        for n_kept in kept:
            probes = np.zeros((20, 144), dtype=bool)
            for probe, item in zip(probes, stored, strict=True):
                probe[source.choice(np.flatnonzero(item), n_kept, replace=False)] = True
                others = np.flatnonzero(~item)
                probe[source.choice(others, 20 - n_kept, replace=False)] = True
            row.append((memory.read(probes).winners == codes.winners).sum(axis=1).mean())
        mean.append(row)
    step = np.diff(np.array(mean), axis=1)
    sigma = step.std(axis=0, ddof=1) / np.sqrt(N_NETWORKS)
    assert (step.mean(axis=0) > -3 * sigma).all()
    assert (step.mean(axis=0)[1:] > 3 * sigma[1:]).all(), "from an overlap of a fifth on it rises"


# n -> fraction of modules, fill, familiarity of a novel input: one network of a reference run.
SP4 = {
    10: (1.0, 0.157, 0.42),
    25: (0.995, 0.247, 0.875),
    50: (0.88, 0.299, 0.99),
    100: (0.64, 0.36, 1.0),
    200: (0.42, 0.42, 1.0),
}
ROUNDING = 0.005


@pytest.mark.parametrize(("n", "expected"), list(SP4.items()))
def test_sp4_load_curve(n, expected):
    """The reference is one network: within 3 sigma of the scatter of networks about their mean.

    Fifteen comparisons: a false alarm in 25 choices of the seed, were the scatter normal.
    """
    found = []
    for seed in range(N_NETWORKS):
        memory, stored, codes, source = loaded(n, seed)
        novel = fixed_k(100, 144, 20, source)
        found.append((
            (memory.read(stored).winners == codes.winners).mean(),
            fill(memory.up),
            memory.read(novel).familiarity.mean(),
        ))  # fmt: skip
    mean, sigma = np.mean(found, axis=0), np.std(found, axis=0, ddof=1)
    allowed = 3 * sigma * np.sqrt(1 + 1 / N_NETWORKS) + ROUNDING
    assert (abs(mean - expected) < allowed).all(), (mean, sigma)


@pytest.mark.parametrize(("units", "n"), [(8, 50), (8, 100), (8, 200), (16, 200)])
def test_random_codes_are_recalled_as_the_closed_form_says(units, n):
    """3 sigma across networks, four points: a false alarm in 90 choices of the seed."""
    found = []
    for seed in range(N_NETWORKS):
        source = rng(100 + seed)
        memory = Mac(144, 24, units, selection=Selection(chi=0)).empty(source)
        patterns = fixed_k(n, 144, 20, source)
        codes = memory.learn(patterns)
        found.append((memory.read(patterns).winners == codes.winners).mean())
    sigma = np.std(found, ddof=1) / np.sqrt(N_NETWORKS)
    assert abs(np.mean(found) - random_code_recall(144, 20, units, n)) < 3 * sigma


@pytest.mark.parametrize("scope", ["mac", "unit"])
def test_sp5_nothing_changes_after_the_critical_period(scope):
    source = rng(5)
    limit = 0.5
    # Random codes fill all units; those that keep similarity fill some of them only.
    period = CriticalPeriod(scope, limit)
    memory = Mac(144, 24, 8, selection=Selection(chi=0), period=period).empty(source)
    early = fixed_k(300, 144, 20, source)
    while not memory.up.frozen.all():
        memory.learn(fixed_k(50, 144, 20, source))
    weight, before = memory.up.weight.copy(), memory.read(early)
    writes = memory.operations.writes
    memory.learn(fixed_k(500, 144, 20, source))
    np.testing.assert_array_equal(memory.up.weight, weight)
    np.testing.assert_array_equal(memory.read(early).winners, before.winners)
    assert memory.operations.writes == writes
    unit_fill = memory.up.n_set / 144
    if scope == "mac":
        # One item sets at most 20 of 144 synapses of one unit in each module.
        assert limit < fill(memory.up) <= limit + 20 / 144 / 8
    else:
        assert (unit_fill > limit).all()
        assert (unit_fill <= limit + 20 / 144).all()


def test_a_frozen_unit_keeps_its_links_from_above():
    memory = Mac(10, 1, 1, top_down=2, period=CriticalPeriod("unit", 0.35)).empty(rng())
    item, other = fixed_k(2, 10, 4, rng(1))
    memory.learn(np.stack([item, other]), np.eye(2, dtype=bool))
    np.testing.assert_array_equal(dense(memory.above, 2)[:, 0], [True, False])


def test_words_without_an_active_line_are_not_read_and_not_counted():
    # 200 lines are three words of 64 and one of 8.
    read = []
    for active in ([3, 199], [64, 65, 130], [0]):
        memory = Mac(200, 3, 5).empty(rng())
        item = np.zeros((1, 200), dtype=bool)
        item[0, active] = True
        memory.read(item)
        read.append(memory.operations)
    assert read == [Operations(reads=n * 15) for n in (64 + 8, 64 + 64, 64)]


def test_costs_do_not_grow_with_what_is_stored():
    memory, stored, _, source = loaded(1, 8)
    first = memory.operations
    # An active line in each of the three words: all synapses are read.
    assert first == Operations(reads=144 * 192, writes=20 * 24)
    memory.learn(fixed_k(500, 144, 20, source))
    before = memory.operations
    memory.learn(stored)
    assert memory.operations - before == first
    before = memory.operations
    memory.read(stored)
    assert memory.operations - before == Operations(reads=first.reads)


def test_it_is_a_memory_and_repeats_itself_bit_for_bit():
    memory, stored, codes, _ = loaded(10, 6)
    again, _, codes_again, _ = loaded(10, 6)
    assert isinstance(memory, Memory)
    assert memory.bytes == 8 * 3 * 192 + 3 * 9 * 192
    np.testing.assert_array_equal(codes.winners, codes_again.winners)
    np.testing.assert_array_equal(memory.recall(stored), again.recall(stored))
    assert memory.recall(stored).sum(axis=1).tolist() == [24] * 10


def test_inputs_that_are_none_are_refused():
    memory = Mac(10, 2, 3).empty(rng())
    with pytest.raises(SpecError, match=r"needed: bool \(1, 10\)"):
        memory.store(np.zeros((1, 11), dtype=bool))
    with pytest.raises(SpecError, match="begins"):
        memory.read(np.zeros((1, 10), dtype=bool), begins=np.zeros(2, dtype=bool))
    with pytest.raises(SpecError, match="at least"):
        Mac(10, 0, 3)
    with pytest.raises(SpecError, match="one of never, mac, unit"):
        CriticalPeriod("layer")  # type: ignore[arg-type]
