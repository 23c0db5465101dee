"""How well learnt subspaces fit the activity that they are to protect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from experiments.continual.network import Network
from experiments.continual.tasks import Lesson
from plasticity.projection.exact import ExactSubspace
from plasticity.projection.protocol import Projector

Array = NDArray[Any]
N_IMAGES = 1000  # of a finished task, whose activity is looked at


@dataclass(frozen=True, slots=True)
class Fit:
    """Hold how well the rows of each layer fit the activity of the task just finished.

    Attributes
    ----------
    explained, explained_exact : float
        Share of the second moment inside the span of all rows, and with the best rows of equal
        number in place of the new ones.
    angle, median_angle : float
        Largest and median principal angle between the new rows and the best ones, in radians, both
        outside of the old rows; NaN without new rows.
    """

    explained: float
    explained_exact: float
    angle: float
    median_angle: float


def fits(
    network: Network, projectors: list[Projector], n_old: list[int], lesson: Lesson
) -> list[Fit]:
    """Compare the subspaces of all layers with the exact ones of a finished task.

    Parameters
    ----------
    network : Network
        After the task.
    projectors : list of Projector
        One for each layer of weights.
    n_old : list of int
        Rows that each had before the task.
    lesson : Lesson
        The task; its first images are shown once more, nothing learns.

    Returns
    -------
    list of Fit
        One for each layer.
    """
    images, labels = lesson.images[:N_IMAGES], lesson.labels[:N_IMAGES]
    activity: list[list[Array]] = [[] for _ in projectors]
    for update in network.trainer.updates(network.weights, images, labels):
        activity[update.layer].append(update.activity)
    return [
        fit(np.concatenate(seen), projector.rows, old)
        for seen, projector, old in zip(activity, projectors, n_old, strict=True)
    ]


def fit(activity: Array, rows: Array, n_old: int) -> Fit:
    """Compare rows with the exact subspace of some activity.

    Parameters
    ----------
    activity : array, shape (n_samples, n)
        Presynaptic activity.
    rows : array, shape (k, n)
        Learnt rows, old ones first; they need not be orthonormal.
    n_old : int
        How many of them are older than the activity.

    Returns
    -------
    Fit
        See there.
    """
    samples = activity.astype(np.float64)
    basis = _basis(rows)
    exact = ExactSubspace(samples.shape[1], np.float64)
    exact.restore(basis[:n_old])
    exact.begin_task(len(rows) - n_old, np.random.default_rng(0))
    exact.observe(samples)
    exact.end_task()
    angles = _angles(basis[n_old:], exact.rows[n_old:])
    return Fit(
        _explained(samples, basis),
        _explained(samples, exact.rows),
        float(angles.max()) if len(angles) else np.nan,
        float(np.median(angles)) if len(angles) else np.nan,
    )


def _basis(rows: Array) -> Array:
    """Return an orthonormal basis whose first i rows span the first i rows given."""
    return np.linalg.qr(rows.astype(np.float64).T)[0].T


def _explained(samples: Array, basis: Array) -> float:
    return float(np.sum((samples @ basis.T) ** 2) / np.sum(samples**2))


def _angles(one: Array, other: Array) -> Array:
    """Return the principal angles between two subspaces given by orthonormal rows."""
    if not len(one):
        return np.zeros(0)
    cosines = np.linalg.svd(one @ other.T, compute_uv=False)
    found: Array = np.arccos(np.clip(cosines, -1, 1))
    return found
