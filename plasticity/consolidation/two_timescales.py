"""Synapses of two parts: a fast one that learns, and a slow one that follows and pulls it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]


def exchange(
    fast: Sequence[Array], slow: Sequence[Array], tau_fast: float, tau_slow: float
) -> None:
    """Let the two parts of every synapse flow together for one step, in place.

    fast <- fast - (fast - slow) / tau_fast and slow <- slow + (fast - slow) / tau_slow, both from
    the same difference: two beakers joined by a tube. tau_fast * fast + tau_slow * slow stays,
    and the difference shrinks by 1 - 1 / tau_fast - 1 / tau_slow.

    Parameters
    ----------
    fast, slow : sequence of array
        Of equal shapes.
    tau_fast, tau_slow : float
        Time constants in steps, of how long the fast part keeps what it has learnt, and of the
        slow part; 1 / tau_fast + 1 / tau_slow must not exceed 1. An infinite constant holds a
        part where it is.

    References
    ----------
    Benna & Fusi, "Computational principles of synaptic memory consolidation", Nature Neuroscience
    19 (2016), with two variables.
    """
    for quick, lasting in zip(fast, slow, strict=True):
        difference = quick - lasting
        quick -= difference * quick.dtype.type(1 / tau_fast)
        difference *= quick.dtype.type(1 / tau_slow)
        lasting += difference
