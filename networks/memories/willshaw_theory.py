"""Closed forms of the Willshaw memory: fill, capacity, and the errors of one step of recall.

A unit that takes part in r patterns connects to those units that these patterns have beside it:
r draws of k - 1 of the N - 1 others. Averaging over r, the *usage* of the unit, keeps the positive
correlation of the synapses of one unit, which the plain binomial of chance p1 drops: few units of
high usage make most of the errors. How many of some units are covered by r draws is exact at any
load, and so is the mean number of errors; that all units are right at once (`one_step`) rests on
the assumption that units are independent given the usage of the cue.

References
----------
Willshaw, Buneman & Longuet-Higgins, Nature 222 (1969); Buckingham & Willshaw, "Performance
characteristics of the associative net", Network 3 (1992): unit usage; Knoblauch, Palm & Sommer,
"Memory capacities for synaptic and structural plasticity", Neural Computation 22 (2010): high
quality retrieval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy
from numpy.typing import NDArray

from networks.memories.observables import transmitted_bits
from neuro.errors import SpecError

# Usage is summed over this many standard deviations around its mean: the rest is below 1e-10.
USAGE_RANGE = 7.0
# Standard deviations at which the usage of a whole cue, nearly normal, is looked at.
CUE_NODES = np.linspace(-5.0, 5.0, 41)


@dataclass(frozen=True, slots=True)
class Load:
    """State what a memory of random patterns holds, without autapses.

    Attributes
    ----------
    size : int
        N, number of units.
    active : int
        k, active units of each pattern, at least 1 and fewer than N.
    n_patterns : int
        M, number of patterns stored.
    """

    size: int
    active: int
    n_patterns: int

    def __post_init__(self) -> None:
        if not 0 < self.active < self.size or self.n_patterns < 1:
            raise SpecError(
                f"{self.n_patterns} patterns of {self.active} active in {self.size} units; "
                f"needed: at least one pattern, and some but not all units active"
            )


class QualityCapacity(NamedTuple):
    """Hold the fill p1, the patterns M and the bits per synapse C at a stated quality."""

    fill: float
    n_patterns: float
    bits_per_synapse: float


class StepErrors(NamedTuple):
    """Hold the chances of error of a unit in one step with a threshold.

    Attributes
    ----------
    false_on : float
        A silent unit that the cue does not contain becomes active.
    false_on_cued : float
        A unit wrongly in the cue stays active.
    false_off : float
        A unit of the pattern that the cue lacks stays silent.
    false_off_cued : float
        A unit of the pattern in the cue becomes silent.
    """

    false_on: float
    false_on_cued: float
    false_off: float
    false_off_cued: float


class OneStep(NamedTuple):
    """Hold the chance that one step recalls a pattern exactly, and the mean spurious units."""

    exact: float
    spurious: float


def fill(load: Load, autapses: bool = False) -> float:
    """Compute the expected fraction p1 of synapses that are set.

    Parameters
    ----------
    load : Load
        What is stored.
    autapses : bool
        Average over all k^2/N^2 pairs, as in a hetero-associative memory, in place of the pairs
        of different units.
    """
    pair = _pair_chance(load.size, load.active, autapses)
    return float(-np.expm1(load.n_patterns * np.log1p(-pair)))


def patterns_at_fill(p1: float, size: int, active: int, autapses: bool = True) -> float:
    """Compute the number of patterns M = ln(1 - p1) / ln(1 - k^2/N^2) that sets p1 of them."""
    return float(np.log1p(-p1) / np.log1p(-_pair_chance(size, active, autapses)))


def capacity_at_quality(size: int, active: int, error: float) -> QualityCapacity:
    """Compute what can be stored if a full cue makes `error` * k spurious units on average.

    Parameters
    ----------
    size, active : int
        N and k of a hetero-associative memory of N^2 synapses.
    error : float
        epsilon.

    Returns
    -------
    QualityCapacity
        p1 = (epsilon k / (N - k)) ** (1/k), M = ln(1 - p1) / ln(1 - k^2/N^2) and the bits that
        are given back, M T / N, per synapse. The binomial approximation, which underestimates
        errors for small k / N.
    """
    false_on = error * active / (size - active)
    p1 = false_on ** (1 / active)
    n_patterns = patterns_at_fill(p1, size, active)
    bits = n_patterns * transmitted_bits(active / size, false_on, 0.0) / size
    return QualityCapacity(p1, n_patterns, bits)


def usage_distribution(load: Load) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Tabulate the number of other patterns that a unit takes part in.

    Returns
    -------
    usage : array of int64, shape (n,)
        r, consecutive.
    chance : array of float64, shape (n,)
        Binomial(M - 1, k / N), one pattern being the one that is recalled.
    """
    n_others, level = load.n_patterns - 1, load.active / load.size
    reach = USAGE_RANGE * (np.sqrt(n_others * level) + 1)
    low = max(0, int(n_others * level - reach))
    usage = np.arange(low, min(n_others, int(n_others * level + reach)) + 1)
    chance = scipy.stats.binom.pmf(usage, n_others, level)
    return usage, np.asarray(chance / chance.sum(), dtype=np.float64)


