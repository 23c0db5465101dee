"""A memory whose synapses learn on and on: old patterns fade, new ones are recalled."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import erf

from networks.memories.hopfield import settle
from networks.memories.online import (
    AdditiveSynapses,
    ChainSynapses,
    DiscreteSynapses,
    OnlineSynapses,
)
from networks.memories.online_settings import SynapseKind, SynapseSettings
from networks.memories.online_theory import (
    Transitions,
    binary,
    bounded,
    cascade,
    chain_covariance,
    chain_signal,
    fast_slow,
)
from networks.memories.polar import Polar, check_polar, follow
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fading:
    """Hold what theory says of one kind of synapses.

    Attributes
    ----------
    kind : str
        One of `online_settings.KINDS`.
    settings : SynapseSettings
        What it is told.
    """

    kind: SynapseKind
    settings: SynapseSettings = field(default_factory=SynapseSettings)

    def signal(self, ages: NDArray[np.int64], gaps: tuple[int, ...] = ()) -> Array:
        """Return E[w e] at ages, of a memory stored once or with gaps; see `Transitions.signal`.

        What rounding and bounds do to the chain is left out.
        """
        if self.kind == "additive":
            return np.full(len(ages), 1.0 + len(gaps))
        if self.kind in ("chain", "rounded_chain"):
            return chain_signal(self.settings.variables, ages, gaps)
        return self.transitions.signal(ages, gaps)

    def noise(self, stored: int) -> float:
        """Return sqrt(E w^2) when so many memories have been stored.

        Synapses without bounds have none before the first; all others are in equilibrium.
        """
        if self.kind == "additive":
            return float(np.sqrt(stored))
        if self.kind in ("chain", "rounded_chain"):
            return float(np.sqrt(chain_covariance(self.settings.variables)[0, 0]))
        return self.transitions.noise

    @property
    def transitions(self) -> Transitions:
        """Return the states of synapses that have some.

        Raises
        ------
        SpecError
            If they have none.
        """
        its = self.settings
        if self.kind == "binary":
            return binary(its.chance)
        if self.kind == "bounded":
            return bounded(its.levels)
        if self.kind == "cascade":
            return cascade(its.depth, its.ratio)
        if self.kind == "fast_slow":
            return fast_slow(its.fast, its.slow)
        raise SpecError(f"synapses of kind {self.kind} have no states")

    def make(self, number: int, rng: np.random.Generator) -> OnlineSynapses:
        """Make synapses that have seen many memories; unbounded ones have seen none."""
        its = self.settings
        if self.kind == "additive":
            return AdditiveSynapses(number)
        if self.kind == "chain":
            return ChainSynapses(number, its.variables, rng)
        if self.kind == "rounded_chain":
            return ChainSynapses(number, its.variables, rng, its.step, its.bound)
        return DiscreteSynapses(number, self.transitions, rng)


@dataclass(frozen=True, slots=True)
class Palimpsest:
    """Store patterns of +1 and -1 in synapses that fade, and recall as Hopfield's network does.

    A pattern asks the synapse between units i and j for a change xi_i xi_j; there is one for both
    directions, and none from a unit to itself.

    Attributes
    ----------
    size : int
        N, units; N (N - 1) / 2 synapses.
    fading : Fading
        Their kind.
    sweeps : int
        Most sweeps of one recall.

    References
    ----------
    Parisi, "A memory which forgets", Journal of Physics A 19 (1986). Nadal, Toulouse, Changeux and
    Dehaene, "Networks of formal neurons and memory palimpsests", Europhysics Letters 1 (1986).
    """

    size: int
    fading: Fading
    sweeps: int = 100

    def __post_init__(self) -> None:
        if self.size < 2 or self.sweeps < 1:
            raise SpecError(f"size {self.size}, sweeps {self.sweeps}; needed: at least 2 and 1")

    def empty(self, rng: np.random.Generator) -> PalimpsestMemory:
        """Make a memory of synapses as `Fading.make` leaves them."""
        return PalimpsestMemory(self, rng)


class PalimpsestMemory:
    """Hold the synapses of one memory.

    Parameters
    ----------
    settings : Palimpsest
        What was asked for.
    rng : numpy.random.Generator
        Of the synapses.
    """

    def __init__(self, settings: Palimpsest, rng: np.random.Generator) -> None:
        self.settings = settings
        self._pairs = np.triu_indices(settings.size, 1)
        self._synapses = settings.fading.make(len(self._pairs[0]), rng)
        self._recalled = Operations()

    def store(self, patterns: Polar, /) -> None:
        """Show patterns, one after the other, shape (P, N)."""
        check_polar(patterns, self.settings.size)
        source, target = self._pairs
        for pattern in patterns:
            self._synapses.learn((pattern[source] * pattern[target])[None])

    def recall(self, cues: Polar, /) -> Polar:
        """Let every cue settle for at most `sweeps` sweeps, shape (P, N)."""
        check_polar(cues, self.settings.size)
        states, weight = cues.copy(), self.weight
        drive = cues.astype(np.float64) @ weight
        own = np.zeros(self.settings.size)
        n_sweeps = settle(weight, drive, own, states, 0.0, self.settings.sweeps)
        self._recalled += Operations(reads=int(n_sweeps) * 2 * self.n_synapses)
        return states

    def step(self, states: Polar) -> Polar:
        """Return what all units would become at once, shape (P, N)."""
        check_polar(states, self.settings.size)
        return follow(states.astype(np.float64) @ self.weight, states)

    @property
    def weight(self) -> Array:
        """Return w of each pair, shape (N, N), symmetric."""
        weight = np.zeros((self.settings.size, self.settings.size))
        weight[self._pairs] = self._synapses.weight
        return np.asarray(weight + weight.T)

    @property
    def bytes(self) -> int:
        """Return the size of the synapses."""
        return self._synapses.bytes

    @property
    def n_synapses(self) -> int:
        """Return the number of pairs."""
        return len(self._pairs[0])

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        return self._recalled + self._synapses.operations


def overlap_after_step(fading: Fading, size: int, cued: float, age: int, stored: int) -> float:
    """Return the overlap with a pattern after one step of all units, from a damaged cue.

    m = erf(sqrt((N - 1) / 2) m_0 S / sqrt(E w^2 - S^2)): fields of many units are normal.

    Parameters
    ----------
    fading : Fading
        The synapses.
    size : int
        N.
    cued : float
        m_0, overlap of the cue.
    age : int
        How many patterns were stored after it.
    stored : int
        How many in all.
    """
    signal = float(fading.signal(np.array([age]))[0])
    spread = np.sqrt(fading.noise(stored) ** 2 - signal**2)
    return float(erf(np.sqrt((size - 1) / 2) * cued * signal / spread))
