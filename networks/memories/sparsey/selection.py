"""The chances of each unit to win its module."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.memories.sparsey import choice
from networks.memories.sparsey.settings import Selection


def win_probabilities(selection: Selection, support: NDArray[Any]) -> NDArray[np.float64]:
    """Compute rho for the support of the units of a mac.

    Parameters
    ----------
    selection : Selection
        How codes are drawn.
    support : array, shape (Q, K)
        V, between 0 and 1.

    Returns
    -------
    array of float64, shape (Q, K)
        rho; each module sums to 1.
    """
    support = np.ascontiguousarray(support, dtype=np.float64)
    rho = np.empty_like(support)
    choice.win_probabilities(support, selection.parameters, rho)
    return rho
