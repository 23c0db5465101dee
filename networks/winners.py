"""The k winners of a set of drives, with ties decided the same way everywhere."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from neuro.errors import SpecError


def k_winners(drive: NDArray[Any], k: int) -> NDArray[np.bool_]:
    """Mark the k units of largest drive in each row; of equal drives the lower index wins.

    Parameters
    ----------
    drive : array of numbers, shape (P, N)
        One row for each pattern; finite.
    k : int
        Number of winners, 0 to N.

    Returns
    -------
    array of bool, shape (P, N)
        Exactly k are true in each row.

    Raises
    ------
    SpecError
        If k is out of range or a drive is not finite.
    """
    n_units = drive.shape[1]
    if not 0 <= k <= n_units:
        raise SpecError(f"{k} winners of {n_units} units; needed: 0 to {n_units}")
    if not np.isfinite(drive).all():
        raise SpecError("a drive is NaN or infinite; winners need finite drives")
    if k == 0:
        return np.zeros(drive.shape, dtype=np.bool_)
    lowest = np.partition(drive, n_units - k, axis=1)[:, n_units - k, None]
    winner: NDArray[np.bool_] = drive > lowest
    tied: NDArray[np.bool_] = drive == lowest
    n_missing = k - winner.sum(axis=1, keepdims=True)
    # A running count lets the first of the tied units in, in order of their index.
    winner |= tied & (np.cumsum(tied, axis=1, dtype=np.int32) <= n_missing)
    return winner
