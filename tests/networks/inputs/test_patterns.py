import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from networks.inputs import patterns
from neuro.errors import SpecError

# Chance that a correct generator fails one statistical test; seeds are fixed.
FALSE_ALARM = 1e-6


def rng(seed=3):
    return np.random.default_rng(seed)


def is_binomial(count, total, chance):
    return stats.binomtest(int(count), int(total), chance).pvalue > FALSE_ALARM


def is_uniform(count):
    return stats.chisquare(count).pvalue > FALSE_ALARM


def test_rademacher_is_a_fair_coin():
    pattern = patterns.rademacher(200, 500, rng())
    assert set(np.unique(pattern)) == {-1, 1}
    assert is_binomial((pattern == 1).sum(), pattern.size, 0.5)


def test_diluted_has_the_stated_fractions():
    pattern = patterns.diluted(200, 500, 0.3, rng())
    assert is_binomial((pattern == 0).sum(), pattern.size, 0.3)
    assert is_binomial((pattern == 1).sum(), pattern.size, 0.35)
    assert (patterns.diluted(3, 50, 1.0, rng()) == 0).all()
    assert (patterns.diluted(3, 50, 0.0, rng()) != 0).all()


def test_fixed_k_draws_every_unit_and_every_pair_equally_often():
    pattern = patterns.fixed_k(30_000, 6, 2, rng())
    assert (pattern.sum(axis=1) == 2).all()
    pairs = np.bincount(pattern @ (2 ** np.arange(6)), minlength=64)
    assert is_uniform(pairs[pairs > 0])
    assert (pairs > 0).sum() == 15


def test_fixed_k_does_not_depend_on_how_rows_are_chunked(monkeypatch):
    whole = patterns.fixed_k(50, 30, 4, rng())
    monkeypatch.setattr(patterns, "CHUNK_ELEMENTS", 70)
    np.testing.assert_array_equal(patterns.fixed_k(50, 30, 4, rng()), whole)


def test_bernoulli_is_exact_at_its_ends_and_binomial_between():
    assert not patterns.bernoulli(20, 100, 0.0, rng()).any()
    assert patterns.bernoulli(20, 100, 1.0, rng()).all()
    assert is_binomial(patterns.bernoulli(200, 500, 0.05, rng()).sum(), 100_000, 0.05)


def test_block_has_one_winner_in_each_block():
    pattern = patterns.block(5000, 3, 4, rng()).reshape(5000, 3, 4)
    assert (pattern.sum(axis=2) == 1).all()
    codes = pattern.argmax(axis=2) @ [16, 4, 1]
    assert is_uniform(np.bincount(codes, minlength=64))


def test_noisy_examples_flip_with_probability_half_one_minus_quality():
    pattern = patterns.rademacher(4, 500, rng())
    example = patterns.noisy_examples(pattern, 50, 0.4, rng(4))
    assert example.shape == (4, 50, 500)
    kept = example == pattern[:, None, :]
    assert is_binomial(kept.sum(), kept.size, 0.7)
    copies = patterns.noisy_examples(pattern, 2, 1.0, rng())
    np.testing.assert_array_equal(copies, np.repeat(pattern[:, None], 2, axis=1))


@given(
    n=st.integers(1, 30), k=st.integers(0, 30), e=st.integers(0, 30), i=st.integers(0, 30),
    seed=st.integers(0, 99),
)  # fmt: skip
def test_corruption_erases_and_inserts_exactly(n, k, e, i, seed):
    if k > n:
        with pytest.raises(SpecError):
            patterns.fixed_k(3, n, k, rng(seed))
        return
    pattern = patterns.fixed_k(3, n, k, rng(seed))
    if e > k or i > n - k:
        with pytest.raises(SpecError, match="active of"):
            patterns.corrupt(pattern, e, i, rng(seed))
        return
    cue = patterns.corrupt(pattern, e, i, rng(seed))
    assert (pattern & ~cue).sum(axis=1).tolist() == [e] * 3
    assert (cue & ~pattern).sum(axis=1).tolist() == [i] * 3


def test_corruption_chooses_uniformly():
    pattern = np.tile([True] * 4 + [False] * 6, (20_000, 1))
    cue = patterns.corrupt(pattern, 1, 2, rng())
    count = cue.sum(axis=0)
    assert is_uniform(20_000 - count[:4])
    assert stats.binomtest(int(count[4]), 20_000, 1 / 3).pvalue > FALSE_ALARM
    assert is_uniform(count[4:])


def test_zipf_stream_has_its_distribution():
    stream = patterns.zipf_stream(20, 1.3, 100_000, rng())
    weight = np.arange(1, 21) ** -1.3
    expected = 100_000 * weight / weight.sum()
    assert stats.chisquare(np.bincount(stream, minlength=20), expected).pvalue > FALSE_ALARM
    assert is_uniform(np.bincount(patterns.zipf_stream(9, 0.0, 90_000, rng())))


@pytest.mark.parametrize("draw", [
    lambda r: patterns.rademacher(5, 9, r), lambda r: patterns.diluted(5, 9, 0.5, r),
    lambda r: patterns.fixed_k(5, 9, 3, r), lambda r: patterns.bernoulli(5, 9, 0.5, r),
    lambda r: patterns.block(5, 3, 4, r), lambda r: patterns.zipf_stream(9, 1.0, 20, r),
])  # fmt: skip
def test_same_seed_same_patterns_and_other_seed_others(draw):
    np.testing.assert_array_equal(draw(rng(1)), draw(rng(1)))
    assert (draw(rng(1)) != draw(rng(2))).any()


def test_a_fraction_outside_zero_to_one_is_refused():
    for call in (patterns.diluted, patterns.bernoulli):
        with pytest.raises(SpecError, match=r"1\.5"):
            call(2, 3, 1.5, rng())
