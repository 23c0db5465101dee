"""Lyapunov spectra by the QR method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from neuro.errors import NumericalError, SpecError

Array = NDArray[Any]
#: Where vectors become more unlike in length than this within a block, blocks get shorter.
LARGEST_RATIO = 1e6
SHORTEST_PACE = 1 / 16
#: A direction whose share of the longest is below this is lost: rounding is all that is left.
LOST = 1e-13
#: Times of the record of convergence grow by this factor.
RECORD_GROWTH = 1.02
#: Parts of the time from whose scatter the error of an exponent is taken.
N_BATCHES = 8


class System(Protocol):
    """Carry a state, and vectors of its tangent space, on in time."""

    @property
    def dimension(self) -> int:
        """Return the number of coordinates of the tangent space."""

    def advance(self, basis: Array, pace: float) -> float:
        """Go on by a block, and by a shorter one at a smaller pace.

        Parameters
        ----------
        basis : array of float64, shape (dimension, m)
            Tangent vectors, as columns; replaced by what the linearised motion makes of them.
        pace : float
            From above 0 to 1: the share of a usual block.

        Returns
        -------
        float
            The time that has passed.
        """


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Hold Lyapunov exponents and how they settled.

    Attributes
    ----------
    exponents : array of floats, shape (m,)
        Per unit of time (per second for networks), the largest first; -inf for directions that
        the motion cancels, as an avalanche does: neurons that spike at once forget their
        distance.
    elapsed : float
        The time they were averaged over, after the warm-up.
    times : array of floats, shape (n_records,)
        When the estimates of `record` were taken.
    record : array of floats, shape (n_records, m)
        The estimates so far, unsorted, at growing times.
    """

    exponents: Array
    elapsed: float
    times: Array
    record: Array

    @property
    def largest(self) -> float:
        """Return the largest exponent."""
        return float(self.exponents[0])

    @property
    def largest_error(self) -> float:
        """Return the standard error of the largest exponent, from the means of `N_BATCHES` parts.

        Parts are taken to be independent, and so to last longer than what is correlated; NaN where
        there are no records of so many, or vectors were lost.
        """
        if len(self.times) < N_BATCHES:
            return float("nan")
        growth = self.times * self.record[:, int(np.argmax(self.record[-1]))]
        ends = np.linspace(0, self.elapsed, N_BATCHES + 1)
        times, growth = np.insert(self.times, 0, 0.0), np.insert(growth, 0, 0.0)
        means = np.diff(np.interp(ends, times, growth)) / np.diff(ends)
        return float(means.std(ddof=1) / np.sqrt(N_BATCHES))

    @property
    def entropy_bound(self) -> float:
        """Return the sum of the positive exponents, which bounds the entropy rate (Pesin)."""
        return float(self.exponents[self.exponents > 0].sum())

    @property
    def kaplan_yorke(self) -> float:
        """Return the Kaplan-Yorke dimension of the attractor.

        k + (lambda_1 + ... + lambda_k) / |lambda_(k+1)| for the largest k whose sum is not
        negative; NaN if the exponents at hand sum to more than 0, so that more are needed.
        """
        sums = np.cumsum(self.exponents)
        negative = np.flatnonzero(sums < 0)
        if not len(negative):
            return float("nan")
        k = int(negative[0])
        before = sums[k - 1] if k else 0.0
        return float(k + before / abs(self.exponents[k]))


def spectrum(
    system: System,
    n_exponents: int,
    duration: float,
    rng: np.random.Generator,
    warm_up: float = 0.0,
) -> Spectrum:
    """Estimate the leading Lyapunov exponents of a system.

    Parameters
    ----------
    system : System
        At the state to begin with; it is moved on.
    n_exponents : int
        m, from 1 to the dimension.
    duration : float
        Time to average over.
    rng : numpy.random.Generator
        Draws the vectors to begin with.
    warm_up : float
        Time before, in which state and vectors find their way; some 50 membrane time constants.

    Returns
    -------
    Spectrum

    Raises
    ------
    SpecError
        If there are not so many exponents, or no time.
    NumericalError
        If the tangent vectors are no numbers any more.

    References
    ----------
    Benettin et al., Meccanica 15 (1980); Geist, Parlitz and Lauterborn, Progress of Theoretical
    Physics 83 (1990).
    """
    if duration <= 0 or warm_up < 0:
        raise SpecError(f"duration {duration}, warm-up {warm_up}; needed: above 0, 0 or more")
    return average(system, settle(system, n_exponents, warm_up, rng), duration)


def settle(
    system: System, n_exponents: int, duration: float, rng: np.random.Generator
) -> tuple[Array, float]:
    """Let state and vectors find their way.

    Returns
    -------
    vectors : array of float64, shape (dimension, n_exponents)
        Orthonormal.
    pace : float
        At which they are to be carried on.

    Raises
    ------
    SpecError
        If there are not so many exponents.
    """
    if not 1 <= n_exponents <= system.dimension:
        raise SpecError(f"{n_exponents} exponents; needed: 1 to {system.dimension}")
    basis = np.linalg.qr(rng.standard_normal((system.dimension, n_exponents)))[0]
    return _carry(system, basis, 1.0, duration)[:2]


def average(system: System, settled: tuple[Array, float], duration: float) -> Spectrum:
    """Estimate exponents from vectors and a pace that `settle` has returned."""
    return _carry(system, *settled, duration)[2]


def _carry(
    system: System, basis: Array, pace: float, duration: float
) -> tuple[Array, float, Spectrum]:
    """Go on for a duration; return vectors, pace and exponents."""
    sums, elapsed, due = np.zeros(basis.shape[1]), 0.0, 0.0
    times, record = [], []
    while elapsed < duration:
        basis = np.ascontiguousarray(basis)
        elapsed += system.advance(basis, pace)
        basis, upper = np.linalg.qr(basis)
        growth = np.abs(np.diag(upper))
        longest = growth.max()
        if not 0 < longest < np.inf:
            raise NumericalError(f"tangent vectors are of length {longest} at time {elapsed:.6g}")
        if longest > LARGEST_RATIO * growth.min():
            pace = max(pace / 2, SHORTEST_PACE)
        is_lost = growth < LOST * longest
        sums += np.where(is_lost, -np.inf, np.log(np.where(is_lost, 1.0, growth)))
        if elapsed >= due or elapsed >= duration:
            times.append(elapsed)
            record.append(sums / elapsed)
            due = RECORD_GROWTH * elapsed
    last = record[-1] if record else sums
    shape = (len(times), basis.shape[1])
    found = Spectrum(np.sort(last)[::-1], elapsed, np.array(times), np.reshape(record, shape))
    return basis, pace, found
