"""Learning rules of a Hopfield memory: what presentations of patterns of +1 and -1 add to N J.

`RULES` lists them. A rule changes `weight`, shape (N, N), in place and returns its accesses to
synapses. Weights are N J_ij at [source j, target i], so that those of Hebb's rule are integers,
exact in float64; a rule may fill the diagonal, which recall leaves out.

References
----------
Hopfield, PNAS 79 (1982); Amit, Gutfreund & Sompolinsky, "Information storage in neural networks
with low levels of activity", Physical Review A 35 (1987): covariance; Personnaz, Guyon & Dreyfus,
"Information storage and retrieval in spin-glass like neural networks", J. Physique Lett. 46
(1985): pseudo-inverse; Storkey, "Increasing the capacity of a Hopfield network without sacrificing
functionality", ICANN 1997; Gardner, "The space of interactions in neural network models",
J. Phys. A 21 (1988): perceptron.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import kernel
from networks.memories.hopfield_settings import RuleName, RuleSettings
from networks.memories.protocol import Operations

Array = NDArray[np.float64]
Polar = NDArray[np.int8]
# A pattern of which less than this fraction is new adds no direction, only rounding.
LEAST_NEW = 1e-9


def hebb(weight: Array, patterns: Polar, _settings: RuleSettings) -> Operations:
    """Add sum_mu xi_i xi_j."""
    return _add_products(weight, patterns.astype(np.float64))


def covariance(weight: Array, patterns: Polar, settings: RuleSettings) -> Operations:
    """Add sum_mu (xi_i - a)(xi_j - a), a = 2 f - 1."""
    return _add_products(weight, patterns.astype(np.float64) - (2 * settings.level - 1))


def _add_products(weight: Array, deviation: Array) -> Operations:
    weight += deviation.T @ deviation
    return Operations(writes=len(deviation) * _n_pairs(weight))


def pseudo_inverse(weight: Array, patterns: Polar, _settings: RuleSettings) -> Operations:
    """Let J be the projection onto the span of the patterns, one pattern at a time.

    Of each pattern the part r = xi - J xi that is new adds r r^T / r.r: after all of them J is
    Xi^T (Xi Xi^T)^-1 Xi, without the inverse, and patterns may be added later.
    """
    n_writes = project(weight, patterns)
    return Operations(reads=len(patterns) * weight.size, writes=n_writes)


def storkey(weight: Array, patterns: Polar, _settings: RuleSettings) -> Operations:
    """Add (xi_i xi_j - xi_i h_ji - h_ij xi_j) / N for each pattern in turn.

    h_ij = sum_k J_ik xi_k over all units but i and j: local, and known before the pattern.
    """
    store_locally(weight, patterns)
    n_accesses = len(patterns) * _n_pairs(weight)
    return Operations(reads=2 * n_accesses, writes=n_accesses)


def perceptron(weight: Array, patterns: Polar, settings: RuleSettings) -> Operations:
    """Add xi_i xi_j to the synapses of unit i while it errs, sweep by sweep over these patterns.

    A unit errs as long as xi_i h_i <= kappa |J_i|. What was stored before may be lost: a memory
    that should hold all patterns is given all in one call.
    """
    n_checks, n_changes, _ = train(weight, patterns, settings)
    each = len(weight) - 1
    return Operations(reads=each * n_checks, writes=each * n_changes)


def train(
    weight: Array, patterns: Polar, settings: RuleSettings, units: int | None = None
) -> tuple[int, int, NDArray[np.int64]]:
    """Train units by the perceptron rule.

    Parameters
    ----------
    weight : array of float64, shape (N, N)
        N J, changed in place.
    patterns : array of int8, shape (P, N)
        What the units should keep.
    settings : RuleSettings
        Margin and most sweeps.
    units : int, optional
        Train only the first ones.

    Returns
    -------
    n_checks, n_changes : int
        How often a unit looked at a pattern, and changed its synapses.
    sweeps : array of int64, shape (units,)
        Sweeps after which each unit was right for all patterns; 0 for one that never was.
    """
    polar = patterns.astype(np.float64)
    gram = polar @ polar.T
    needed = np.zeros(len(weight) if units is None else units, np.int64)
    n_checks, n_changes = correct(
        weight, polar, gram, settings.margin, settings.sweeps, needed
    )  # fmt: skip
    return int(n_checks), int(n_changes), needed


RULES: Mapping[RuleName, Callable[[Array, Polar, RuleSettings], Operations]] = MappingProxyType(
    {
        "hebb": hebb,
        "covariance": covariance,
        "pseudo_inverse": pseudo_inverse,
        "storkey": storkey,
        "perceptron": perceptron,
    }
)


def _n_pairs(weight: Array) -> int:
    return len(weight) * (len(weight) - 1)


@kernel()
def project(weight: Any, patterns: Any) -> int:
    """Add to N J the projection onto what each pattern has that is new; return the writes."""
    n_units = len(weight)
    rest = np.empty(n_units)
    n_writes = 0
    for pattern in patterns:
        size = 0.0
        for unit in range(n_units):
            total = 0.0
            for other in range(n_units):
                total += weight[unit, other] * pattern[other]
            rest[unit] = pattern[unit] - total / n_units
            size += rest[unit] ** 2
        if size < LEAST_NEW * n_units:
            continue
        for unit in range(n_units):
            share = n_units * rest[unit] / size
            for other in range(n_units):
                weight[unit, other] += share * rest[other]
        n_writes += n_units * n_units
    return n_writes


@kernel()
def store_locally(weight: Any, patterns: Any) -> None:
    """Store patterns by Storkey's rule; weights are symmetric, the diagonal stays as it is."""
    n_units = len(weight)
    field = np.empty(n_units)
    for pattern in patterns:
        for unit in range(n_units):
            total = 0.0
            for other in range(n_units):
                total += weight[unit, other] * pattern[other]
            field[unit] = (total - weight[unit, unit] * pattern[unit]) / n_units
        for unit in range(n_units):
            for other in range(n_units):
                if other != unit:
                    change = pattern[unit] * (pattern[other] - field[other])
                    change -= field[unit] * pattern[other]
                    # Without J_ij, that a unit itself contributes to either field.
                    weight[unit, other] += change + 2 * weight[unit, other] / n_units


