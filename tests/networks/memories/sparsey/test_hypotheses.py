"""Codes that stand for several hypotheses: how many, what they count, and what follows them."""

from __future__ import annotations

import numpy as np
import pytest

from networks.inputs.patterns import fixed_k
from networks.memories.sparsey.choice import code_gain, count_hypotheses
from networks.memories.sparsey.hypotheses import Hypotheses
from networks.memories.sparsey.mac import Mac
from networks.memories.sparsey.settings import Selection
from networks.memories.sparsey.theory import _distinct, shared_familiarity
from neuro.errors import SpecError

RANDOM = Selection(chi=0.0)


def test_hypotheses_are_units_of_high_support_by_hand():
    support = np.array([[1, 0.96, 0.2], [0.95, 0.3, 0.94], [1, 1, 1.0]])
    assert count_hypotheses(support, 0.95) == 2  # (2 + 1 + 3) / 3
    assert count_hypotheses(support, 0.2) == 3  # 9 / 3
    assert count_hypotheses(0 * support, 0.95) == 1


@pytest.mark.parametrize(
    ("zeta", "power", "most", "known"),
    [(1, 1.0, 4, 1.0), (3, 1.0, 4, 3.0), (4, 0.5, 4, 2.0), (5, 1.0, 4, 0.0), (3, 0.0, 4, 1.0)],
)
def test_a_code_counts_by_its_hypotheses(zeta: int, power: float, most: int, known: float):
    assert code_gain(zeta, power, most) == known


def after_what_is_shared(n: int, hypotheses: Hypotheses | None, seed: int) -> tuple[float, int]:
    """Learn n sequences a_k, b, c_k; show b and c_1 alone. Return G of c_1, and zeta of b."""
    rng = np.random.default_rng([10, n, seed])
    mac = Mac(400, 40, 60, horizontal=True, selection=RANDOM, hypotheses=hypotheses)
    memory = mac.empty(rng)
    items = fixed_k(2 * n + 1, 400, 10, rng)
    for k in range(n):
        memory.learn(items[[1 + 2 * k, 0, 2 + 2 * k]], begins=np.array([True, False, False]))
    found = memory.read(items[[0, 2]], begins=np.array([True, False]))
    assert found.familiarity[0] == pytest.approx(1)
    return found.familiarity[1], found.zeta[0]


@pytest.mark.parametrize("n", [1, 2, 3, 5])
def test_what_follows_a_shared_item_is_as_familiar_as_theory_says(n: int):
    for hypotheses in (None, Hypotheses(1.0, 10)):
        found, zeta = np.transpose(
            [after_what_is_shared(n, hypotheses, seed) for seed in range(12)]
        )
        closed = shared_familiarity(40, 60, n, is_corrected=hypotheses is not None)
        # Q modules hear the same code: G scatters as a mean of 39 lines.
        error = 4 * (n if hypotheses else 1) * np.sqrt(0.25 / 39 / len(found)) + 1e-12
        assert abs(found.mean() - closed) < min(error, 0.12)
        assert np.all(zeta == (n if hypotheses else 1))
    if n > 1:
        assert shared_familiarity(40, 60, n, is_corrected=True) > 0.8
        # Codes that share units by chance let a little more of each be heard.
        assert 1 / n < shared_familiarity(40, 60, n, is_corrected=False) < 1.05 / n


def test_a_code_of_too_many_hypotheses_is_not_heard():
    """Beyond B what follows is chosen from its input alone: with G = 1, as if it came first."""
    found, zeta = after_what_is_shared(3, Hypotheses(1.0, 2), 0)
    assert zeta == 3
    assert found == pytest.approx(1.0)
    assert after_what_is_shared(3, Hypotheses(0.0, 3), 0)[0] < 0.6


def test_different_units_of_some_draws():
    assert _distinct(5, 1).tolist() == [1.0]
    np.testing.assert_allclose(_distinct(4, 3), [1 / 16, 9 / 16, 6 / 16])
    np.testing.assert_allclose(_distinct(1, 3), [1, 0, 0])
    assert shared_familiarity(20, 1, 3, is_corrected=False) == pytest.approx(1)


@pytest.mark.parametrize("wrong", [{"power": -0.1}, {"most": 0}, {"threshold": 0.0}])
def test_wrong_settings_are_refused_by_name(wrong):
    with pytest.raises(SpecError, match=next(iter(wrong))):
        Hypotheses(**wrong)
