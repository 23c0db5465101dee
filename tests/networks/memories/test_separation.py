"""Shares of scores, and the closed forms of a memory that reads by them."""

from __future__ import annotations

import numpy as np
import pytest

from networks.memories.modern_hopfield_theory import exact_gap, growth, held, retrieval_bound
from networks.memories.separation import entmax, softmax, softmax_one, sparsemax


@pytest.mark.parametrize(
    ("size", "radius", "wanted", "number"), [(20, 3.0, 3.154611, 7.4), (75, 1.0, 1.371878, 11.0)]
)
def test_growth_has_the_values_of_the_theorem(
    size: int, radius: float, wanted: float, number: float
) -> None:
    assert growth(size, 1.0, radius, 0.001) == pytest.approx(wanted, abs=1e-6)
    assert held(size, 1.0, radius, 0.001) == pytest.approx(number, abs=0.05)


def test_shares_of_two_scores_are_the_closed_forms() -> None:
    gap = 0.6
    scores = np.array([[gap, 0.0]])
    assert sparsemax(scores)[0] == pytest.approx([(1 + gap) / 2, (1 - gap) / 2])
    # squares of two numbers that differ by half the gap and sum to 1
    root = gap / 4 + np.sqrt(0.5 - gap**2 / 16)
    assert entmax(scores)[0, 0] == pytest.approx(root**2)
    assert softmax(scores)[0, 0] == pytest.approx(1 / (1 + np.exp(-gap)))
    assert softmax_one(scores)[0, 0] == pytest.approx(np.exp(gap) / (2 + np.exp(gap)))


@pytest.mark.parametrize("share", [softmax, sparsemax, entmax])
def test_shares_sum_to_one_and_ignore_a_common_shift(share) -> None:  # type: ignore[no-untyped-def]
    scores = np.random.default_rng(3).normal(size=(200, 17)) * 3
    assert share(scores).sum(axis=1) == pytest.approx(np.ones(200))
    assert share(scores + 40.0) == pytest.approx(share(scores))


def test_softmax_one_declines_what_nothing_resembles() -> None:
    assert softmax_one(np.full((1, 5), -800.0)).sum() == 0.0
    assert softmax_one(np.full((1, 5), 800.0)).sum() == pytest.approx(1.0)


@pytest.mark.parametrize(("share", "alpha"), [(sparsemax, 2.0), (entmax, 1.5)])
def test_sparse_shares_are_one_pattern_from_the_exact_gap(share, alpha) -> None:  # type: ignore[no-untyped-def]
    gap = exact_gap(alpha, 0.5)
    for scale, single in ((1.001, True), (0.999, False)):
        shares = share(0.5 * np.array([[gap * scale, 0.0, -1.0]]))
        assert bool(shares[0, 0] == 1.0) is single


def test_softmax_read_stays_below_its_bound() -> None:
    rng = np.random.default_rng(8)
    for beta in (0.05, 0.2, 1.0):
        patterns = rng.choice([-1.0, 1.0], (30, 64))
        queries = patterns + rng.normal(size=patterns.shape) * 0.3
        overlap = queries @ patterns.T
        error = np.linalg.norm(softmax(beta * overlap) @ patterns - patterns, axis=1)
        others = np.where(np.eye(30, dtype=bool), -np.inf, overlap).max(axis=1)
        for wrong, gap in zip(error, overlap.diagonal() - others, strict=True):
            assert wrong <= retrieval_bound(30, beta, gap, 8.0) + 1e-9
