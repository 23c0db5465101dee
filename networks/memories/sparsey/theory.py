"""What can be said of Sparsey in closed form: one stored item, and codes drawn at random."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from networks.memories.sparsey.selection import win_probabilities
from networks.memories.sparsey.settings import Selection
from neuro.errors import SpecError


def expected_intersection(
    selection: Selection, modules: int, units: int, overlap: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Compute the mean intersection of two codes, drawn for overlapping inputs in an empty mac.

    The first input is all that the mac has stored. The second shares a fraction o of its
    lines, so in each module the stored winner has support o, the others none, and G = o.

    Parameters
    ----------
    selection : Selection
        How codes are drawn.
    modules, units : int
        Q and K.
    overlap : array, shape (n,)
        o, 0 to 1.

    Returns
    -------
    array of float64, shape (n,)
        Q rho of the stored winner.
    """
    result = []
    for share in np.atleast_1d(overlap):
        support = np.zeros((1, units))
        support[0, 0] = share
        result.append(modules * win_probabilities(selection, support)[0, 0])
    return np.array(result)


def random_code_recall(lines: int, active: int, units: int, n_stored: int) -> float:
    """Compute how often a module brings back its unit of a stored item, if codes are random.

    Items activate `active` of the lines; each is given one unit of the module at random (chi =
    0). The unit of an item keeps support 1. A rival that has learnt r other items ties with it
    if they cover all S active lines, of which chance c(r) is that of r draws of S from N lines.
    Of the unit and T tied rivals one is drawn, so the answer is

        E[1 / (1 + T)] = integral from 0 to 1 of E[prod_j (1 - (1 - x) c(r_j))] dx

    over the K - 1 rivals, whose r_j and that of the unit are multinomial with sum n - 1. The
    integrand is a polynomial of degree K - 1, which Gauss's rule integrates exactly.

    Parameters
    ----------
    lines, active : int
        N and S.
    units : int
        K.
    n_stored : int
        n.

    Returns
    -------
    float
        Fraction of modules; exact.
    """
    if not 0 < active <= lines or min(units, n_stored) < 1:
        raise SpecError(f"{active} of {lines} lines, {units} units, {n_stored} items stored")
    learnt = np.arange(n_stored)
    # A multinomial is independent Poisson counts, given their sum.
    chance = scipy.stats.poisson.pmf(learnt, (n_stored - 1) / units)
    cover = _cover(lines, active, n_stored)
    node, weight = np.polynomial.legendre.leggauss(units // 2 + 1)
    mean = [_sum_at_end(chance * (1 - (1 - x) * cover), units - 1, chance) for x in (node + 1) / 2]
    norm = scipy.stats.poisson.pmf(n_stored - 1, n_stored - 1)
    return float(weight @ np.array(mean) / 2 / norm)


def fading_recall(lines: int, active: int, units: int, life: int, age: int) -> float:
    """Compute the same of an item so many items old, if synapses are forgotten at once.

    A memory whose synapses count alike until they are `life` items old has stored the last `life`
    items and no other: an item is asked for among these, or was never stored.

    Parameters
    ----------
    lines, active, units : int
        As of `random_code_recall`.
    life : int
        S, steps.
    age : int
        Items stored after it; there were more than S in all.

    Returns
    -------
    float
        Fraction of modules; exact.
    """
    return random_code_recall(lines, active, units, life) if age < life else 1 / units


def shared_familiarity(modules: int, units: int, shared: int, *, is_corrected: bool) -> float:
    """Compute G of what follows an item that several sequences share, when that has come alone.

    The item had another code in each of n sequences; without context each of its winners is drawn
    from the D units of its module that had won for it. What follows in one sequence has learnt
    from that sequence's code alone, and hears X of the Q - 1 lines that reach it, each with
    chance E[1 / D]. Its G is E[min(1, F X / (Q - 1))], where F is 1, or the hypotheses
    zeta = round(E[D]) that the code stands for.

    Parameters
    ----------
    modules, units : int
        Q and K.
    shared : int
        n.
    is_corrected : bool
        Whether F(zeta) = zeta.

    Returns
    -------
    float
        G; other support than that of what follows is left out.
    """
    if modules < 2 or min(units, shared) < 1:
        raise SpecError(f"{modules} modules of {units} units, {shared} sequences")
    chance = _distinct(units, shared)
    number = np.arange(1, shared + 1)
    zeta = int(np.floor(chance @ number + 0.5)) if is_corrected else 1
    # Each of n codes is that of the sequence as likely as another: the share of its unit is 1 / D.
    heard = np.arange(modules)
    law = scipy.stats.binom.pmf(heard, modules - 1, float(chance @ (1 / number)))
    return float(law @ np.minimum(1.0, zeta * heard / (modules - 1)))


def _distinct(units: int, draws: int) -> NDArray[np.float64]:
    """Return the chances that so many draws from K units give 1, 2, ... different ones."""
    chance = np.zeros(draws)
    chance[0] = 1.0
    number = np.arange(1, draws + 1)
    for _ in range(draws - 1):
        new = chance * np.maximum(0.0, 1 - number / units)
        chance = chance * np.minimum(1.0, number / units)
        chance[1:] += new[:-1]
    return chance


def _cover(lines: int, active: int, n: int) -> NDArray[np.float64]:
    """Return c(r): the chance that r random items cover the S lines of another, for r < n."""
    left = np.arange(active + 1)
    # step[a, b]: of a uncovered lines one more item leaves b.
    step = scipy.stats.hypergeom.pmf(left[:, None] - left, lines, left[:, None], active)
    state = np.zeros(active + 1)
    state[active] = 1.0
    chance = np.empty(n)
    for r in range(n):
        chance[r] = state[0]
        state = state @ step
    return chance


def _sum_at_end(factor: NDArray[Any], power: int, last: NDArray[Any]) -> float:
    """Return the highest coefficient kept of the series factor ** power * last."""
    n = len(last)
    product = last
    while power:
        if power % 2:
            product = np.convolve(product, factor)[:n]
        factor = np.convolve(factor, factor)[:n]
        power //= 2
    return float(product[-1])
