"""Synapses that estimate log odds, of units that are on at a constant rate while shown.

A presentation of a pattern adds, at its middle, to the first of two traces in a row:

    E_i += s x_i, E_ij += j x_i x_j;    tau_e dE/dt = -E, tau_p dP/dt = E - P
    weight_ij = ln((P_ij + eps (P_i + P_j) + eps^2) / ((P_i + eps) (P_j + eps)))

s and j are the areas of Z and of Z_i Z_j of two cells that fire at the rate r f_max for a time T,
over tau_e: Z rises and decays with tau_z, so that the product has r^2 (T - lag) where Z has r T,
lag = tau_z (1 - exp(-T / tau_z)). Spikes at random times have the same means; what
`plasticity.hebbian.bcpnn` learns from them scatters around the weights here.

Units stand in modules, one of each on in a pattern. In recall every module chooses the unit with
the largest sum of weights from the units that are on; modules that a cue leaves silent are chosen
with the others from the first step on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from networks.memories.protocol import Operations
from neuro.errors import SpecError

Array = NDArray[np.float64]
Bits = NDArray[np.bool_]
LN2 = np.log(2)


@dataclass(frozen=True, slots=True)
class Bcpnn:
    """Say how units are arranged, how long a pattern is shown, and what traces keep.

    Attributes
    ----------
    modules, units : int
        Modules, and units in each.
    shown, period : float
        How long a pattern is on, and from one pattern to the next, s.
    rate : float
        r, rate of a unit that is on over f_max.
    tau_z, tau_e, tau_p : float
        Time constants of the three traces, s.
    eps : float
        What an estimate of a probability begins with.
    iterations : int
        Most steps of one recall; a state that a step does not change ends it.

    References
    ----------
    A. Sandberg, A. Lansner, K. M. Petersson, O. Ekeberg (2002). A Bayesian attractor network with
    incremental learning. Network: Computation in Neural Systems 13, 179-194 (incremental traces).
    """

    modules: int
    units: int
    shown: float = 0.06
    period: float = 0.1
    rate: float = 1.0
    tau_z: float = 0.01
    tau_e: float = 0.05
    tau_p: float = 10.0
    eps: float = 0.001
    iterations: int = 20

    def __post_init__(self) -> None:
        if min(self.modules, self.units) < 1 or self.iterations < 1:
            raise SpecError("modules, units and iterations must be at least 1")
        if not 0 < self.shown <= self.period:
            raise SpecError(f"shown {self.shown} s of a period of {self.period} s")
        if min(self.rate, self.tau_z, self.tau_e, self.tau_p, self.eps) <= 0:
            raise SpecError("rate, time constants and eps must be above 0")
        if self.tau_e >= self.tau_p:
            raise SpecError(f"tau_e {self.tau_e} s; needed: less than tau_p, {self.tau_p} s")

    @property
    def size(self) -> int:
        """Return the number of units."""
        return self.modules * self.units

    @property
    def single(self) -> float:
        """Return s, what a presentation adds to the first trace of a unit."""
        return self.rate * self.shown / self.tau_e

    @property
    def joint(self) -> float:
        """Return j, what a presentation adds to the first trace of a pair."""
        lag = self.tau_z * -np.expm1(-self.shown / self.tau_z)
        return float(self.rate**2 * (self.shown - lag) / self.tau_e)

    def empty(self) -> BcpnnMemory:
        """Make a memory that has seen nothing."""
        return BcpnnMemory(self)

    def draw(self, number: int, rng: np.random.Generator) -> Bits:
        """Draw patterns of one random unit in each module, shape (number, size)."""
        return one_on(rng.integers(0, self.units, (number, self.modules)), self.units)

    def silence(self, patterns: Bits, number: int, rng: np.random.Generator) -> Bits:
        """Return patterns without what `number` random modules hold, shape (P, size)."""
        order = rng.permuted(np.tile(np.arange(self.modules), (len(patterns), 1)), axis=1)
        kept = np.repeat(order >= number, self.units, axis=1)
        return np.asarray(patterns & kept)


class BcpnnMemory:
    """Hold the traces of one memory, as they are when the next pattern begins.

    Attributes
    ----------
    settings : Bcpnn
        What was asked for.
    """

    def __init__(self, settings: Bcpnn) -> None:
        self.settings = settings
        n = settings.size
        self._units, self._pairs = np.zeros((2, n)), np.zeros((2, n, n))
        self._operations = Operations()

    def store(self, patterns: Bits, /) -> None:
        """Show patterns in turn, shape (P, size), each for `shown` of a `period`."""
        self._check(patterns)
        made = self.settings
        for pattern in patterns:
            on = np.flatnonzero(pattern)
            self.rest(made.shown / 2)
            self._units[0, on] += made.single
            self._pairs[0][np.ix_(on, on)] += made.joint
            self.rest(made.period - made.shown / 2)
        self._operations += Operations(writes=len(patterns) * self.n_synapses)

    def rest(self, duration: float) -> None:
        """Let time pass in which nothing is shown, s."""
        made = self.settings
        keep_e, keep_p = np.exp([-duration / made.tau_e, -duration / made.tau_p])
        passed = made.tau_e / (made.tau_e - made.tau_p) * (keep_e - keep_p)
        for trace in (self._units, self._pairs):
            trace[1] = trace[1] * keep_p + trace[0] * passed
            trace[0] *= keep_e

    @property
    def weight(self) -> Array:
        """Return the weights when E has passed, [source, target], (size, size); none to itself."""
        eps, p = self.settings.eps, self._lasting(self._units)
        both = self._lasting(self._pairs) + eps * (p[:, None] + p) + eps**2
        weight = np.log(both / np.outer(p + eps, p + eps))
        np.fill_diagonal(weight, 0.0)
        return np.asarray(weight)

    def _lasting(self, trace: Array) -> Array:
        """Return P with what is still to come of E."""
        made = self.settings
        return np.asarray(trace[1] + trace[0] * made.tau_e / (made.tau_p - made.tau_e))

    def support(self, cues: Bits) -> Array:
        """Return the sum of weights that each unit hears, shape (P, size)."""
        self._check(cues)
        return np.asarray(cues.astype(np.float64) @ self.weight)

    def recall(self, cues: Bits, /) -> Bits:
        """Let the units of every module compete until nothing changes, shape (P, size)."""
        self._check(cues)
        made, weight = self.settings, self.weight
        states, moving = cues.copy(), np.arange(len(cues))
        for _ in range(made.iterations):
            heard = states[moving].astype(np.float64) @ weight
            self._operations += Operations(reads=int(states[moving].sum()) * (made.size - 1))
            best = heard.reshape(-1, made.modules, made.units).argmax(axis=2)
            after = one_on(best, made.units)
            changed = (after != states[moving]).any(axis=1)
            states[moving] = after
            moving = moving[changed]
            if not len(moving):
                break
        return states

    @property
    def bytes(self) -> int:
        """Return the size of all traces."""
        return self._units.nbytes + self._pairs.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of pairs of different units, each direction one."""
        return self.settings.size * (self.settings.size - 1)

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made: every trace moves in a period."""
        return self._operations

    def _check(self, states: Bits) -> None:
        if states.ndim != 2 or states.shape[1] != self.settings.size or states.dtype != np.bool_:
            raise SpecError(
                f"patterns of {states.dtype} {states.shape}; "
                f"needed: bool (number, {self.settings.size})"
            )


def one_on(chosen: NDArray[np.int64], units: int) -> Bits:
    """Return the units that are on, of the one chosen in each module; none where it is below 0.

    Parameters
    ----------
    chosen : array of int, shape (P, modules)
        Their numbers.
    units : int
        In each module.

    Returns
    -------
    array of bool, shape (P, modules units)
    """
    n_units = chosen.shape[1] * units
    return np.asarray((chosen[..., None] == np.arange(units)).reshape(len(chosen), n_units))


def right_modules(settings: Bcpnn, states: Bits, patterns: Bits) -> Bits:
    """Return which modules hold what was stored, shape (P, modules)."""
    same = (states == patterns).reshape(-1, settings.modules, settings.units)
    return np.asarray(same.all(axis=2))


def module_bits(settings: Bcpnn, states: Bits, patterns: Bits, number: int) -> float:
    """Compute the bits that memories of `number` patterns give back.

    Every module is a channel of `units` letters that is right as often as in `states`, and all
    wrong letters are alike: I = log2 K + c log2 c + (1 - c) log2((1 - c) / (K - 1)).
    """
    units, right = settings.units, float(right_modules(settings, states, patterns).mean())
    if units == 1:
        return 0.0
    told = (
        np.log2(units) + (xlogy(right, right) + xlogy(1 - right, (1 - right) / (units - 1))) / LN2
    )
    return float(number * settings.modules * told) if right > 1 / units else 0.0
