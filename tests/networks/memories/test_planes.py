"""Sums and choices on packed bits against plain arithmetic."""

import numba
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.memories import planes as kernels
from networks.memories.bits import pack, unpack
from networks.winners import k_winners

#: What only kernels call has no way in from Python, and finds bits by an instruction.
ACTIVE_UNITS = numba.njit(kernels.active_units)
SIZES = st.sampled_from([1, 7, 63, 64, 65, 130])


def states(n, p, seed):
    return np.random.default_rng(seed).random((p, n)) < 0.4


def summed(rows):
    """Add rows of bits; return the planes of their sums and how many are used."""
    words = pack(rows)
    n_used = kernels.n_planes(len(rows))
    planes = np.zeros((max(1, n_used), words.shape[1]), np.uint64)
    carry = np.empty(words.shape[1], np.uint64)
    for row in words:
        kernels.add_row(planes, n_used, row, carry)
    return planes, n_used


@given(n=SIZES, p=st.integers(0, 5), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_active_units_are_found_in_order(n, p, seed):
    state, found = states(n, p, seed), np.empty(n, np.int64)
    for word, row in zip(pack(state), state, strict=True):
        n_found = ACTIVE_UNITS(word, found)
        np.testing.assert_array_equal(found[:n_found], np.flatnonzero(row))


@given(n=SIZES, p=st.integers(1, 9), threshold=st.integers(0, 12), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_thresholds_of_sums_are_those_of_arithmetic(n, p, threshold, seed):
    rows = states(n, p, seed)
    planes, n_used = summed(rows)
    chosen, spare = np.empty((2, planes.shape[1]), np.uint64)
    kernels.at_least(planes, n_used, threshold, chosen, spare)
    expected = rows.sum(axis=0) >= threshold
    np.testing.assert_array_equal(unpack(chosen[None], n)[0], expected)


@given(n=SIZES, p=st.integers(1, 9), k=st.integers(0, 130), seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_winners_are_those_of_arithmetic(n, p, k, seed):
    rows, k = states(n, p, seed), min(k, n)
    planes, n_used = summed(rows)
    everyone = pack(np.ones((1, n), bool))[0]
    chosen, spare = np.empty((2, planes.shape[1]), np.uint64)
    kernels.largest(planes, n_used, k, everyone, chosen, spare)
    expected = k_winners(rows.sum(axis=0)[None], k)
    np.testing.assert_array_equal(unpack(chosen[None], n), expected)


@pytest.mark.parametrize(("most", "planes"), [(0, 0), (1, 1), (3, 2), (4, 3), (255, 8)])
def test_planes_hold_the_largest_sum(most, planes):
    assert kernels.n_planes(most) == planes
