"""How fast a small deviation of one neuron grows or fades in its network."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError
from plasticity.lyapunov import Trajectory

Array = NDArray[Any]


def neuron_exponents(trajectory: Trajectory, window: float, n_windows: int = 1) -> Array:
    """Return for each neuron the log growth of a deviation of its potential, per s, shape (n,).

    At the begin of a window the potential of neuron k deviates by an infinitesimal amount, and no
    other; lambda_k is the logarithm of the length that the deviation of the whole network has at
    the end, over the length of the window, in the mean of several windows in a row. Exponents of
    the QR method belong to directions, not to neurons; the longer the window, the nearer all
    lambda_k come to the largest of those.

    Parameters
    ----------
    trajectory : Trajectory
        The network at its working point, past its transient; it is moved on.
    window : float
        In s; a few membrane time constants.
    n_windows : int
        How many, 1 or more.

    Returns
    -------
    array of floats, shape (n,)
        -inf where a deviation is cancelled in some window, as by an avalanche.

    Raises
    ------
    SpecError
        If there is no time.
    """
    if window <= 0 or n_windows < 1:
        raise SpecError(f"{n_windows} windows of {window} s; needed: 1 or more, above 0 s")
    growth = np.zeros(trajectory.network.size)
    for _ in range(n_windows):
        growth += _growth(trajectory, trajectory.time + window)
    return growth / (n_windows * window)


def _growth(trajectory: Trajectory, until: float) -> Array:
    """Return the log growth of each neuron's deviation up to a time."""
    n = trajectory.network.size
    basis = np.zeros((trajectory.dimension, n))
    np.fill_diagonal(basis, 1.0 / trajectory.potential_per_unit[:n])
    growth = np.zeros(n)
    while trajectory.time < until:
        trajectory.run(n, until, basis)
        length = np.linalg.norm(trajectory.potential_per_unit[:, None] * basis, axis=0)
        is_left = length > 0
        basis /= np.where(is_left, length, 1.0)
        growth += np.where(is_left, np.log(np.where(is_left, length, 1.0)), -np.inf)
    return growth
