"""Closed forms of clique networks: density, ambiguity after one step, and what settling leaves.

References
----------
Gripon & Berrou, "Sparse neural networks with large learning diversity", IEEE Transactions on
Neural Networks 22 (2011): density and the error of one step. What settling cannot remove is
derived here.
"""

from __future__ import annotations

from math import comb

import numpy as np
import scipy

from networks.memories.cliques import Cliques


def clique_density(settings: Cliques, n_messages: int) -> float:
    """Return the expected density of a memory of random messages.

    Parameters
    ----------
    settings : Cliques
        The memory.
    n_messages : int
        M, messages stored.

    Returns
    -------
    float
        1 - (1 - 1 / l ** 2) ** M.
    """
    return float(-np.expm1(n_messages * np.log1p(-1 / settings.units**2)))


def clique_error(settings: Cliques, n_messages: int, erased: int) -> float:
    """Return the chance that one step leaves a message that is not unique.

    Parameters
    ----------
    settings : Cliques
        The memory.
    n_messages : int
        M, random messages stored.
    erased : int
        c_e, unknown clusters of the cue.

    Returns
    -------
    float
        1 - (1 - d ** (c - c_e)) ** ((l - 1) c_e), units taken as independent and alike. Those that
        many messages use make it too low where clusters are small: .56 for .70 (c 12, l 16, c_e 6,
        156 messages; six networks of all messages).
    """
    known = settings.clusters - erased
    chance = clique_density(settings, n_messages) ** known
    return float(-np.expm1((settings.units - 1) * erased * np.log1p(-chance)))


def settled_error(settings: Cliques, n_messages: int, erased: int) -> float:
    """Return the chance that a message is not unique however long it settles.

    Wrong units survive every step where they complete the message to another clique: s of them,
    in s unknown clusters, joined to each other and to the c - s units of the message in all other
    clusters, by several messages or, which for s > 1 is another matter, by one. Their expected
    number is

        sum_s C(c_e, s) (l - 1) ** s (E[d(r) ** (c - s + (s - 1) / 2)] ** s + e_s)

    where e_s = (M - 1) / l ** c for s > 1, 0 for s = 1, and d(r) = 1 - (1 - 1 / l) ** r is the
    chance that a unit of usage r, Binomial(M, 1 / l), is joined to a given unit of another cluster;
    the message fails unless there are none (Poisson).
    Units that keep each other without forming a clique are left out, which is optimistic: little if
    half of the clusters are known, by far if fewer are. That wrong cliques share synapses is left
    out too, which is pessimistic where most messages fail: .90 for .74 (c 8, l 64, four unknown;
    six networks of 200 probes), .99 for .96 (l 256; five of 300).

    Parameters
    ----------
    settings : Cliques
        The memory.
    n_messages : int
        M, random messages stored.
    erased : int
        c_e, unknown clusters of the cue.

    Returns
    -------
    float
        The chance of failure.
    """
    c, others = settings.clusters, settings.units - 1
    usage = np.arange(n_messages + 1)
    chance = scipy.stats.binom.pmf(usage, n_messages, 1 / settings.units)
    usage, chance = usage[chance > 0], chance[chance > 0]
    joined = 1 - (1 - 1 / settings.units) ** usage
    same = (n_messages - 1) * settings.units ** -float(c)
    expected = sum(
        comb(erased, s)
        * others**s
        * (float(chance @ joined ** (c - s + (s - 1) / 2)) ** s + (same if s > 1 else 0.0))
        for s in range(1, erased + 1)
    )
    return float(-np.expm1(-expected))


def message_bits(settings: Cliques) -> float:
    """Return the information of one message, c log2(l) bits."""
    return float(settings.clusters * np.log2(settings.units))