@kernel()
def correct(
    weight: Any, patterns: Any, gram: Any, margin: float, most: int, needed: Any
) -> tuple[int, int]:
    """Train units one by one; kept up are xi_i N h_i for all patterns, not N J, until the end.

    A change by pattern nu adds xi_i^mu xi_i^nu (gram - xi_i^mu xi_i^nu) to that of pattern mu.
    """
    n_patterns, n_units = patterns.shape
    right, strength = np.empty(n_patterns), np.empty(n_patterns)
    n_checks = n_changes = 0
    for unit in range(len(needed)):
        size = 0.0
        for other in range(n_units):
            if other != unit:
                size += weight[other, unit] ** 2
        for number in range(n_patterns):
            total = 0.0
            for other in range(n_units):
                if other != unit:
                    total += weight[other, unit] * patterns[number, other]
            right[number], strength[number] = total * patterns[number, unit], 0.0
        for sweep in range(most):
            n_wrong = 0
            for number in range(n_patterns):
                if right[number] <= margin * np.sqrt(max(size, 0.0)):
                    n_wrong += 1
                    strength[number] += 1.0
                    size += 2 * right[number] + n_units - 1
                    sign = patterns[number, unit]
                    for mate in range(n_patterns):
                        right[mate] += sign * patterns[mate, unit] * gram[number, mate] - 1.0
            n_checks += n_patterns
            n_changes += n_wrong
            if n_wrong == 0:
                needed[unit] = sweep + 1
                break
        for number in range(n_patterns):
            share = strength[number] * patterns[number, unit]
            if share != 0.0:
                for other in range(n_units):
                    if other != unit:
                        weight[other, unit] += share * patterns[number, other]
    return n_checks, n_changes
