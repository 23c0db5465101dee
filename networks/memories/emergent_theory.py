"""Which synapses consolidated Hebbian learning keeps: binomial tails of coincidences.

Without an energy limit and recurrence, a pair of units of a message is active together in a
presentation with chance (1 - p_e)^2, a unit of it and a silent one with (1 - p_e) p_i, two silent
ones with p_i^2, and its tag, if it does not leak, counts them over R presentations.
"""

from __future__ import annotations

from typing import NamedTuple

import scipy

from networks.memories.emergent import Emergent


class Consolidated(NamedTuple):
    """Hold the chances that one message consolidates a pair of each kind.

    Attributes
    ----------
    right : float
        Both units belong to the message.
    half_wrong : float
        One unit belongs to it.
    wrong : float
        None does.
    """

    right: float
    half_wrong: float
    wrong: float


def consolidated(settings: Emergent) -> Consolidated:
    """Compute P(Bin(R, q) >= theta_c) for the three kinds of pairs, without energy limit.

    Parameters
    ----------
    settings : Emergent
        Of which R, p_e, p_i and theta_c count.
    """
    on, off = 1 - settings.erase, settings.insert
    coincidence = (on * on, on * off, off * off)
    tails = scipy.stats.binom.sf(settings.theta - 1, settings.repetitions, coincidence)
    return Consolidated(*map(float, tails))


def wrong_pairs(settings: Emergent) -> float:
    """Compute the expected number of wrong pairs that one message consolidates, unordered."""
    chance = consolidated(settings)
    k, silent = settings.active, settings.size - settings.active
    return k * silent * chance.half_wrong + silent * (silent - 1) / 2 * chance.wrong
