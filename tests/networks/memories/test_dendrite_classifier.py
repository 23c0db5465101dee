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


def swapped_plainly(memory, patterns, n_tries, rng):
    """Do what `store` does, a line for each step of it; return contacts and accepted swaps."""
    design, contact = memory.design, memory.contact.copy()
    active, sign = patterns[:, :-1], np.where(patterns[:, -1], 1, -1)

    def answers(cell, branch):
        return active[:, contact[cell, branch]].sum(axis=1)

    def total():
        found = np.zeros(len(patterns))
        for cell, branch in np.ndindex(contact.shape[:2]):
            found += (1 - 2 * cell) * memory.answer[answers(cell, branch)]
        return found

    scale = max(total().std(), memory.answer[1])
    n_swaps = 0
    for attempt in range(n_tries):
        drive = total()
        loss = np.log1p(np.exp(-sign * drive / scale)).sum()
        cell, branch = int(rng.random() * 2), int(rng.random() * design.branches)
        # How the loss would fall if the branch answered each pattern more.
        slope = np.gradient(memory.answer)[answers(cell, branch)]
        worth = (1 - 2 * cell) * sign / (1 + np.exp(sign * drive / scale)) * slope

        def fitness(line, worth=worth):
            return worth[active[:, line]].sum()

        sites = [int(rng.random() * design.sites) for _ in range(design.poor)]
        worst = min(sites, key=lambda site: fitness(contact[cell, branch, site]))
        lines = [int(rng.random() * design.lines) for _ in range(design.candidates)]
        best = max(lines, key=fitness)
        old = contact[cell, branch, worst]
        if fitness(best) <= fitness(old):
            continue
        contact[cell, branch, worst] = best
        gain = loss - np.log1p(np.exp(-sign * total() / scale)).sum()
        if gain > design.temperature * (1 - attempt / n_tries) * np.log(1 - rng.random()):
            n_swaps += 1
        else:
            contact[cell, branch, worst] = old
    return contact, n_swaps


@pytest.mark.parametrize(("power", "temperature"), [(5, 0.1), (1, 0.1), (3, 5.0)])
def test_swaps_are_those_of_the_rule_written_plainly(power, temperature):
    memory, patterns = neuron(4, 6, power, swaps=2, temperature=temperature), problem(80)
    begun, rng = neuron(4, 6, power, swaps=2, temperature=temperature), np.random.default_rng(2)
    rng.integers(0, LINES, begun.contact.shape, dtype=np.int32)  # the first contacts
    expected, n_swaps = swapped_plainly(begun, patterns, 2 * begun.contact.size, rng)
    memory.store(patterns)
    np.testing.assert_array_equal(memory.contact, expected)
    assert memory.operations.writes == n_swaps
    assert 10 < n_swaps < 2 * memory.contact.size


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
    memory, patterns = neuron(swaps=2, poor=7, candidates=9), problem(200)
    before = memory.contact.copy()
    memory.store(patterns)
    assert memory.contact.shape == before.shape
    assert 0 <= memory.contact.min() <= memory.contact.max() < LINES
    assert memory.operations.writes >= (memory.contact != before).sum() > 0
    # Each synapse once for each pattern, then seven at each of two swaps a site.
    assert memory.operations.reads == memory.n_synapses * (200 + 2 * 7)
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
