"""Closed forms of dense memories: signal to noise, the replica-symmetric end of recall, examples.

The noise of a load of K patterns is a = K / C(N - 1, P - 1), the variance of the cross-talk over
the squared signal with distinct indices; for large N it is (P - 1)! alpha with
alpha = K / N^(P-1), and (2P - 3)!! alpha where indices may be equal.

References
----------
Baldi & Venkatesh, "Number of stable points for spin-glasses and neural networks of higher orders",
PRL 58 (1987); Krotov & Hopfield, NIPS 2016; Agliari et al., "Dense Hebbian neural networks",
Physica A 2023. The forms with examples are derived as these are.
"""

from __future__ import annotations

from math import comb, factorial, prod
from typing import NamedTuple

import numpy as np
from scipy import special
from scipy.optimize import minimize_scalar

from neuro.errors import SpecError

STEPS = 2000


class Retrieval(NamedTuple):
    """Hold the noise at which retrieval ends and the overlap there."""

    noise: float
    overlap: float


class DataSet(NamedTuple):
    """Describe the examples of a class: M of them, each unit right with chance (1 + r) / 2."""

    quality: float
    examples: float


def noise_of(n_patterns: float, size: int, order: int) -> float:
    """Compute a = K / C(N - 1, P - 1) of distinct indices, exact at any N."""
    return n_patterns / comb(size - 1, order - 1)


def limit_noise(alpha: float, order: int, is_distinct: bool = True) -> float:
    """Compute a of a large network of load alpha = K / N^(P-1)."""
    return alpha * (factorial(order - 1) if is_distinct else prod(range(1, 2 * order - 2, 2)))


def one_step(noise: float) -> float:
    """Compute erf(1 / sqrt(2 a)), the overlap after one step from a stored pattern."""
    _check_noise(noise)
    return float(special.erf(1 / np.sqrt(2 * noise)))


def overlap(noise: float, order: int) -> float:
    """Compute the overlap at which recall ends: m = erf(m^(P-1) / sqrt(2 a)), P > 2; T = 0."""
    _check_noise(noise)
    _check_order(order)
    m = 1.0
    for _ in range(STEPS):
        before, m = m, float(special.erf(m ** (order - 1) / np.sqrt(2 * noise)))
        if m == before:
            break
    return m


def capacity(order: int) -> Retrieval:
    """Compute a_c = max_x erf(x)^(2 (P-1)) / (2 x^2), above which nothing is retrieved, P > 2."""
    _check_order(order)
    found = minimize_scalar(
        lambda x: -(special.erf(x) ** (2 * (order - 1))) / (2 * x**2), bounds=(0.1, 5.0),
        method="bounded", options={"xatol": 1e-12},
    )  # fmt: skip
    return Retrieval(float(-found.fun), float(special.erf(found.x)))


def exact_load(size: int, order: int) -> float:
    """Compute N^(P-1) / (2 (2P - 3)!! ln N), up to which patterns are exact; all indices."""
    return float(size ** (order - 1) / (2 * limit_noise(1.0, order, False) * np.log(size)))


def entropy(data: DataSet, order: int = 1) -> float:
    """Compute rho_P = (1 - r^2P) / (M r^2P); rho itself for P = 1."""
    if not 0 < data.quality <= 1 or data.examples < 1:
        raise SpecError(f"quality {data.quality} of {data.examples}; needed: 0 to 1, at least 1")
    kept = data.quality ** (2 * order)
    return (1 - kept) / (data.examples * kept)


def supervised(noise: float, data: DataSet, order: int) -> float:
    """Compute the overlap with the truth after one step from it: averages of classes."""
    rho = entropy(data)
    return one_step(rho + noise * (1 + rho) ** order)


def unsupervised(noise: float, data: DataSet, order: int) -> float:
    """Compute the overlap with the truth after one step from it: examples without labels."""
    return one_step(entropy(data) + noise * (1 + entropy(data, order)))


def _check_noise(noise: float) -> None:
    if not noise > 0:
        raise SpecError(f"noise {noise}; needed: above 0")


def _check_order(order: int) -> None:
    if order <= 2:
        raise SpecError(f"order {order}; needed: above 2, of 2 see `hopfield_theory`")
