"""Synapses that learn on and on: how the trace of one memory fades, in closed form.

Every memory asks each synapse for a random change of +1 or -1, an *event*. What is left of a memory
after t others is its signal S(t) = E[w e] per synapse; against the deviation of the same sum for a
memory that was never seen it is the signal-to-noise ratio sqrt(n) S(t) / sqrt(E w^2).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.linalg
from numpy.typing import NDArray
from scipy.optimize import brentq

from neuro.errors import SpecError

Array = NDArray[np.float64]
DOWN, UP = 0, 1  # the two events, in this order


@dataclass(frozen=True, slots=False)
class Transitions:
    """Describe synapses of a few states, which events move by chance.

    Attributes
    ----------
    weight : array of float64, shape (n_states,)
        w of each state.
    chance : array of float64, shape (2, n_states, n_states)
        Of the event (-1, then +1), the state before and the state after.
    """

    weight: Array
    chance: Array

    def __post_init__(self) -> None:
        n = len(self.weight)
        if self.chance.shape != (2, n, n) or not np.allclose(self.chance.sum(axis=2), 1):
            raise SpecError(f"chances of shape {self.chance.shape} for {n} states; needed: sums 1")

    @cached_property
    def equilibrium(self) -> Array:
        """Return how many synapses are in each state after many memories, shape (n_states,)."""
        n = len(self.weight)
        # The one left eigenvector of eigenvalue 1, whose sum is 1.
        system = np.vstack([self._mean.T - np.eye(n), np.ones(n)])
        found = np.linalg.lstsq(system, np.append(np.zeros(n), 1.0), rcond=None)[0]
        return np.asarray(found)

    @property
    def noise(self) -> float:
        """Return sqrt(E w^2), the deviation per synapse of the sum for an unseen memory."""
        return float(np.sqrt(self.equilibrium @ self.weight**2))

    def signal(self, ages: Sequence[int] | NDArray[Any], gaps: Sequence[int] = ()) -> Array:
        """Return S after so many other memories.

        Parameters
        ----------
        ages : array of int, shape (n,)
            0 for a memory that has just been stored.
        gaps : sequence of int
            A memory that was stored more than once: how many others came between each time and
            the next.

        Returns
        -------
        array of float64, shape (n,)
        """
        after = []
        for event in (DOWN, UP):
            held = self.equilibrium @ self.chance[event]
            for gap in gaps:
                held = held @ np.linalg.matrix_power(self._mean, gap) @ self.chance[event]
            after.append(held)
        difference = (after[UP] - after[DOWN]) / 2
        wanted = np.asarray(ages, dtype=np.int64)
        found, held, age = np.empty(len(wanted)), difference, 0
        for place in np.argsort(wanted, kind="stable"):
            held = held @ np.linalg.matrix_power(self._mean, int(wanted[place]) - age)
            age = int(wanted[place])
            found[place] = held @ self.weight
        return found

    @property
    def _mean(self) -> Array:
        return np.asarray(self.chance.mean(axis=0))


def binary(chance: float) -> Transitions:
    """Return synapses of -1 and +1 that follow an event by chance q: S(t) = q (1 - q)^t.

    References
    ----------
    Amit and Fusi, "Learning in neural networks with material synapses", Neural Computation 6
    (1994).
    """
    return bounded(2, chance)


def bounded(levels: int, chance: float = 1.0) -> Transitions:
    """Return synapses of equal steps from -1 to +1, of which an event takes them one, by chance.

    References
    ----------
    Fusi and Abbott, "Limits on the memory storage capacity of bounded synapses", Nature
    Neuroscience 10 (2007).
    """
    if levels < 2 or not 0 < chance <= 1:
        raise SpecError(f"levels {levels}, chance {chance}; needed: at least 2, above 0 up to 1")
    found = np.zeros((2, levels, levels))
    for event, step in ((DOWN, -1), (UP, 1)):
        for state in range(levels):
            found[event, state, min(max(state + step, 0), levels - 1)] += chance
            found[event, state, state] += 1 - chance
    return Transitions(np.linspace(-1, 1, levels), found)


def cascade(depth: int, ratio: float = 0.5) -> Transitions:
    """Return the cascade of Fusi, Drew and Abbott: -1 and +1, each of several depths.

    The opposite event takes a synapse of depth i to the first depth of the other sign, with chance
    x^(i-1) (the last: x^(n-1) / (1 - x)); the same event one deeper, with chance x^i / (1 - x). At
    x up to one half, where these are chances, all states are equally frequent.

    Parameters
    ----------
    depth : int
        n, states of each sign.
    ratio : float
        x, above 0 and at most one half.

    References
    ----------
    Fusi, Drew and Abbott, "Cascade models of synaptically stored memories", Neuron 45 (2005).
    """
    if depth < 1 or not 0 < ratio <= 0.5:
        raise SpecError(f"depth {depth}, ratio {ratio}; needed: at least 1, above 0 up to 1/2")
    level = np.arange(depth)
    flip, deepen = ratio**level, ratio ** (level + 1) / (1 - ratio)
    # A single depth flips with every event: its x^0 / (1 - x) is no chance.
    flip[-1], deepen[-1] = min(1.0, flip[-1] / (1 - ratio)), 0.0
    found = np.zeros((2, 2 * depth, 2 * depth))
    for event in (DOWN, UP):
        same, other = event * depth + level, (1 - event) * depth + level
        found[event, other, event * depth] += flip
        found[event, other, other] += 1 - flip
        found[event, same, event * depth + np.minimum(level + 1, depth - 1)] += deepen
        found[event, same, same] += 1 - deepen
    return Transitions(np.repeat([-1.0, 1.0], depth), found)


def fast_slow(fast: float, slow: float) -> Transitions:
    """Return a fast synapse and the slow one that copies it, both of -1 and +1: w is their mean.

    An event is followed by the fast synapse by one chance, and that by the slow one by another, in
    every step.

    References
    ----------
    Roxin and Fusi, "Efficient partitioning of memory systems and its importance for memory
    consolidation", PLoS Computational Biology 9 (2013), for two stages.
    """
    if not 0 < fast <= 1 or not 0 < slow <= 1:
        raise SpecError(f"chances {fast} and {slow}; needed: above 0 up to 1")
    found = np.zeros((2, 4, 4))
    for event in (DOWN, UP):
        for state in range(4):
            quick, late = divmod(state, 2)
            for now, first in ((event, fast), (quick, 1 - fast)):
                for then, second in ((now, slow), (late, 1 - slow)):
                    found[event, state, 2 * now + then] += first * second
    return Transitions(np.array([-1.0, 0.0, 0.0, 1.0]), found)


def chain(variables: int) -> Array:
    """Return the matrix of one step of the chain of Benna and Fusi, shape (m, m).

        C_k du_k/dt = g_(k-1,k) (u_(k-1) - u_k) - g_(k,k+1) (u_k - u_(k+1))

    with C_k = 2^(k-1) and g_(k,k+1) = 2^(-k-2); events add to u_1, which is the weight; the last
    variable leaks to 0. One step of Euler for each event.

    References
    ----------
    Benna and Fusi, "Computational principles of synaptic memory consolidation", Nature Neuroscience
    19 (2016).
    """
    if variables < 1:
        raise SpecError(f"variables {variables}; needed: at least 1")
    k = np.arange(1, variables + 1)
    capacity, right = 2.0 ** (k - 1), 2.0 ** (-k - 2)
    left = np.concatenate([[0.0], right[:-1]])
    step = np.diag(1 - (left + right) / capacity)
    step += np.diag((left / capacity)[1:], -1) + np.diag((right / capacity)[:-1], 1)
    return np.asarray(step)


def chain_signal(
    variables: int, ages: Sequence[int] | NDArray[Any], gaps: Sequence[int] = ()
) -> Array:
    """Return what an event of +1 leaves of itself in u_1; see `Transitions.signal`."""
    wanted, later = np.asarray(ages, dtype=np.int64), [0]
    for gap in reversed(gaps):
        later.append(later[-1] + gap + 1)
    places = wanted[:, None] + np.array(later)
    values, vectors = np.linalg.eig(chain(variables))
    # u_1 of A^t e_1, by the modes of A.
    share = vectors[0] * np.linalg.inv(vectors)[:, 0]
    return np.asarray((values ** places[..., None] @ share).real.sum(axis=1))


def chain_covariance(variables: int) -> Array:
    """Return E[u u^T] after many random events, shape (m, m)."""
    first = np.zeros((variables, variables))
    first[0, 0] = 1.0
    return np.asarray(scipy.linalg.solve_discrete_lyapunov(chain(variables), first))


def lifetime(ratio: Callable[[int], float], most: int = 10**9) -> float:
    """Return the age at which a signal-to-noise ratio that falls comes down to 1.

    Parameters
    ----------
    ratio : callable
        Takes a whole age.
    most : int
        Where the search ends.

    Returns
    -------
    float
        Between the last age of a ratio above 1 and the next, on the straight line between them in
        the logarithm; 0 if the ratio is never above 1, infinity if it is at `most`.
    """
    if ratio(0) <= 1:
        return 0.0
    if ratio(most) > 1:
        return np.inf
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if ratio(middle) > 1 else (low, middle)
    above, below = np.log(ratio(low)), np.log(max(ratio(high), np.finfo(float).tiny))
    return float(low + above / (above - below))


def best_chance(n_synapses: int) -> tuple[float, float]:
    """Return the chance of binary synapses of the longest lifetime, and that lifetime.

    q = e / sqrt(n) to leading order, where sqrt(n) q (1 - q)^t = 1; exactly, of a maximum over q.
    """
    root = np.sqrt(n_synapses)

    def slope(q: float) -> float:
        # d/dq of ln(sqrt(n) q) / -ln(1 - q)
        return float(-np.log1p(-q) * (1 - q) - q * np.log(root * q))

    if root <= np.e:
        raise SpecError(f"{n_synapses} synapses; needed: at least 8")
    q = float(brentq(slope, 1 / root * 1.0001, 0.999))
    return q, float(np.log(root * q) / -np.log1p(-q))
