"""Closed forms of vector symbolic sets: tabled answers, and sums that are counted out."""

from itertools import combinations, product

import numpy as np
import pytest

from networks.memories import vsa_theory as theory

TABLED = 6e-7  # tables have six digits
COUNTED = 1e-12  # rounding of exact counts


@pytest.mark.parametrize(
    ("m", "items", "candidates", "chance"),
    [(256, 8, 100, 0.998576), (512, 15, 100, 0.998958), (1000, 25, 100, 0.999736),
     (1000, 51, 1000, 0.870661)],
)  # fmt: skip
def test_retrieval_among_others(m, items, candidates, chance):
    assert theory.best_of(m, items, candidates) == pytest.approx(chance, abs=TABLED)


@pytest.mark.parametrize(
    ("items", "mean"),
    [(3, 0.5), (5, 0.375), (7, 0.3125), (9, 0.2734375), (21, 0.1761971), (51, 0.1122752)],
)
def test_a_vector_is_as_like_a_sign_as_is_tabled(items, mean):
    assert theory.alignment(items) == pytest.approx(mean, abs=TABLED)
    # One random vector joins an even set.
    assert theory.alignment(items - 1) == theory.alignment(items)


@pytest.mark.parametrize(
    ("m", "k", "items", "chance"),
    [(1000, 7, 100, 0.00821355), (1000, 5, 100, 0.00944913), (2000, 7, 100, 1.9616e-4)],
)
def test_false_alarms_of_hashed_items(m, k, items, chance):
    assert theory.hashed_false_alarm(m, k, items) == pytest.approx(chance, rel=5e-5)


@pytest.mark.parametrize(
    ("m", "items", "error"), [(512, 20, 0.0057), (512, 60, 0.0721), (1024, 60, 0.0194)]
)
def test_large_sums_have_the_tabled_error(m, items, error):
    assert theory.normal_sum_error(m, items) == pytest.approx(error, abs=5e-5)


@pytest.mark.parametrize(
    ("m", "items", "error"),
    [(64, 50, 0.00449), (64, 200, 0.0957), (128, 200, 0.00449), (128, 1000, 0.1213)],
)
def test_large_matrices_have_the_tabled_error(m, items, error):
    assert theory.normal_matrix_error(m, items) == pytest.approx(error, abs=5e-5)
    # Tails are heavier than a normal variable's, the more so the further out.
    assert 0.95 * error < theory.matrix_errors(m, items).mean < 1.4 * error


@pytest.mark.parametrize(("m", "items"), [(3, 2), (4, 3), (5, 2)])
def test_errors_of_sums_are_those_of_all_sets_there_are(m, items):
    vectors = np.array(list(product((-1, 1), repeat=m)))
    sums = np.array([sum(each) for each in product(vectors, repeat=items)])
    # By symmetry the member, and the stranger, is the vector of ones.
    rest = np.array([sum(each) for each in product(vectors, repeat=items - 1)])
    miss = ((rest + 1).sum(axis=1) <= m / 2).mean()
    found = theory.sum_errors(m, items)
    assert found == pytest.approx((miss, (sums.sum(axis=1) > m / 2).mean()), abs=COUNTED)


@pytest.mark.parametrize(("m", "items"), [(3, 3), (4, 3), (2, 5)])
def test_errors_of_signs_are_those_of_all_sets_there_are(m, items):
    vectors = np.array(list(product((-1, 1), repeat=m)))
    limit = theory.alignment(items) * m / 2
    rest = np.array([sum(each) for each in product(vectors, repeat=items - 1)])
    sums = np.array([sum(each) for each in product(vectors, repeat=items)])
    miss = (np.sign(rest + 1).sum(axis=1) <= limit).mean()
    alarm = (np.sign(sums).sum(axis=1) > limit).mean()
    assert theory.sign_errors(m, items) == pytest.approx((miss, alarm), abs=COUNTED)


@pytest.mark.parametrize(("m", "k", "items"), [(5, 2, 3), (6, 3, 2), (4, 1, 4)])
def test_errors_of_a_bloom_filter_are_those_of_all_sets_there_are(m, k, items):
    choices = [frozenset(each) for each in combinations(range(m), k)]
    asked = frozenset(range(k))
    alarm = np.mean([asked <= frozenset().union(*each) for each in product(choices, repeat=items)])
    assert theory.bloom_errors(m, k, items) == pytest.approx((0, alarm), abs=COUNTED)


@pytest.mark.parametrize(("m", "items"), [(3, 3), (4, 2), (4, 3), (5, 2)])
def test_errors_of_a_matrix_are_those_of_all_sets_there_are(m, items):
    vectors = np.array(list(product((-1, 1), repeat=m)))
    sign = np.prod(vectors[:, : (m + 1) // 2], axis=1)
    # By symmetry what is asked for is the vector of ones, whose sign is 1.
    cross = sign * vectors.sum(axis=1) ** 2
    sums = [sum(each) for each in product(cross, repeat=items)]
    rest = [m**2 + sum(each) for each in product(cross, repeat=items - 1)]
    expected = np.mean(np.array(rest) <= m**2 / 2), np.mean(np.array(sums) > m**2 / 2)
    assert theory.matrix_errors(m, items) == pytest.approx(expected, abs=COUNTED)


@pytest.mark.parametrize(
    ("items", "others", "shared"), [(3, 3, 1), (3, 1, 1), (5, 3, 2), (3, 3, 3)]
)
def test_signs_agree_as_those_of_all_sets_do(items, others, shared):
    signs = np.array(list(product((-1, 1), repeat=items + others - shared)))
    expected = np.mean(np.sign(signs[:, :items].sum(1)) * np.sign(signs[:, -others:].sum(1)))
    place, mean = theory.agreement(items, others)
    assert mean[place == shared] == pytest.approx([expected], abs=COUNTED)


def test_signs_of_large_sets_agree_as_normal_variables_do():
    place, mean = theory.agreement(2001, 2001)
    expected = 2 / np.pi * np.arcsin(place[:100] / 2001)
    np.testing.assert_allclose(mean[:100], expected, atol=1e-3)


def test_large_and_small_forms_meet():
    assert theory.bloom_errors(100_000, 5, 20_000).mean == pytest.approx(
        theory.hashed_false_alarm(100_000, 5, 20_000) / 2, rel=1e-3
    )
    assert theory.sum_errors(5000, 400).mean == pytest.approx(
        theory.normal_sum_error(5000, 400), rel=0.05
    )


def test_a_first_guess_among_two_is_a_normal_integral():
    """Two vectors have c = 1/2 each: of two factors, h ~ N(m/2, 3m/4) against |N(0, m)|."""
    rng = np.random.default_rng(2)
    member = rng.normal(20, np.sqrt(30), 400_000)
    found = (np.abs(member) > np.abs(rng.normal(0, np.sqrt(40), 400_000))).mean()
    assert theory.first_guess(40, 2, 2) == pytest.approx(found, abs=4 * 0.5 / 400_000**0.5)
