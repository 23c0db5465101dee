"""A neuron that learns classes by moving synapses."""

import numpy as np
import pytest

from networks.inputs.patterns import fixed_k
from networks.memories.dendrite_classifier import DendriteClassifier
from networks.memories.protocol import Memory
from neuro.errors import SpecError

LINES, ACTIVE = 40, 12


def problem(n_patterns, seed=1):
    rng = np.random.default_rng(seed)
    lines = fixed_k(n_patterns, LINES, ACTIVE, rng)
    return np.column_stack([lines, rng.random(n_patterns) < 0.5])


def neuron(branches=20, sites=5, power=5.0, seed=2, **more):
    design = DendriteClassifier(LINES, branches, sites, power, **more)
    return design.empty(np.random.default_rng(seed))


def errors(memory, patterns):
    return (memory.recall(patterns) != patterns).any(axis=1).mean()


def test_what_it_says_is_the_difference_of_its_cells():
    memory, patterns = neuron(branches=3, sites=2, power=3), problem(7)
    expected = [
        sum(
            weight * (sum(pattern[line] for line in branch) / 2) ** 3
            for cell, weight in zip(memory.contact, (1, -1), strict=True)
            for branch in cell
        )
        for pattern in patterns
    ]
    assert memory.difference(patterns[:, :-1]) == pytest.approx(expected)
    np.testing.assert_array_equal(memory.recall(patterns)[:, -1], np.array(expected) > 0)
    np.testing.assert_array_equal(memory.recall(patterns)[:, :-1], patterns[:, :-1])


def test_it_learns_what_it_did_not_know():
    memory, patterns = neuron(), problem(60)
    left = []
    assert errors(memory, patterns) > 0.25
    memory.store(patterns, told=left.append)
    assert errors(memory, patterns) < 0.05
    # What the kernel counts on the way is what the neuron says in the end.
    assert left == [round(errors(memory, patterns) * len(patterns))]


def test_nonlinear_branches_learn_what_a_linear_neuron_cannot():
    """Exclusive or: active together or silent together, with every line beside them the same."""
    patterns = np.zeros((4, LINES + 1), dtype=bool)
    patterns[:, 0] = [0, 0, 1, 1]
    patterns[:, 1] = [0, 1, 0, 1]
    patterns[:, 2:4] = ~patterns[:, :2]
    patterns[:, -1] = patterns[:, 0] ^ patterns[:, 1]
    found = {}
    for power in (1, 2):
        memory = neuron(branches=20, sites=2, power=power, swaps=200)
        memory.store(patterns)
        found[power] = errors(memory, patterns)
    assert found[2] == 0
    assert found[1] > 0


def test_the_layout_of_a_linear_neuron_does_not_matter():
    patterns = problem(30)
    flat, branched = neuron(1, 100, 1), neuron(20, 5, 1)
    branched.contact[:] = flat.contact.reshape(branched.contact.shape)
    ratio = 100 / 5
    assert flat.difference(patterns[:, :-1]) * ratio == pytest.approx(
        branched.difference(patterns[:, :-1])
    )


def test_only_places_change_and_accesses_are_counted():
    memory, patterns = neuron(swaps=2), problem(200)
    before = memory.contact.copy()
    memory.store(patterns)
    assert memory.contact.shape == before.shape
    assert 0 <= memory.contact.min() <= memory.contact.max() < LINES
    assert memory.operations.writes >= (memory.contact != before).sum() > 0
    assert memory.operations.reads == 2 * memory.n_synapses * 20
    assert memory.bytes == 4 * memory.n_synapses == 4 * 2 * 20 * 5
    assert isinstance(memory, Memory)


def test_the_same_seed_learns_the_same():
    found = []
    for seed in (3, 3, 4):
        memory = neuron(seed=seed, swaps=1)
        memory.store(problem(100))
        found.append(memory.contact.tobytes())
    assert found[0] == found[1] != found[2]


def test_what_cannot_be_learnt_is_refused():
    with pytest.raises(SpecError, match="power"):
        DendriteClassifier(LINES, 2, 2, 0.5)
    with pytest.raises(SpecError, match="at least 1"):
        DendriteClassifier(LINES, 0, 2)
    with pytest.raises(SpecError, match="shape"):
        neuron().store(problem(3)[:, 1:])
