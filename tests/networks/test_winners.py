import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from networks.winners import k_winners
from neuro.errors import SpecError

# Few distinct values, so that most rows hold ties.
drives = arrays(
    np.float64,
    array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12),
    elements=st.sampled_from([-1.0, -0.0, 0.0, 2.0]),
)


@given(drive=drives, data=st.data())
def test_winners_are_the_head_of_a_stable_sort(drive, data):
    k = data.draw(st.integers(0, drive.shape[1]))
    expected = np.zeros(drive.shape, bool)
    order = np.argsort(-drive, axis=1, kind="stable")[:, :k]
    np.put_along_axis(expected, order, True, axis=1)
    np.testing.assert_array_equal(k_winners(drive, k), expected)


def test_the_lower_index_wins_a_tie():
    assert k_winners(np.array([[1, 3, 2, 3, 3]]), 2).tolist() == [[False, True, False, True, False]]


def test_what_cannot_be_ranked_is_refused():
    with pytest.raises(SpecError, match="3 winners of 2"):
        k_winners(np.zeros((1, 2)), 3)
    with pytest.raises(SpecError, match="NaN"):
        k_winners(np.array([[np.nan, 1.0]]), 1)
