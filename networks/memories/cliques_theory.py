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
from numpy.typing import NDArray

from networks.memories.cliques import Cliques

Array = NDArray[np.float64]


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
    """Return the chance that a message is not unique when nothing changes any more.

    Wrong units survive every step where they keep each other: a set of s of them, one in each of s
    unknown clusters, stays if each is joined to the message's units in the clusters without one,
    and in every other cluster to the message's unit or to the wrong one. Of nested sets the
    smallest counts: let an arc lead from a wrong unit to another one which it needs because it is
    not joined to the message's unit there; a set holds no smaller one if all of its units are
    reached from each of them along arcs. Their expected number is

        sum_s C(c_e, s) (l - 1) ** s (E[d(r) ** (c - s) S_s(d(r), d(r)) ** (1 / s)] ** s + e_s)

    where S_s is the weight of those sets (`_needing_each_other`) and d(r) = 1 - (1 - 1 / l) ** r
    the chance that a unit of usage r, Binomial(M - 1, 1 / l), is joined to a given unit of another
    cluster; e_s = (M - 1) / l ** c E[S_s(d(r), 1) ** (1 / s)] ** s for s > 1, 0 for s = 1, are sets
    that one other message joins. The message fails unless there are none (Poisson).
    Sets with two units in one cluster are left out, which is optimistic where fewer than half of
    the clusters are known: .58 for .43 recalled (c 8, l 256, five unknown, 22,000 messages). So
    are sets that a few other messages join, optimistic too: .68 for .65 (c 8, l 16, four unknown,
    140 messages), .68 for .63 (c 6, l 32, three unknown, 350). That sets which overlap come
    together is pessimistic where nearly all fail: .01 for .08 (c 8, l 256, four unknown, 30,000).

    Parameters
    ----------
    settings : Cliques
        The memory; its iterations do not matter.
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
    usage = np.arange(n_messages)
    chance = scipy.stats.binom.pmf(usage, n_messages - 1, 1 / settings.units)
    usage, chance = usage[chance > 0], chance[chance > 0]
    joined = 1 - (1 - 1 / settings.units) ** usage
    weights = zip(
        _needing_each_other(erased, joined, joined),
        _needing_each_other(erased, joined, np.ones_like(joined)),
        strict=True,
    )
    expected = 0.0
    for s, (weight, together) in enumerate(weights, start=1):
        kept = float(chance @ (joined ** (c - s) * weight ** (1 / s)))
        needed = float(chance @ together ** (1 / s)) * others / settings.units
        same = (n_messages - 1) * settings.units ** -float(c - s) * needed**s
        expected += comb(erased, s) * ((others * kept) ** s + (same if s > 1 else 0.0))
    return float(-np.expm1(-expected))


def _needing_each_other(most: int, joined: Array, mutual: Array) -> list[Array]:
    """Return S_1 to S_most, the weights of sets of wrong units that hold no smaller one.

    Between two wrong units there is no arc, of weight d ** 2 (both are joined to the message's
    units), one arc, (1 - d) d m each, or two, (1 - d) ** 2 m: with an arc they must be joined to
    each other, which has the chance m. The sets are strongly connected digraphs, counted by
    inclusion and exclusion of components from which no arc leaves.

    Parameters
    ----------
    most : int
        Of units in a set.
    joined, mutual : array
        d and m.

    Returns
    -------
    list of array
        Each of the shape of `joined`.
    """
    none = joined**2
    one, two = (1 - joined) * joined * mutual, (1 - joined) ** 2 * mutual
    every = [(none + 2 * one + two) ** comb(n, 2) for n in range(most + 1)]
    # Sum over sets of separate components, with the sign of their number.
    signed, strong = [np.ones_like(joined)], [np.zeros_like(joined)]
    for n in range(1, most + 1):
        before = [
            comb(n, k) * signed[k] * (none + one) ** (k * (n - k)) * every[n - k] for k in range(n)
        ]
        signed.append(-np.sum(before, axis=0))
        # The component of the first unit has k; the others are separate from it.
        rest = sum(
            comb(n - 1, k - 1) * strong[k] * none ** (k * (n - k)) * signed[n - k]
            for k in range(1, n)
        )
        strong.append(np.maximum(-signed[n] - rest, 0.0))
    return strong[1:]


def message_bits(settings: Cliques) -> float:
    """Return the information of one message, c log2(l) bits."""
    return float(settings.clusters * np.log2(settings.units))
