"""Class means, and a linear discriminant whose covariance all classes share."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.linalg import solve

from plasticity.readout.protocol import Array, Features, Labels, as_array


class ClassMeans:
    """Learn the mean of each class; the nearest one in Euclidean distance answers.

    Parameters
    ----------
    width, n_classes : int
        Features and classes.
    """

    def __init__(self, width: int, n_classes: int) -> None:
        self.total = np.zeros((n_classes, width), dtype=np.float32)
        self.number = np.zeros(n_classes, dtype=np.int64)

    @property
    def bytes(self) -> int:
        """Return the size of sums and numbers."""
        return self.total.nbytes + self.number.nbytes

    @property
    def mean(self) -> Array:
        """Return the mean of each class, shape (n_classes, width); 0 if never seen."""
        return np.asarray(self.total.astype(np.float64) / np.maximum(self.number, 1)[:, None])

    def learn(self, features: Features, labels: Labels) -> None:
        """Add a batch to the sums of its classes."""
        present = one_hot(labels, len(self.number))
        self.total += present.T @ as_array(features)
        self.number += np.bincount(labels, minlength=len(self.number))

    def scores(self, features: Features) -> Array:
        """Return x m_c - |m_c|^2 / 2: largest where the distance is smallest."""
        mean = self.mean.astype(np.float32)
        offset = (mean**2).sum(axis=1) / 2
        return np.where(self.number > 0, as_array(features) @ mean.T - offset, -np.inf)


class Discriminant:
    """Learn class means and the covariance within classes: a linear discriminant, streamed.

    The second moment is summed as samples come, so that the result is that of all data at once,
    in whatever order.

    Parameters
    ----------
    width, n_classes : int
        Features and classes.
    shrinkage : float
        e in (1 - e) S + e tr(S) / n I, the covariance that is inverted.

    References
    ----------
    Hayes & Kanan, "Lifelong machine learning with deep streaming linear discriminant analysis",
    CVPR workshops 2020.
    """

    def __init__(self, width: int, n_classes: int, shrinkage: float = 1e-4) -> None:
        self.means = ClassMeans(width, n_classes)
        self.moment = np.zeros((width, width), dtype=np.float32)
        self.shrinkage = shrinkage

    @property
    def bytes(self) -> int:
        """Return the size of the means and of the second moment."""
        return self.means.bytes + self.moment.nbytes

    def learn(self, features: Features, labels: Labels) -> None:
        """Add a batch to the sums."""
        values = as_array(features)
        self.means.learn(values, labels)
        self.moment += values.T @ values

    def scores(self, features: Features) -> Array:
        """Return x L m_c - m_c L m_c / 2 with the inverse covariance L."""
        weight, offset = self._fitted()
        found = as_array(features) @ weight.astype(np.float32) - offset.astype(np.float32)
        return np.where(self.means.number > 0, found, -np.inf)

    def _fitted(self) -> tuple[Any, Any]:
        mean, number = self.means.mean, self.means.number
        total = max(1, int(number.sum()))
        within = self.moment.astype(np.float64) / total - (mean.T * (number / total)) @ mean
        floor = self.shrinkage * np.trace(within) / len(within)
        matrix = (1 - self.shrinkage) * within + floor * np.eye(len(within))
        weight = solve(matrix, mean.T, assume_a="sym")
        return weight, (mean.T * weight).sum(axis=0) / 2


def one_hot(labels: Labels, n_classes: int) -> Array:
    """Return zeros and ones, shape (n_samples, n_classes)."""
    found: Array = np.eye(n_classes, dtype=np.float32)[labels]
    return found
