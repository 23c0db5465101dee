"""Measures of a stream on matrices that can be reckoned by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from experiments.continual import measures

MATRIX = np.array([[0.9, 0.2, 0.1], [0.7, 0.8, 0.3], [0.6, 0.9, 0.95]])
INITIAL = np.array([0.1, 0.15, 0.05])
MATRICES = arrays(np.float64, (4, 4), elements=st.floats(0, 1))


def test_measures_of_a_matrix_made_by_hand():
    assert measures.accuracy(MATRIX) == pytest.approx((0.6 + 0.9 + 0.95) / 3)
    assert measures.backward_transfer(MATRIX) == pytest.approx((-0.3 + 0.1) / 2)
    assert measures.forward_transfer(MATRIX, INITIAL) == pytest.approx((0.05 + 0.25) / 2)
    assert measures.forgetting(MATRIX) == pytest.approx((0.3 - 0.1) / 2)
    assert measures.learning_accuracy(MATRIX) == pytest.approx((0.9 + 0.8 + 0.95) / 3)
    assert measures.intransigence(MATRIX, np.ones(3)) == pytest.approx((0.1 + 0.2 + 0.05) / 3)
    average = (0.9 + 0.75 + (0.6 + 0.9 + 0.95) / 3) / 3
    assert measures.average_incremental_accuracy(MATRIX) == pytest.approx(average)


def test_a_single_task_is_neither_forgotten_nor_helped():
    one = np.array([[0.9]])
    assert measures.backward_transfer(one) == measures.forgetting(one) == 0
    assert measures.forward_transfer(one, np.array([0.1])) == 0


@given(MATRICES)
def test_forgetting_is_at_least_minus_backward_transfer(matrix):
    assert measures.forgetting(matrix) >= -measures.backward_transfer(matrix) - 1e-12


@given(MATRICES)
def test_they_are_equal_where_every_task_is_best_when_just_learnt(matrix):
    peaked = np.minimum(matrix, np.diag(matrix))
    assert measures.forgetting(peaked) == pytest.approx(-measures.backward_transfer(peaked))


@given(arrays(np.float64, 4, elements=st.floats(0, 1)))
def test_nothing_is_forgotten_where_rows_stay(row):
    assert measures.backward_transfer(np.tile(row, (4, 1))) == 0
