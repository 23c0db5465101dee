"""The theory of active dendrites, against published and enumerated values."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.memories.dendrite_theory import (
    Segment,
    exceedance,
    false_negative,
    false_positive,
    median_false_positive,
    set_false_positive,
    union_false_positive,
    union_synapses,
)
from neuro.errors import SpecError

# The references are printed with ten digits, a few with fewer.
TEN_DIGITS, NINE_DIGITS, SEVEN_DIGITS, SIX_DIGITS = 1e-9, 1e-8, 1e-7, 2e-6


@pytest.mark.parametrize(
    ("n", "a", "s", "theta", "expected"),
    [
        (100000, 2000, 6, 6, 6.353088729e-11), (100000, 2000, 8, 8, 2.525072393e-14),
        (100000, 2000, 10, 10, 1.001632162e-17), (100000, 2000, 12, 6, 5.293868363e-8),
        (100000, 2000, 16, 8, 2.817245283e-10), (100000, 2000, 20, 10, 1.541927673e-12),
        (100000, 2000, 24, 12, 8.586941003e-15), (100000, 2000, 40, 10, 4.915418649e-9),
        (100000, 2000, 80, 10, 4.625684480e-6), (100000, 2000, 120, 10, 1.587997931e-4),
        (100000, 2000, 240, 20, 1.079907639e-7), (200000, 2000, 10, 10, 9.779363371e-21),
        (200000, 2000, 20, 10, 1.649898752e-15), (200000, 2000, 40, 10, 6.313402840e-12),
        (10000, 300, 24, 12, 8.375845227e-13), (10000, 64, 24, 12, 4.041597123e-21),
        (2000, 40, 20, 10, 4.943631202e-13),
        (300, 64, 24, 12, 1.094616623e-3), (1100, 64, 24, 12, 8.362469694e-10),
        (2100, 64, 24, 12, 4.512682926e-13), (19900, 64, 24, 12, 1.0749999e-24),
        (300, 128, 24, 12, 0.2920782137), (3900, 128, 24, 12, 1.805426982e-12),
        (500, 256, 24, 12, 0.6293727547), (500, 125, 24, 12, 5.959027899e-3),
        (700, 175, 24, 12, 6.303870097e-3), (19900, 4975, 24, 12, 7.167351118e-3),
    ],
)  # fmt: skip
def test_chances_of_a_false_detection_are_those_of_the_paper(n, a, s, theta, expected):
    assert false_positive(Segment(n, a, s, theta)) == pytest.approx(expected, rel=NINE_DIGITS)


@pytest.mark.parametrize(
    ("theta", "lost", "expected"),
    [
        (8, 26, 3.14193e-16), (8, 32, 2.23243e-12),
        (12, 26, 7.92695e-10), (12, 64, 7.16985e-2), (16, 64, 0.582502), (16, 102, 0.999998),
    ],
)  # fmt: skip
def test_chances_of_a_miss_are_those_of_the_paper(theta, lost, expected):
    found = false_negative(128, 30, theta, lost)
    assert found == pytest.approx(expected, rel=SIX_DIGITS)


@pytest.mark.parametrize(
    ("n", "n_patterns", "n_synapses", "expected"),
    [
        (1000, 1, 25, 1.0014032e-5), (1000, 2, 49, 0.04738945), (1000, 3, 73, 0.50165023),
        (1000, 5, 119, 0.99107954), (10000, 1, 25, 5.3035242e-20), (10000, 2, 50, 2.3560218e-14),
        (10000, 5, 124, 2.2792192e-8), (10000, 10, 247, 1.2708044e-4),
        (10000, 19, 464, 4.5378948e-2), (20000, 10, 249, 3.3224257e-8),
        (20000, 19, 470, 8.1408906e-5),
    ],
)  # fmt: skip
def test_unions_of_patterns_on_one_segment(n, n_patterns, n_synapses, expected):
    segment = Segment(n, 200, 25, 15)
    assert union_synapses(segment, n_patterns) == n_synapses
    assert union_false_positive(segment, n_patterns) == pytest.approx(expected, rel=SEVEN_DIGITS)


def test_a_set_of_segments_stays_below_its_bound():
    segment = Segment(100, 7, 7, 4)
    assert 500 * false_positive(segment) == pytest.approx(0.144691001, rel=NINE_DIGITS)
    assert set_false_positive(segment, 500) == pytest.approx(0.1347285, rel=SIX_DIGITS)


@pytest.mark.parametrize(
    ("theta", "expected"),
    [(3, 0.01733), (6, 1.20e-5), (9, 1.35e-9), (10, 4.80e-11), (12, 3.41e-14), (15, 1.37e-19),
     (20, 3.9e-30)],
)  # fmt: skip
def test_the_median_falls_below_one_in_a_billion_at_ten_synapses(theta, expected):
    # The references have three digits, the last two.
    assert median_false_positive(theta) == pytest.approx(expected, rel=0.015)


@given(st.integers(1, 9), st.data())
def test_tails_are_counted_right(n, data):
    a, s = data.draw(st.integers(0, n)), data.draw(st.integers(0, n))
    theta = data.draw(st.integers(1, n))
    draws = [len(set(drawn) & set(range(s))) >= theta for drawn in combinations(range(n), a)]
    assert exceedance(n, s, a, theta) == sum(draws) / len(draws)


def test_a_million_cells_do_not_overflow():
    tiny = false_positive(Segment(1_000_000, 20_000, 40, 40))
    assert 0 < tiny < 1e-66
    assert false_positive(Segment(1_000_000, 500_000, 40, 1)) == pytest.approx(1, rel=TEN_DIGITS)


@pytest.mark.parametrize("wrong", [(10, 11, 2, 1), (10, 2, 11, 1), (10, 2, 2, 0)])
def test_segments_that_cannot_be_are_refused(wrong):
    with pytest.raises(SpecError):
        Segment(*wrong)
    with pytest.raises(SpecError):
        false_negative(10, 11, 2, 3)