def connection_chance(load: Load, usage: NDArray[np.int64]) -> NDArray[np.float64]:
    """Compute the chance q(r) that a unit of usage r connects to another unit."""
    other = (load.active - 1) / (load.size - 1)
    return np.asarray(1 - (1 - other) ** usage, dtype=np.float64)


def sum_distribution(load: Load, n_inputs: int, correlated: bool = True) -> NDArray[np.float64]:
    """Tabulate how many of `n_inputs` active units connect to a unit by other patterns.

    Parameters
    ----------
    load : Load
        What is stored.
    n_inputs : int
        Active units, none of which shares the recalled pattern with the unit; fewer than N.
    correlated : bool
        Average over the usage of the unit, exactly; without it the plain binomial of chance p1.

    Returns
    -------
    array of float64, shape (n_inputs + 1,)
        Chance of each sum.
    """
    sums = np.arange(n_inputs + 1)
    if not correlated:
        sums = np.arange(n_inputs + 1)
        return np.asarray(scipy.stats.binom.pmf(sums, n_inputs, fill(load)))
    usage, chance = usage_distribution(load)
    covered = np.eye(1, n_inputs + 1)[0]
    draw = _draw_chances(load, n_inputs)
    covered = covered @ np.linalg.matrix_power(draw, int(usage[0]))
    found = np.zeros(n_inputs + 1)
    for weight in chance:
        found += weight * covered
        covered = covered @ draw
    return found


def _draw_chances(load: Load, n_inputs: int) -> NDArray[np.float64]:
    """Tabulate how one more pattern of a unit adds to the inputs that it connects to.

    Returns
    -------
    array of float64, shape (n_inputs + 1, n_inputs + 1)
        From each number of connected inputs to each other: of those that are left, as many are
        new as a draw of k - 1 from the N - 1 other units takes (hypergeometric).
    """
    before, after = np.ogrid[: n_inputs + 1, : n_inputs + 1]
    chance = scipy.stats.hypergeom.pmf(
        after - before, load.size - 1, n_inputs - before, load.active - 1
    )
    return np.asarray(np.nan_to_num(chance), dtype=np.float64)


def step_errors(
    load: Load, n_correct: int, n_wrong: int, threshold: int, correlated: bool = True
) -> StepErrors:
    """Compute the errors of one step with a fixed threshold.

    Parameters
    ----------
    load : Load
        What is stored.
    n_correct, n_wrong : int
        Units of the cue that belong to the pattern, and that do not.
    threshold : int
        theta: a unit becomes active if it sums at least theta.
    correlated : bool
        As in `sum_distribution`.

    Returns
    -------
    StepErrors
        Chances. The mean number of spurious units of a cue without wrong units is
        (N - k) * false_on.
    """
    if not 0 <= n_correct <= load.active or not 0 <= n_wrong <= load.size - load.active:
        raise SpecError(f"a cue of {n_correct} correct and {n_wrong} wrong units of {load}")
    n_active = n_correct + n_wrong
    silent = sum_distribution(load, n_active, correlated)
    cued = sum_distribution(load, max(n_active - 1, 0), correlated)
    from_wrong = sum_distribution(load, n_wrong, correlated)
    # A unit of the pattern hears every other correct unit, and wrong ones by other patterns.
    return StepErrors(
        false_on=float(silent[max(threshold, 0) :].sum()),
        false_on_cued=float(cued[max(threshold, 0) :].sum()),
        false_off=float(from_wrong[: max(threshold - n_correct, 0)].sum()),
        false_off_cued=float(from_wrong[: max(threshold - n_correct + 1, 0)].sum()),
    )


