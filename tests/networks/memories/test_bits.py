"""Packed bits are the bits that were packed."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from networks.memories.bits import n_words, pack, popcount, unpack


@given(n=st.integers(1, 5), size=st.integers(0, 200), seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_packing_is_undone_by_unpacking(n, size, seed):
    patterns = np.random.default_rng(seed).random((n, size)) < 0.4
    words = pack(patterns)
    assert words.shape == (n, n_words(size))
    np.testing.assert_array_equal(unpack(words, size), patterns)
    assert np.bitwise_count(words).sum() == patterns.sum()


def test_a_unit_is_bit_b_of_word_w():
    patterns = np.zeros((1, 130), dtype=bool)
    patterns[0, 64 + 7] = True
    np.testing.assert_array_equal(pack(patterns), [[0, 1 << 7, 0]])


@given(word=st.integers(0, 2**64 - 1))
@settings(max_examples=100, deadline=None)
def test_bits_are_counted(word):
    assert popcount(np.uint64(word)) == word.bit_count()
