"""Labels against what they say in words, and how often each occurs."""

from __future__ import annotations

import numpy as np
import pytest

from experiments.tasks.bits import BIT_TASKS, MATCH, PARITY


def test_labels_are_what_their_names_say():
    rng = np.random.default_rng(0)
    for _ in range(20):
        bits = PARITY.draw(6, 5, rng)
        for n in range(2, 7):
            for k, sequence in enumerate(bits.T.tolist()):
                assert PARITY.label(bits, n)[k] == sequence[-n:].count(1) % 2
                assert MATCH.label(bits, n)[k] == (sequence[-n] == sequence[-1])


@pytest.mark.parametrize("name", sorted(BIT_TASKS))
@pytest.mark.parametrize("n", [2, 3, 4])
def test_chance_is_that_of_the_label_that_occurs_most(name: str, n: int):
    task, rng = BIT_TASKS[name], np.random.default_rng(1)
    labels = task.label(task.draw(n, 40_000, rng), n)
    share = (labels == (0 if name == "parity" else 1)).mean()
    # Deviation of a share of 40,000: 0.0025; 4 sigma.
    assert share == pytest.approx(task.chance(n), abs=0.01)


def test_lengths_are_uniform_and_the_same_in_a_batch():
    rng = np.random.default_rng(2)
    lengths = [len(MATCH.draw(3, 1, rng)) for _ in range(2000)]
    counts = np.bincount(lengths, minlength=14)
    assert counts[:5].sum() == 0
    assert len(counts) == 14
    # Nine lengths of 222 draws each, deviation 14; 4 sigma.
    assert np.abs(counts[5:] - 2000 / 9).max() < 4 * 14.1
