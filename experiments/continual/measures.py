"""Measures of a stream of tasks, as functions of its accuracy matrix.

R[k, j] is the test accuracy on task j after task k was learnt, R0[j] that of the network at its
start. Avalanche differs in forgetting only: there it is R[j, j] - R[k, j], the first value of a
task minus its last, where the largest stands here, as in Mammoth; its BWT and FWT of the whole
stream, read after the last task, are those here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def accuracy(matrix: Matrix) -> float:
    """Return ACC, the mean accuracy on all tasks after the last one: mean_j R[K-1, j]."""
    return float(matrix[-1].mean())


def backward_transfer(matrix: Matrix) -> float:
    """Return BWT = mean over j < K-1 of R[K-1, j] - R[j, j]; 0 for a single task."""
    changes = matrix[-1] - np.diag(matrix)
    return float(changes[:-1].mean()) if len(matrix) > 1 else 0.0


def forward_transfer(matrix: Matrix, initial: NDArray[np.float64]) -> float:
    """Return FWT = mean over j >= 1 of R[j-1, j] - R0[j]; 0 for a single task."""
    ahead = np.diag(matrix, k=1) - initial[1:]
    return float(ahead.mean()) if len(matrix) > 1 else 0.0


def forgetting(matrix: Matrix) -> float:
    """Return the mean over j < K-1 of max over l < K-1 of R[l, j] - R[K-1, j].

    References
    ----------
    Chaudhry et al., "Riemannian walk for incremental learning", ECCV 2018.
    """
    if len(matrix) < 2:
        return 0.0
    return float((matrix[:-1].max(axis=0) - matrix[-1])[:-1].mean())


def learning_accuracy(matrix: Matrix) -> float:
    """Return the mean accuracy on each task right after it was learnt: mean_j R[j, j]."""
    return float(np.diag(matrix).mean())


def intransigence(matrix: Matrix, joint: NDArray[np.float64]) -> float:
    """Return mean_j J[j] - R[j, j], J[j] the accuracy on task j of a network trained jointly."""
    return float((joint - np.diag(matrix)).mean())


def average_incremental_accuracy(matrix: Matrix) -> float:
    """Return the mean over k of the mean accuracy on the tasks seen by then."""
    return float(np.mean([matrix[k, : k + 1].mean() for k in range(len(matrix))]))


@dataclass(frozen=True, slots=True)
class Measure:
    """Hold a measure of a whole stream.

    Attributes
    ----------
    name : str
        In the file.
    heading : str
        In tables.
    definition : str
        How it is computed.
    of : callable
        Returns it for R, R0 and J.
    needs_joint : bool
        Whether J, the accuracies of a network trained jointly, is needed.
    """

    name: str
    heading: str
    definition: str
    of: Callable[[Matrix, Matrix, Matrix], float]
    needs_joint: bool = False


MEASURES = (
    Measure("acc", "ACC", "mean over j of R[K-1, j]", lambda r, _, __: accuracy(r)),
    Measure(
        "bwt", "BWT", "mean over j < K-1 of R[K-1,j] - R[j,j]",
        lambda r, _, __: backward_transfer(r),
    ),
    Measure(
        "fwt", "FWT", "mean over j >= 1 of R[j-1,j] - R0[j]",
        lambda r, initial, _: forward_transfer(r, initial),
    ),
    Measure(
        "forgetting", "forgetting", "mean over j < K-1 of max_l<K-1 R[l,j] - R[K-1,j]",
        lambda r, _, __: forgetting(r),
    ),
    Measure(
        "learning_accuracy", "learning", "mean over j of R[j, j]",
        lambda r, _, __: learning_accuracy(r),
    ),
    Measure(
        "average_incremental_accuracy", "average",
        "mean over k of the mean over j <= k of R[k, j]",
        lambda r, _, __: average_incremental_accuracy(r),
    ),
    Measure(
        "intransigence", "intransigence", "mean over j of J[j] - R[j, j], J[j] learnt jointly",
        lambda r, _, joint: intransigence(r, joint), needs_joint=True,
    ),
)  # fmt: skip
