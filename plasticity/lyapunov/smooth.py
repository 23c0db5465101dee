"""Maps and flows whose derivatives are known, as systems with tangent vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
#: Of a state, shape (n,): where it goes, or how fast.
Motion = Callable[[Array], Array]
#: Of a state and tangent vectors, shape (n, m): the derivative at the state, applied to them.
Derivative = Callable[[Array, Array], Array]


class _Stepped:
    """Go on by steps of the same length, some of them between two orthonormalisations."""

    state: Array
    every: int
    dt: float

    @property
    def dimension(self) -> int:
        """Return the number of coordinates."""
        return len(self.state)

    def advance(self, basis: Array, pace: float) -> float:
        """Take some steps."""
        n_steps = max(1, round(pace * self.every))
        for _ in range(n_steps):
            self._step(basis)
        return n_steps * self.dt

    def _step(self, basis: Array) -> None:
        raise NotImplementedError


@dataclass
class Map(_Stepped):
    """Iterate x <- f(x); an iteration takes time 1.

    Attributes
    ----------
    step : callable
        f, of an array of shape (n,).
    derivative : callable
        Of x and vectors of shape (n, m): Df(x) times them.
    state : array of floats, shape (n,)
        x; moves on.
    every : int
        Iterations between two orthonormalisations.
    """

    step: Motion
    derivative: Derivative
    state: Array
    every: int = 1
    dt: ClassVar[float] = 1.0  # type: ignore[misc]

    def _step(self, basis: Array) -> None:
        """Move vectors by the derivative at the state, then the state."""
        basis[:] = self.derivative(self.state, basis)
        self.state = self.step(self.state)


@dataclass
class Flow(_Stepped):
    """Integrate dx/dt = f(x) and its linearisation by the classical Runge-Kutta method.

    Attributes
    ----------
    velocity : callable
        f, of an array of shape (n,).
    derivative : callable
        Of x and vectors of shape (n, m): Df(x) times them.
    state : array of floats, shape (n,)
        x; moves on.
    dt : float
        The step.
    every : int
        Steps between two orthonormalisations.
    """

    velocity: Motion
    derivative: Derivative
    state: Array
    dt: float
    every: int = 10

    def _step(self, basis: Array) -> None:
        """Take one step of state and vectors, each stage of both at the same state."""

        def joint(both: Array) -> Array:
            state, vectors = both[:, 0], both[:, 1:]
            return np.column_stack([self.velocity(state), self.derivative(state, vectors)])

        moved = runge_kutta(joint, np.column_stack([self.state, basis]), self.dt)
        self.state, basis[:] = moved[:, 0], moved[:, 1:]


def runge_kutta(velocity: Motion, state: Array, dt: float) -> Array:
    """Take one step of the classical method of fourth order.

    Parameters
    ----------
    velocity : callable
        f of dx/dt = f(x).
    state : array of floats
        x, of any shape that f takes.
    dt : float
        The step; the error of a step is of order dt^5.

    Returns
    -------
    array of floats
        x after the step.
    """
    move, slope = np.zeros_like(state), np.zeros_like(state)
    for ahead, weight in ((0.0, 1.0), (0.5, 2.0), (0.5, 2.0), (1.0, 1.0)):
        slope = velocity(state + ahead * dt * slope)
        move += weight * slope
    return state + dt / 6 * move


def rate_network(coupling: Array, tau: Array, state: Array, dt: float, every: int = 10) -> Flow:
    """Make the flow of a network of rates, tau dh/dt = -h + J tanh(h).

    Parameters
    ----------
    coupling : array or SciPy sparse array of floats, shape (n, n)
        J, from column to row.
    tau : array of floats, shape (n,)
        Time constants.
    state : array of floats, shape (n,)
        h to begin with.
    dt, every
        As of `Flow`.

    References
    ----------
    Sompolinsky, Crisanti and Sommers, Physical Review Letters 61 (1988): with J of independent
    normal entries of variance g^2 / n the rest state is stable for g < 1, and the motion chaotic
    for g > 1, as n grows.
    """
    speed = 1.0 / tau

    def velocity(h: Array) -> Array:
        change: Array = speed * (coupling @ np.tanh(h) - h)
        return change

    def derivative(h: Array, basis: Array) -> Array:
        slope = 1.0 - np.tanh(h) ** 2
        change: Array = speed[:, None] * (coupling @ (slope[:, None] * basis) - basis)
        return change

    return Flow(velocity, derivative, state, dt, every)
