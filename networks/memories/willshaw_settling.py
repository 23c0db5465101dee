"""A mean-field theory of how the Willshaw memory settles from a damaged cue by k winners.

The number c of correct units among the k winners is a Markov chain. A step meets fresh
connections given the usage of a unit (see `networks.memories.willshaw_theory`):

* a silent unit of usage r sums Bin(c, q(r)) from correct and Bin(w, q_w(r)) from wrong units;
* a unit of the pattern sums c (c - 1 if it is active) and Bin(w, q_w(r));
* with autapses an active unit also hears itself, unless no pattern has it: then r is 0;
* q_w(r) = 1 - (1 - rho / M) ** r, where rho is the mean usage of the wrong units: k M / N in the
  cue, and afterwards that of the units which the last step let win by mistake.

The winners are the k largest of all these sums, ties decided at random (for random patterns as
good as by index): order statistics of independent classes, integrated numerically.

What is left out: the sums of one network scatter some per cent less than binomial ones (usage of
the inputs differs, patterns have k units), and connections are the same in every step, so a wrong
winner keeps the inputs that made it win and a loser those that made it lose. Together they make
the theory pessimistic. Against simulation (N = 2000, k = 40, 12 units erased and 12 inserted; 4
networks of 300 probes): one step at M = 1000 .825 for .851, at 1200 .44 for .50; two steps at
2000 .48 for .67; eight steps at 2500 .93 for .985. The load of half recall after eight steps is
2650 for 2795, 5 % too low; with k = 50, 15 erased and 15 inserted (20 networks of 300 probes) after
five steps 1865 for 1932, 3.4 % too low: .81 for .93 at 1800 patterns, .31 for .65 at 1900, .03 for
.21 at 2000. With few active units it is optimistic as long as recall is high: N = 500, k = 10, 5
units erased, eight steps (5 networks of 200 probes) .954 for .992 at 500, .854 for .904 at 600,
but .295 for .189 at 800.

References
----------
Derived here from the definition of the memory; the usage of units follows Buckingham & Willshaw,
Network 3 (1992), the chain of steps Gibson & Robinson, Network 3 (1992).
"""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import NDArray

from networks.memories.willshaw_theory import Load, connection_chance, usage_distribution
from neuro.errors import SpecError

# Points of the integral over the threshold between two integer sums.
SUBDIVISION = 8
# States of less probability are not followed.
NEGLIGIBLE = 1e-5

Array = NDArray[np.float64]


def settle(
    load: Load, n_correct: int, n_wrong: int, iterations: int = 8, autapses: bool = False
) -> Array:
    """Compute the distribution of the number of correct winners after each step.

    Parameters
    ----------
    load : Load
        What is stored.
    n_correct, n_wrong : int
        Units of the cue that belong to the pattern, and that do not.
    iterations : int
        Number of steps.
    autapses : bool
        Whether every unit of a stored pattern connects to itself.

    Returns
    -------
    array of float64, shape (iterations + 1, k + 1)
        Chance of c correct units among the k winners; row 0 is the cue. The last column is the
        chance of exact recall, ``result @ arange(k + 1) / k`` the mean overlap.

    Raises
    ------
    SpecError
        If the memory has no such cue.
    """
    k = load.active
    if not 0 <= n_correct <= k or not 0 <= n_wrong <= load.size - 2 * k:
        raise SpecError(f"a cue of {n_correct} correct and {n_wrong} wrong units of {load}")
    chance = np.zeros((iterations + 1, k + 1))
    chance[0, n_correct] = 1.0
    rho = load.n_patterns * k / load.size
    for step in range(iterations):
        followed = np.flatnonzero(chance[step] > NEGLIGIBLE)
        n_errors = weighted_usage = 0.0
        for c in followed:
            n_false = n_wrong if step == 0 else k - int(c)
            outcome, usage = _step(load, int(c), n_false, rho, autapses)
            chance[step + 1] += chance[step, c] * outcome
            errors = chance[step, c] * (k - outcome @ np.arange(k + 1))
            n_errors += errors
            weighted_usage += errors * usage
        chance[step + 1] /= chance[step + 1].sum()
        rho = weighted_usage / n_errors if n_errors > 0 else rho
    return chance


