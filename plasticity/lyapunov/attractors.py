"""Chaotic flows of three variables, by which forecasts and exponents are judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from plasticity.lyapunov.smooth import Flow, runge_kutta

Array = NDArray[Any]
#: Largest Lyapunov exponents at the usual parameters, in units of 1 / time.
LORENZ_EXPONENT = 0.906
ROESSLER_EXPONENT = 0.0714


class Attractor(Protocol):
    """Say how fast a state moves, and how its neighbours do."""

    def velocity(self, x: Array) -> Array:
        """Return dx/dt of states, shape (3, ...)."""
        ...

    def derivative(self, x: Array, basis: Array) -> Array:
        """Return the derivative at a state, shape (3,), of vectors, shape (3, m)."""
        ...


@dataclass(frozen=True, slots=True)
class Lorenz:
    """Convection: dx = sigma (y - x), dy = x (rho - z) - y, dz = x y - beta z.

    Attributes
    ----------
    sigma, rho, beta : float
        The usual ones are chaotic.

    References
    ----------
    Lorenz, "Deterministic nonperiodic flow", Journal of the Atmospheric Sciences 20 (1963).
    """

    sigma: float = 10.0
    rho: float = 28.0
    beta: float = 8 / 3

    def velocity(self, x: Array) -> Array:
        """Return dx/dt of states, shape (3, ...)."""
        return np.array([
            self.sigma * (x[1] - x[0]), x[0] * (self.rho - x[2]) - x[1],
            x[0] * x[1] - self.beta * x[2],
        ])  # fmt: skip

    def derivative(self, x: Array, basis: Array) -> Array:
        """Return the derivative at a state, shape (3,), of vectors, shape (3, m)."""
        jacobian = np.array([
            [-self.sigma, self.sigma, 0.0], [self.rho - x[2], -1.0, -x[0]], [x[1], x[0], -self.beta]
        ])  # fmt: skip
        found: Array = jacobian @ basis
        return found


@dataclass(frozen=True, slots=True)
class Roessler:
    """A spiral that folds: dx = -y - z, dy = x + a y, dz = b + z (x - c).

    Attributes
    ----------
    a, b, c : float
        The usual ones are chaotic.

    References
    ----------
    Roessler, "An equation for continuous chaos", Physics Letters A 57 (1976).
    """

    a: float = 0.2
    b: float = 0.2
    c: float = 5.7

    def velocity(self, x: Array) -> Array:
        """Return dx/dt of states, shape (3, ...)."""
        return np.array([-x[1] - x[2], x[0] + self.a * x[1], self.b + x[2] * (x[0] - self.c)])

    def derivative(self, x: Array, basis: Array) -> Array:
        """Return the derivative at a state, shape (3,), of vectors, shape (3, m)."""
        jacobian = np.array([[0.0, -1.0, -1.0], [1.0, self.a, 0.0], [x[2], 0.0, x[0] - self.c]])
        found: Array = jacobian @ basis
        return found


def flow(attractor: Attractor, state: Array, dt: float, every: int = 10) -> Flow:
    """Return the flow from a state, shape (3,), for `spectrum`; `every` as of `Flow`."""
    return Flow(attractor.velocity, attractor.derivative, np.asarray(state, float), dt, every)


def follow(
    attractor: Attractor, state: Array, dt: float, n_samples: int, substeps: int = 1
) -> Array:
    """Integrate from a state, or from several side by side.

    Parameters
    ----------
    attractor : Attractor
        How fast it moves.
    state : array of floats, shape (3,) or (3, n)
        Where it begins.
    dt : float
        Time between samples.
    n_samples : int
        How many; the first is one dt after the beginning.
    substeps : int
        Steps of the Runge-Kutta method from sample to sample.

    Returns
    -------
    array of float64, shape (n_samples, 3) or (n_samples, 3, n)
    """
    now = np.array(state, dtype=np.float64)
    samples = np.empty((n_samples, *now.shape))
    for sample in samples:
        for _ in range(substeps):
            now = runge_kutta(attractor.velocity, now, dt / substeps)
        sample[...] = now
    return samples


def series(
    attractor: Attractor,
    dt: float,
    n_samples: int,
    rng: np.random.Generator,
    warm_up: float = 100.0,
    substeps: int = 1,
) -> Array:
    """Sample a trajectory on the attractor, from a beginning of its own.

    Parameters
    ----------
    attractor, dt, n_samples, substeps
        As of `follow`.
    rng : numpy.random.Generator
        Draws the beginning, next to (1, 1, 1).
    warm_up : float
        Time that is left out; long enough to come to the attractor, and to part from the others.

    Returns
    -------
    array of float64, shape (n_samples, 3)
    """
    n_before = round(warm_up / dt)
    start = 1.0 + 0.5 * rng.standard_normal(3)
    return follow(attractor, start, dt, n_before + n_samples, substeps)[n_before:]
