"""Closed forms of the sparse covariance memory: errors of one step, capacity.

`limit_errors` is the large-network form: cross-talk of variance alpha f^3 (1 - f)^2 against a gap
of f (1 - f). `one_step` keeps what a network of some thousand units adds: patterns of exactly k
units, the usage of the unit and of the cue, and the integer counts behind the cross-talk.

References
----------
Tsodyks & Feigelman, Europhysics Letters 6 (1988). The finite-size form is derived here.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from networks.memories.covariance import Covariance
from networks.memories.willshaw_theory import Load, usage_distribution
from neuro.errors import SpecError

Array = NDArray[np.float64]
# Standard deviations at which the usage of a whole cue, nearly normal, is looked at.
CUE_NODES = np.linspace(-4.0, 4.0, 17)


class UnitErrors(NamedTuple):
    """Hold the chances that a unit of the pattern stays silent and that another one fires."""

    miss: float
    false_alarm: float


class OneStep(NamedTuple):
    """Hold what one step leaves of a pattern: chance of exact recall, mean wrong units."""

    exact: float
    missing: float
    spurious: float


def limit_errors(alpha: float, level: float, threshold: float = 0.5) -> UnitErrors:
    """Compute the errors of one step from a stored pattern in a large network.

    Parameters
    ----------
    alpha : float
        P / N.
    level : float
        f.
    threshold : float
        x, the fraction of the gap at which the threshold lies.

    Returns
    -------
    UnitErrors
        Q((1 - x) / sqrt(alpha f)) and Q(x / sqrt(alpha f)).
    """
    if alpha <= 0 or not 0 < level < 1:
        raise SpecError(f"alpha {alpha} and level {level}; needed: above 0, and between 0 and 1")
    noise = np.sqrt(alpha * level)
    miss, alarm = special.ndtr([-(1 - threshold) / noise, -threshold / noise])
    return UnitErrors(float(miss), float(alarm))


def limit_capacity(level: float) -> float:
    """Compute alpha_c -> 1 / (2 f |ln f|), to which the capacity tends as f -> 0."""
    if not 0 < level < 1:
        raise SpecError(f"level {level}; needed: between 0 and 1")
    return float(1 / (2 * level * abs(np.log(level))))


def limit_information() -> float:
    """Compute the bits per synapse at that capacity as f -> 0, 1 / (2 ln 2)."""
    return float(1 / (2 * np.log(2)))


def one_step(settings: Covariance, load: Load, n_correct: int, n_wrong: int) -> OneStep:
    """Compute what one step leaves of a pattern of exactly k active units.

    Unit i of usage r hears, from other patterns, the number A of times that units of the cue are
    active in the r patterns of i. If units of the cue are active T times altogether, these are T
    of (P - 1) k places, of which r (k - 1) count: A is hypergeometric, but scatters 1 - k / N
    times as much, because no unit is twice in a pattern. All units hear the same T, which is
    averaged over last.

    Parameters
    ----------
    settings : Covariance
        The memory.
    load : Load
        What is stored.
    n_correct, n_wrong : int
        Units of the cue that belong to the pattern, and that do not; at least one altogether.

    Returns
    -------
    OneStep
        Units independent given their own usage and that of the cue.
    """
    k, silent = load.active, load.size - load.active
    usage, chance = usage_distribution(load)
    classes = (  # in the pattern, in the cue, how many
        (True, True, n_correct),
        (True, False, k - n_correct),
        (False, True, n_wrong),
        (False, False, silent - n_wrong),
    )
    nodes = np.exp(-(CUE_NODES**2) / 2)
    weight, right = nodes / nodes.sum(), np.zeros(len(CUE_NODES))
    wrong = {True: 0.0, False: 0.0}
    for inside, cued, number in classes:
        if not number:
            continue
        active = _active_chance(settings, load, (n_correct, n_wrong), (inside, cued), usage)
        error = np.clip(active @ chance, 0.0, 1.0)
        error = 1 - error if inside else error
        with np.errstate(divide="ignore"):
            right += number * np.log1p(-error)
        wrong[inside] += number * float(weight @ error)
    return OneStep(float(weight @ np.exp(right)), wrong[True], wrong[False])


def _active_chance(
    settings: Covariance,
    load: Load,
    cue: tuple[int, int],
    unit: tuple[bool, bool],
    usage: NDArray[np.int64],
) -> Array:
    """Return the chance that a unit becomes active, [cue, usage]."""
    (n_correct, n_wrong), (inside, cued) = cue, unit
    f, k, others = settings.level, load.active, load.n_patterns - 1
    correct = n_correct - (1 if inside and cued else 0)
    heard = n_correct + n_wrong - (1 if cued else 0)
    own = (float(inside) - f) * (correct - f * heard)
    times = _cue_usage(load, heard)[:, None]
    needed = (settings.threshold - f) * (1 - f) * (n_correct + n_wrong)
    # N h = own + A - f T - f heard r + heard (P - 1) f^2 must reach `needed`.
    least = np.ceil(needed - own + f * times + f * heard * usage - heard * others * f**2 - TINY)
    places = np.maximum(others * k - usage, 1)
    share = usage * (k - 1) / places
    scatter = (1 - share) * (1 - times / places) * (1 - k / load.size)
    return _upper_tail(least, times * share, scatter)


# Sums that reach a threshold exactly must not miss it by rounding.
TINY = 1e-9


def _cue_usage(load: Load, n_units: int) -> Array:
    """Return how often units of a cue are active in other patterns, at `CUE_NODES`."""
    others, level = load.n_patterns - 1, load.active / load.size
    variance = n_units * others * level * (1 - level) * (1 - n_units / load.size)
    usage = n_units * others * level + CUE_NODES * np.sqrt(variance)
    return np.asarray(np.maximum(usage, 0.0))


def _upper_tail(least: Array, mean: Array, scatter: Array) -> Array:
    """Return P(A >= least) of a binomial count of a given mean and variance, scatter * mean."""
    with np.errstate(divide="ignore", invalid="ignore"):
        number = mean / (1 - scatter)
        tail = special.betainc(least, np.maximum(number - least + 1, TINY), 1 - scatter)
    possible = np.where((mean <= 0) | (least > number), 0.0, tail)
    return np.asarray(np.where(least <= 0, 1.0, possible))