def one_step(
    load: Load, n_correct: int, n_wrong: int, threshold: int, autapses: bool = False
) -> OneStep:
    """Compute what one step with a fixed threshold leaves of a pattern.

    Units are independent given their own usage and the mean usage of the units of the cue, which
    is averaged over last: all units hear the same cue, and a cue of busy units lets many err.

    Parameters
    ----------
    load : Load
        What is stored.
    n_correct, n_wrong : int
        Units of the cue that belong to the pattern, and that do not; at least one altogether.
    threshold : int
        theta.
    autapses : bool
        Whether every active unit of the cue also hears itself.

    Returns
    -------
    OneStep
        Chance of exact recall, and mean number of spurious units.
    """
    n_active = n_correct + n_wrong
    usage, chance = usage_distribution(load)
    shared, weight = _cue_connections(load, n_active, usage)
    # Hearing itself, a unit of the cue needs one other unit less.
    least = threshold - 1 if autapses else threshold

    def hears(n_inputs: int, n_needed: int) -> NDArray[np.float64]:
        """Return the chance, for each cue, that a unit hears so many by other patterns.

        The scatter between cues is that of binomials, which is rough at low loads, where few
        cues make all errors; the mean over cues is exact.
        """
        mean = float(sum_distribution(load, max(n_inputs, 0))[max(n_needed, 0) :].sum())
        scattered = np.asarray(scipy.stats.binom.sf(n_needed - 1, n_inputs, shared) @ chance)
        around = float(weight @ scattered)
        return np.clip(scattered * (mean / around), 0.0, 1.0) if around else scattered + mean

    classes = (
        (load.size - load.active - n_wrong, hears(n_active, threshold)),
        (n_wrong, hears(n_active - 1, least)),
        (load.active - n_correct, 1 - hears(n_wrong, threshold - n_correct)),
        (n_correct, 1 - hears(n_wrong, least - n_correct + 1)),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        right = sum(number * np.log1p(-error) if number else 0.0 for number, error in classes)
    spurious = sum(number * error for number, error in classes[:2])
    return OneStep(float(weight @ np.exp(right)), float(weight @ spurious))


def _cue_connections(
    load: Load, n_active: int, usage: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the chance that a unit connects to a unit of the cue, [cue, usage], and of cues.

    Cues are told apart by the usage of their units altogether, R. A unit of usage r shares none
    of its patterns with a unit of usage R / n among M - 1 with chance (1 - R / (n (M - 1))) ** r.
    Usage that one unit of the cue has the others lack: (n - 1) / 2 less of R gives the product of
    their usages its mean, R! / (R - n)! / n ** n. The factor makes the mean chance that of
    `connection_chance`.
    """
    others, level = load.n_patterns - 1, load.active / load.size
    sd = np.sqrt(max(1.0, n_active * others * level * (1 - level)))
    total = n_active * others * level + CUE_NODES * sd
    weight = np.exp(-(CUE_NODES**2) / 2)
    other = (load.active - 1) / (load.size - 1) / level
    taken = np.clip(other * (total - (n_active - 1) / 2) / max(1, n_active * others), 0.0, 1.0)
    return 1 - (1 - taken[:, None]) ** usage, weight / weight.sum()


def _pair_chance(size: int, active: int, autapses: bool) -> float:
    if autapses:
        return (active / size) ** 2
    return active * (active - 1) / (size * (size - 1))
