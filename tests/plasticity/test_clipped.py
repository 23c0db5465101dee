"""Known answers of clipped Hebbian learning."""

from __future__ import annotations

import numpy as np
import pytest

RULE = {"rule": "clipped_hebb", "w_max": "1 pA", "window": "6 ms"}
# Presentations lie 20 ms apart, in steps of 0.1 ms.
ITEM = 200


def volleys(patterns, jitter, rng):
    """Return the spike steps of every cell: one per pattern it is active in, with jitter."""
    cells = [[] for _ in range(patterns.shape[1])]
    for number, pattern in enumerate(patterns):
        for cell in np.flatnonzero(pattern):
            cells[cell].append(number * ITEM + 50 + int(rng.integers(-jitter, jitter + 1)))
    return cells


def sparse_patterns(n_patterns, n_cells, k, rng):
    patterns = np.zeros((n_patterns, n_cells), dtype=bool)
    for pattern in patterns:
        pattern[rng.choice(n_cells, k, replace=False)] = True
    return patterns


@pytest.mark.parametrize("jitter", [0, 30], ids=["in step", "jitter of 3 ms"])
def test_matrix_is_the_union_of_the_outer_products(pair_spikes, jitter):
    rng = np.random.default_rng(3)
    cues, items = sparse_patterns(12, 30, 5, rng), sparse_patterns(12, 25, 4, rng)
    source, target = volleys(cues, jitter, rng), volleys(items, jitter, rng)
    run = pair_spikes(source, target, RULE, weight="0 pA", steps=12 * ITEM)
    stored = np.any(cues[:, :, None] & items[:, None, :], axis=0)
    assert 0.1 < stored.mean() < 0.5
    np.testing.assert_array_equal(run.matrix("learn", (30, 25)), stored * 1e-12)


def test_window_is_inclusive_on_both_sides(pair_spikes):
    lags = np.array([-61, -60, -59, 0, 59, 60, 61])
    run = pair_spikes([[200 - lag] for lag in lags], [[200]], RULE, weight="0 pA")
    np.testing.assert_array_equal(
        run.weight("learn") > 0, [False, True, True, True, True, True, False]
    )


def test_delay_does_not_count(pair_spikes):
    """Cells that fire together are linked however late the spike arrives."""
    run = pair_spikes([[100]], [[100]], RULE, weight="0 pA", delay="25 ms", steps=500)
    assert run.weight("learn")[0] == 1e-12


def test_presentations_do_not_mix(pair_spikes):
    run = pair_spikes([[50], [50 + ITEM]], [[50], [50 + ITEM]], RULE, weight="0 pA")
    np.testing.assert_array_equal(run.matrix("learn", (2, 2)), np.eye(2) * 1e-12)


def test_nothing_is_learnt_while_learning_is_off(pair_spikes):
    phases = [
        {"name": "off", "duration": "20 ms", "plasticity": {"learn": False}},
        {"name": "on", "duration": "20 ms"},
    ]
    run = pair_spikes([[50], [250]], [[50], [250]], RULE, weight="0 pA", phases=phases)
    np.testing.assert_array_equal(run.matrix("learn", (2, 2)), np.diag([0, 1e-12]))