def exact_recall(
    load: Load, erase: int, insert: int, iterations: int = 8, autapses: bool = False
) -> float:
    """Compute the chance that a pattern with damaged cue is recalled exactly.

    Parameters
    ----------
    load : Load
        What is stored.
    erase, insert : int
        Units of the pattern deleted from the cue, and others added.
    iterations : int
        Number of steps.
    autapses : bool
        As in `settle`.
    """
    return float(settle(load, load.active - erase, insert, iterations, autapses)[-1, -1])


def _step(load: Load, c: int, w: int, rho: float, autapses: bool) -> tuple[Array, float]:
    """Return the distribution of the next c, and the mean usage of the next wrong winners."""
    k = load.active
    usage, chance = usage_distribution(load)
    q = connection_chance(load, usage)
    q_wrong = np.asarray(1 - (1 - min(1.0, rho / load.n_patterns)) ** usage, dtype=np.float64)
    silent = _convolve(_binomial(c, q), _binomial(w, q_wrong))
    own = np.where(usage > 0, float(autapses), 0.0)
    others = _convolve(_binomial(c, q), _binomial(max(w - 1, 0), q_wrong))
    cued = chance @ _convolve(others, np.stack([1 - own, own], axis=1))
    from_wrong = chance @ _binomial(w, q_wrong)
    length, kept = c + w + 1, c if autapses else c - 1
    exceed_silent, exceed_cued, exceed_lost, exceed_kept = (
        _exceedance(pmf, shift, length)
        for pmf, shift in ((chance @ silent, 0), (cued, 0), (from_wrong, c), (from_wrong, kept))
    )
    n_right = _convolve(_binomial(c, exceed_kept), _binomial(k - c, exceed_lost))
    n_silent = _binomial(load.size - k - w, exceed_silent, k)
    n_false = _convolve(_binomial(w, exceed_cued), n_silent)[:, : k + 1]
    expected = n_right @ np.arange(k + 1) + w * exceed_cued + (load.size - k - w) * exceed_silent
    cut, part = divmod(int(np.searchsorted(-expected, -float(k))), SUBDIVISION)
    at_cut = silent[:, cut : cut + 1].sum(axis=1) * (1 - part / SUBDIVISION)
    winning = chance * (at_cut + silent[:, cut + 1 :].sum(axis=1))
    mean_usage = winning @ usage / winning.sum() if winning.sum() > 0 else rho
    return _winners(n_right, n_false), float(mean_usage)


def _winners(n_right: Array, n_false: Array) -> Array:
    """Return the distribution of correct units among the k winners.

    At least m of them are correct if at most k - m others exceed the m-th largest sum of the
    units of the pattern. Rows are thresholds, columns counts of units that exceed them.
    """
    at_least = np.cumsum(n_right[:, ::-1], axis=1)[:, ::-1]
    at_most = np.cumsum(n_false, axis=1)
    density = -np.diff(at_least, axis=0)
    middle = (at_most[1:] + at_most[:-1]) / 2
    tail = np.append((density * middle[:, ::-1]).sum(axis=0), 0.0)
    tail[0] = 1.0
    outcome = np.clip(tail[:-1] - tail[1:], 0.0, None)
    return np.asarray(outcome / outcome.sum())


def _exceedance(pmf: Array, shift: int, length: int) -> Array:
    """Return P(sum + shift + U >= x) for x = 0 .. length, U uniform on 0 to 1 to decide ties."""
    cumulative = np.concatenate([[0.0], np.cumsum(pmf)])
    x = np.arange(length * SUBDIVISION + 1) / SUBDIVISION - shift
    below = np.interp(x, np.arange(len(cumulative)), cumulative)
    return np.asarray(np.clip(1 - below, 0.0, 1.0))


def _binomial(n: int, chance: Array, most: int | None = None) -> Array:
    """Return the table of Bin(n, chance) for counts up to `most`, one row for each chance."""
    count = np.arange((n if most is None else min(n, most)) + 1)
    return np.asarray(scipy.stats.binom.pmf(count, n, chance[:, None]))


def _convolve(a: Array, b: Array) -> Array:
    """Return row by row the distribution of the sum of two independent counts."""
    total = np.zeros((len(a), a.shape[1] + b.shape[1] - 1))
    for count in range(b.shape[1]):
        total[:, count : count + a.shape[1]] += a * b[:, count, None]
    return total
