"""The theory of active dendrites, against published and enumerated values."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from networks.memories.dendrite_theory import (
    Segment,
    clustered_false_positive,
    exceedance,
    false_negative,
    false_positive,
    median_false_positive,
    saturated_false_positive,
    set_false_positive,
)
from networks.memories.dendrite_unions import (
    mean_union_false_positive,
    union_chances,
    union_false_positive,
    union_synapses,
)
from neuro.errors import SpecError

# The references are printed with ten digits, a few with fewer.
TEN_DIGITS, NINE_DIGITS, SEVEN_DIGITS, SIX_DIGITS = 1e-9, 1e-8, 1e-7, 2e-6
# Half a unit of the sixth digit of a number that begins with 1.
SIX_PRINTED = 5e-6


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
        (300, 128, 24, 12, 0.2920782137), (500, 128, 24, 12, 0.00736788303),
        (700, 128, 24, 12, 3.20106081e-4), (1900, 128, 24, 12, 7.13143762e-9),
        (3900, 128, 24, 12, 1.805426982e-12), (500, 256, 24, 12, 0.6293727547),
        (1900, 256, 24, 12, 1.68542688790e-5), (3500, 256, 24, 12, 2.23380881e-8),
        (500, 125, 24, 12, 5.959027899e-3), (700, 175, 24, 12, 6.303870097e-3),
        (19900, 4975, 24, 12, 7.167351118e-3),
    ],
)  # fmt: skip
def test_chances_of_a_false_detection_are_those_of_the_paper(n, a, s, theta, expected):
    assert false_positive(Segment(n, a, s, theta)) == pytest.approx(expected, rel=NINE_DIGITS)


@pytest.mark.parametrize(
    ("n", "a", "s", "expected"),
    [
        (4000, 32, 2, 1.5937984e-2), (4000, 32, 4, 3.6838036e-4), (4000, 32, 10, 5.7957549e-9),
        (4000, 32, 20, 3.9668986e-17), (4000, 32, 30, 1.0330753e-25),
        (16000, 4000, 2, 4.3751172e-1), (16000, 4000, 10, 7.8063016e-2),
        (16000, 4000, 30, 2.7251563e-3), (500, 64, 24, 5.695711e-6), (700, 64, 24, 1.412532e-7),
        (4100, 64, 24, 1.662586e-16), (9900, 64, 24, 4.557272e-21),
    ],
)  # fmt: skip
def test_segments_that_need_half_of_their_synapses(n, a, s, expected):
    # Printed with seven digits or eight.
    assert false_positive(Segment(n, a, s, s // 2)) == pytest.approx(expected, rel=5e-7)


LOST = (6, 13, 19, 26, 32, 38, 45, 51, 58, 64, 70, 77, 83, 90, 96, 102)
MISSES = {
    8: (0, 0, 0, 3.14193e-16, 2.23243e-12, 7.90169e-10, 1.20696e-7, 3.45576e-6, 8.08202e-5,
        7.35429e-4, 4.64043e-3, 2.68657e-2, 8.96352e-2, 0.263953, 0.508715, 0.770862),
    12: (0, 0, 2.48811e-15, 7.92695e-10, 2.16303e-7, 1.09248e-5, 3.14435e-4, 2.7956e-3,
         1.98783e-2, 7.16985e-2, 0.19043, 0.426526, 0.664766, 0.880923, 0.970339, 0.996377),
    16: (0, 0, 2.6555e-8, 1.97277e-5, 5.90079e-4, 6.27504e-3, 4.34712e-2, 0.139067, 0.351117,
         0.582502, 0.788076, 0.933878, 0.983735, 0.998319, 0.99989, 0.999998),
}  # fmt: skip


@pytest.mark.parametrize("theta", MISSES)
def test_chances_of_a_miss_are_those_of_the_paper(theta):
    for lost, expected in zip(LOST, MISSES[theta], strict=True):
        found = false_negative(128, 30, theta, lost)
        # What is printed as 0 is impossible.
        assert found == pytest.approx(expected, rel=SIX_PRINTED, abs=0)


@pytest.mark.parametrize(
    ("n", "n_patterns", "n_synapses", "expected"),
    [
        (1000, 1, 25, 1.0014032e-5), (1000, 2, 49, 0.04738945), (1000, 3, 73, 0.50165023),
        (1000, 5, 119, 0.99107954), (10000, 1, 25, 5.3035242e-20), (10000, 2, 50, 2.3560218e-14),
        (10000, 5, 124, 2.2792192e-8), (10000, 10, 247, 1.2708044e-4),
        (10000, 19, 464, 4.5378948e-2), (20000, 1, 25, 1.7582633e-24),
        (20000, 10, 249, 3.3224257e-8), (20000, 19, 470, 8.1408906e-5),
    ],
)  # fmt: skip
def test_unions_of_patterns_on_one_segment(n, n_patterns, n_synapses, expected):
    segment = Segment(n, 200, 25, 15)
    assert union_synapses(segment, n_patterns) == n_synapses
    assert union_false_positive(segment, n_patterns) == pytest.approx(expected, rel=SEVEN_DIGITS)


@pytest.mark.parametrize(
    ("theta", "bound"),
    [(4, 0.144691001), (5, 0.00282647685), (6, 2.03653763e-5), (7, 3.12352e-8)],
)
def test_a_set_of_segments_stays_below_its_bound(theta, bound):
    segment = Segment(100, 7, 7, theta)
    # The last of them is printed with six digits.
    assert 500 * false_positive(segment) == pytest.approx(bound, rel=SIX_DIGITS)
    assert set_false_positive(segment, 500) < 500 * false_positive(segment)


def test_a_set_of_segments_that_often_answers_does_so_less_than_its_bound_says():
    assert set_false_positive(Segment(100, 7, 7, 4), 500) == pytest.approx(
        0.1347285, rel=SIX_DIGITS
    )


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


def test_clusters_are_enumerated():
    """All patterns of 2 of 4 clusters of 2 cells, all segments of 3 synapses on one of them."""
    segment, learnt = Segment(8, 4, 3, 2), {0, 1, 2, 3}
    patterns = [{2 * k + i for k in drawn for i in (0, 1)} for drawn in combinations(range(4), 2)]
    hits = [
        len(set(synapses) & pattern) >= 2
        for synapses in combinations(sorted(learnt), 3)
        for pattern in patterns
    ]
    expected = sum(hits) / len(hits)
    assert clustered_false_positive(segment, 2) == pytest.approx(expected, rel=TEN_DIGITS)
    assert clustered_false_positive(segment, 1) == pytest.approx(
        false_positive(segment), rel=TEN_DIGITS
    )


def test_unions_are_enumerated():
    """Two patterns with two synapses each on five cells."""
    pairs = [set(pair) for pair in combinations(range(5), 2)]
    sizes = [len(one | other) for one in pairs for other in pairs]
    chances = union_chances(Segment(5, 3, 2, 2), 2)
    expected = [sizes.count(size) / len(sizes) for size in range(5)]
    assert chances == pytest.approx(expected, rel=TEN_DIGITS)
    mean = sum(
        chance * false_positive(Segment(5, 3, size, 2)) for size, chance in enumerate(expected)
    )
    assert mean_union_false_positive(Segment(5, 3, 2, 2), 2) == pytest.approx(mean, rel=TEN_DIGITS)


def test_at_a_fixed_sparsity_the_error_saturates():
    limit = saturated_false_positive(0.25, 24, 12)
    assert limit == pytest.approx(7.2e-3, abs=5e-5)
    chances = [false_positive(Segment(n, n // 4, 24, 12)) for n in (500, 1900, 19900, 400_000)]
    assert chances == sorted(chances)
    assert chances[-1] == pytest.approx(limit, rel=1e-3)


def test_the_limit_counts_segments_all_of_whose_synapses_are_active():
    assert saturated_false_positive(0.25, 3, 3) == 0.25**3
    assert saturated_false_positive(0.5, 4, 2) == 11 / 16


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
    with pytest.raises(SpecError, match="no multiples"):
        clustered_false_positive(Segment(10, 4, 2, 1), 3)
    with pytest.raises(SpecError, match="density"):
        saturated_false_positive(1.5, 24, 12)
