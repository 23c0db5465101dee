"""Similarity of activities: the cosine, in parts, with silent cells and inputs that do not move."""

import numpy as np
import pytest

from plasticity.rewiring import Similarity
from plasticity.rewiring import similarity as module

# Sums of some thousand spikes in another order, rounded in float64.
ROUNDING = 1e-12


def spikes(n_rows, n_cells, seed, rate=0.2):
    return (np.random.default_rng(seed).random((n_rows, n_cells)) < rate).astype(np.float64)


def test_cosine_of_rows_added_in_parts(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 7)
    before, after = spikes(60, 9, 1), spikes(60, 5, 2)
    found = Similarity(9, 5)
    for part in (slice(25), slice(25, 60)):
        found.add(before[part], after[part])
    norms = np.outer(np.linalg.norm(before, axis=0), np.linalg.norm(after, axis=0))
    np.testing.assert_allclose(found.cosine(), before.T @ after / norms, atol=ROUNDING)


def test_inputs_that_are_the_same_at_every_step_count_at_every_step():
    before, after = np.random.default_rng(3).random((6, 4)), spikes(6 * 5, 3, 4)
    short, long = Similarity(4, 3), Similarity(4, 3)
    short.add(before, after)
    long.add(np.tile(before, (5, 1)), after)
    np.testing.assert_allclose(short.cosine(), long.cosine(), atol=ROUNDING)


def test_spikes_are_similar_by_0_to_1_and_silent_cells_by_0():
    before, after = spikes(200, 30, 5, 0.05), spikes(200, 20, 6, 0.05)
    before[:, 3], after[:, 7] = 0, 0
    after[:, 8] = before[:, 9]
    found = Similarity(30, 20)
    found.add(before, after)
    cosine = found.cosine()
    assert cosine.min() >= 0
    assert cosine.max() <= 1
    assert not cosine[3].any()
    assert not cosine[:, 7].any()
    assert cosine[9, 8] == pytest.approx(1)


def test_nothing_is_left_of_what_is_cleared():
    found = Similarity(4, 3)
    found.add(spikes(10, 4, 7), spikes(10, 3, 8))
    found.clear()
    assert not found.cosine().any()
    found.add(np.ones((2, 4)), np.ones((2, 3)))
    np.testing.assert_allclose(found.cosine(), 1)
