"""Bits in the places of synapses, against published values and enumerated neurons."""

from itertools import combinations_with_replacement

import pytest

from networks.memories.dendrite_capacity import branch_bits, linear_bits
from neuro.errors import SpecError

# References are printed with one decimal.
ONE_DECIMAL = 0.051


@pytest.mark.parametrize(
    ("branches", "sites", "expected"),
    [(10, 1000, 23979.5), (100, 100, 70181.3), (500, 20, 104939.4), (1000, 10, 112558.3),
     (2000, 5, 107287.3), (5000, 2, 54888.6)],
)  # fmt: skip
def test_bits_of_ten_thousand_sites(branches, sites, expected):
    assert branch_bits(branches, sites, 400) == pytest.approx(expected, abs=ONE_DECIMAL)


def test_linear_neurons_hold_23_times_less():
    assert linear_bits(10_000, 400) == pytest.approx(4871.4, abs=ONE_DECIMAL)
    assert linear_bits(1000, 100) == pytest.approx(950.8, abs=ONE_DECIMAL)
    ratio = branch_bits(1000, 10, 400) / linear_bits(10_000, 400)
    assert ratio == pytest.approx(23.1, abs=ONE_DECIMAL)


def test_a_thousand_sites_hold_most_on_branches_of_about_five():
    assert branch_bits(200, 5, 100) == pytest.approx(8091.1, abs=ONE_DECIMAL)
    divisors = [k for k in range(1, 1001) if 1000 % k == 0]
    best = max(divisors, key=lambda k: branch_bits(1000 // k, k, 100))
    assert best in (4, 5, 8)


def test_branches_are_enumerated():
    """Two branches of three sites on four lines, and their exchange."""
    kinds = list(combinations_with_replacement(range(4), 3))
    cells = list(combinations_with_replacement(kinds, 2))
    assert 2 ** (branch_bits(2, 3, 4) / 2) == pytest.approx(len(cells), rel=1e-12)


@pytest.mark.parametrize(("branches", "sites"), [(1, 60), (60, 1)])
def test_one_branch_or_one_site_is_a_linear_neuron(branches, sites):
    assert branch_bits(branches, sites, 20) == pytest.approx(linear_bits(60, 20), rel=1e-12)


def test_a_neuron_without_sites_is_refused():
    with pytest.raises(SpecError, match="at least 1"):
        branch_bits(0, 10, 10)
