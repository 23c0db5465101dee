"""The kernels that choose a code from support: familiarity, noise, winners, hypotheses."""

from __future__ import annotations

from typing import Any

import numpy as np

from networks.kernels import inner, kernel
from networks.memories.sparsey.settings import Parameters


@inner()
def familiarity(support: Any) -> float:
    """Compute G, the mean over modules of the largest support; support has shape (Q, K)."""
    total = 0.0
    for module in range(support.shape[0]):
        most = support[module, 0]
        for unit in range(1, support.shape[1]):
            most = max(most, support[module, unit])
        total += most
    return float(total / support.shape[0])


@inner()
def expansion(g: float, units: int, parameters: Parameters) -> float:
    """Compute eta - 1."""
    g_min, gamma, chi = parameters[:3]
    return float(max(0.0, (g - g_min) / (1.0 - g_min)) ** gamma * chi * units)


@inner()
def likelihood(support: float, gain: float, parameters: Parameters) -> float:
    """Compute psi of one unit; `gain` is eta - 1."""
    s1, s2, s3, s4 = parameters[3:]
    squashed = 1.0 + s1 * np.exp(-s2 * (support - s3))
    return float(1.0 + gain / (squashed if s4 == 1.0 else squashed**s4))


@kernel()
def win_probabilities(support: Any, parameters: Parameters, rho: Any) -> None:
    """Compute rho of all modules; `support` and `rho`, which is overwritten, have shape (Q, K)."""
    n_modules, n_units = support.shape
    gain = expansion(familiarity(support), n_units, parameters)
    for module in range(n_modules):
        total = 0.0
        for unit in range(n_units):
            rho[module, unit] = likelihood(support[module, unit], gain, parameters)
            total += rho[module, unit]
        for unit in range(n_units):
            rho[module, unit] /= total


@inner()
def draw_winner(support: Any, gain: float, parameters: Parameters, rng: Any, psi: Any) -> int:
    """Draw the winner of one module from rho; `psi`, shape (K,), is overwritten."""
    total = 0.0
    for unit in range(len(support)):
        # Most units have no support: their likelihood is worth no exponential.
        if gain == 0.0:
            total += 1.0
        else:
            total += likelihood(support[unit], gain, parameters)
        psi[unit] = total
    draw = rng.random() * total
    for unit in range(len(support)):
        if draw < psi[unit]:
            return unit
    return len(support) - 1


@inner()
def best_unit(support: Any, rng: Any) -> int:
    """Find the unit of largest support in one module; equal ones are drawn with equal chances."""
    best, n_equal = 0, 1
    for unit in range(1, len(support)):
        if support[unit] > support[best]:
            best, n_equal = unit, 1
        elif support[unit] == support[best]:
            n_equal += 1
            if rng.random() * n_equal < 1.0:
                best = unit
    return best


@inner()
def count_hypotheses(support: Any, threshold: float) -> int:
    """Compute zeta: units of a module with V >= threshold, mean over modules; at least 1."""
    n_sure = 0
    for module in range(support.shape[0]):
        for unit in range(support.shape[1]):
            if support[module, unit] >= threshold:
                n_sure += 1
    return max(1, int(np.floor(n_sure / support.shape[0] + 0.5)))


@inner()
def code_gain(zeta: int, power: float, most: int) -> float:
    """Compute F(zeta): zeta ** A up to zeta = B, 0 beyond."""
    return float(zeta) ** power if zeta <= most else 0.0
