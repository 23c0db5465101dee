"""Closed forms of Hopfield memories: one step, the mean field at zero temperature, Gardner, Cover.

References
----------
Amit, Gutfreund & Sompolinsky, "Statistical mechanics of neural networks near saturation", Annals
of Physics 173 (1987): `overlap`, `capacity`, replica-symmetric. Cover, "Geometrical and statistical
properties of systems of linear inequalities", IEEE Trans. Electronic Computers 14 (1965). Gardner,
"The space of interactions in neural network models", J. Phys. A 21 (1988).
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy import special
from scipy.optimize import brentq, minimize_scalar

from neuro.errors import SpecError

# Between these m = erf(x) has its maximum of alpha; beyond the last m is 1 in double precision.
LEAST_X, MOST_X = 1e-3, 5.8


class Retrieval(NamedTuple):
    """Hold the load at which retrieval ends and the overlap there."""

    alpha: float
    overlap: float


def one_step_error(alpha: float) -> float:
    """Compute Q(1 / sqrt(alpha)), the chance that a unit of a stored pattern leaves it."""
    _check_load(alpha)
    return float(special.ndtr(-1 / np.sqrt(alpha)))


def load_of_error(error: float) -> float:
    """Compute the load alpha at which the error of one step is as given."""
    if not 0 < error < 0.5:
        raise SpecError(f"error {error}; needed: between 0 and 1/2")
    return float(special.ndtri(error) ** -2)


def exact_load(size: int, is_all: bool = True) -> float:
    """Compute the number of patterns that are exact, N / (4 ln N); of one of them, N / (2 ln N)."""
    return float(size / ((4 if is_all else 2) * np.log(size)))


def _load_of(x: float) -> float:
    """Compute alpha of m = erf(x): sqrt(2 alpha) = (m / x)(1 - C)."""
    m = special.erf(x)
    susceptibility = 2 / np.sqrt(np.pi) * x * np.exp(-(x**2)) / m
    return float(((m / x) * (1 - susceptibility)) ** 2 / 2)


@cache
def capacity() -> Retrieval:
    """Compute alpha_c and the overlap there."""
    found = minimize_scalar(
        lambda x: -_load_of(x), bounds=(LEAST_X, MOST_X), method="bounded",
        options={"xatol": 1e-11},
    )  # fmt: skip
    return Retrieval(_load_of(found.x), float(special.erf(found.x)))


def overlap(alpha: float) -> float:
    """Compute the overlap m of the retrieval state; 0 above alpha_c."""
    _check_load(alpha)
    limit = capacity()
    if alpha >= limit.alpha:
        return 0.0
    if alpha <= _load_of(MOST_X):
        return 1.0
    x = brentq(lambda x: _load_of(x) - alpha, special.erfinv(limit.overlap), MOST_X, xtol=1e-13)
    return float(special.erf(x))


def separable(n_patterns: int, n_inputs: int) -> float:
    """Compute Cover's chance that a unit of so many inputs can learn random patterns.

    Parameters
    ----------
    n_patterns : int
        P, in general position.
    n_inputs : int
        N.

    Returns
    -------
    float
        2^(1-P) sum_{k<N} C(P-1, k): one half at P = 2 N.
    """
    if n_patterns < 1 or n_inputs < 1:
        raise SpecError(f"{n_patterns} patterns of {n_inputs} inputs; needed: at least 1 of each")
    return float(special.bdtr(min(n_inputs, n_patterns) - 1, n_patterns - 1, 0.5))


def gardner_capacity(level: float) -> float:
    """Compute Gardner's alpha_c of patterns of coding level f at kappa = 0; 2 for f = 1/2."""
    if not 0 < level < 1:
        raise SpecError(f"level {level}; needed: between 0 and 1")
    scale = 2 * np.sqrt(level * (1 - level))

    def unbalanced(v: float) -> float:
        return (1 - level) * _first(-v / scale) - level * _first(v / scale)

    v = brentq(unbalanced, -20.0, 20.0, xtol=1e-14)
    return float(1 / ((1 - level) * _second(-v / scale) + level * _second(v / scale)))


def _density(a: float) -> float:
    return float(np.exp(-(a**2) / 2) / np.sqrt(2 * np.pi))


def _first(a: float) -> float:
    """Compute the integral of (a + z) over a + z > 0, z normal."""
    return float(_density(a) + a * special.ndtr(a))


def _second(a: float) -> float:
    """Compute the integral of (a + z)^2 over a + z > 0, z normal."""
    return float((1 + a**2) * special.ndtr(a) + a * _density(a))


def _check_load(alpha: float) -> None:
    if not alpha > 0:
        raise SpecError(f"alpha {alpha}; needed: above 0")
