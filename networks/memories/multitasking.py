"""The multitasking memory: diluted patterns, several of which one state recalls at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import kernel
from networks.memories.polar import Polar, check_polar
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Array = NDArray[np.float64]
# Overlaps of averages are sums of rounded numbers: a field below this is none.
NO_FIELD = 1e-12


@dataclass(frozen=True, slots=True)
class Multitasking:
    """Store patterns of +1, -1 and 0 in J_ij = (1/N) sum_mu xi_i xi_j, and let units settle.

    In a sweep every unit in turn, from the first to the last, becomes +1 with the chance

        1 / (1 + exp(-2 h_i / T)),    h_i = (1/N) sum_mu xi_i^mu (M_mu - xi_i^mu s_i)

    with the overlap M_mu = sum_i xi_i^mu s_i; for T = 0 the sign of h_i, its own where h_i = 0.
    What is blank in one pattern is free for another. At T = 0 a sweep that changes nothing ends
    the recall. No J is written down.

    Attributes
    ----------
    size : int
        N, units.
    temperature : float
        T, at least 0.
    sweeps : int
        Most sweeps of one recall; all of them for T > 0.

    References
    ----------
    Agliari, Barra, Galluzzi, Guerra & Moauro, "Multitasking associative networks", PRL 109 (2012).
    """

    size: int
    temperature: float = 0.0
    sweeps: int = 100

    def __post_init__(self) -> None:
        if self.size < 2 or self.sweeps < 1:
            raise SpecError(f"size {self.size}, sweeps {self.sweeps}; needed: at least 2 and 1")
        if not self.temperature >= 0:
            raise SpecError(f"temperature {self.temperature}; needed: 0 or more")

    def empty(self, rng: np.random.Generator) -> MultitaskingMemory:
        """Make a memory that stores nothing; `rng` is what its units draw from."""
        return MultitaskingMemory(self, rng)


class MultitaskingMemory:
    """Hold the patterns, [unit, pattern].

    Supervised learning from examples stores the average of each class, unsupervised learning each
    example; the scale of either changes nothing at T = 0.

    Attributes
    ----------
    settings : Multitasking
        What was asked for.
    """

    def __init__(self, settings: Multitasking, rng: np.random.Generator) -> None:
        self.settings = settings
        self._patterns = np.zeros((settings.size, 0))
        self._rng = rng
        self._operations = Operations()

    def store(self, patterns: NDArray[Any], /) -> None:
        """Add patterns, or averages of examples, shape (K, N)."""
        if patterns.ndim != 2 or patterns.shape[1] != self.settings.size:
            raise SpecError(f"patterns {patterns.shape}; needed: (number, {self.settings.size})")
        held = np.concatenate([self._patterns, patterns.T.astype(np.float64)], axis=1)
        self._patterns = np.ascontiguousarray(held)
        self._operations += Operations(writes=patterns.size)

    def recall(self, cues: Polar, /) -> Polar:
        """Let every cue settle for at most `sweeps` sweeps, shape (P, N)."""
        check_polar(cues, self.settings.size)
        states = cues.copy()
        made = self.settings
        seed = int(self._rng.integers(2**31)) if made.temperature > 0 else 0
        n_sweeps = settle(self._patterns, states, made.temperature, made.sweeps, seed)
        self._operations += Operations(reads=int(n_sweeps) * self._patterns.size)
        return states

    @property
    def bytes(self) -> int:
        """Return the size of the patterns."""
        return self._patterns.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of pairs of different units, each direction one; none is kept."""
        return self.settings.size * (self.settings.size - 1)

    @property
    def operations(self) -> Operations:
        """Return the numbers of patterns read and written since the memory was made."""
        return self._operations


def fill_blanks(patterns: Polar, rng: np.random.Generator) -> Polar:
    """Return the hierarchical state, shape (N,): the first pattern that is not blank, or chance."""
    state = rng.choice(np.array([-1, 1], np.int8), patterns.shape[1])
    for pattern in patterns[::-1]:
        state = np.where(pattern != 0, pattern, state)
    return np.asarray(state, dtype=np.int8)


@kernel()
def settle(patterns: Any, states: Any, temperature: float, most: int, seed: int) -> int:
    """Let all states settle in place; return how many sweeps there were."""
    np.random.seed(seed)  # noqa: NPY002 (the generator of compiled code)
    n_units, n_patterns = patterns.shape
    overlap = np.empty(n_patterns)
    n_sweeps = 0
    for state in states:
        for number in range(n_patterns):
            overlap[number] = 0.0
        for unit in range(n_units):
            for number in range(n_patterns):
                overlap[number] += patterns[unit, number] * state[unit]
        for _ in range(most):
            n_flips = 0
            for unit in range(n_units):
                heard = 0.0
                for number in range(n_patterns):
                    own = patterns[unit, number]
                    heard += own * (overlap[number] - own * state[unit])
                heard /= n_units
                if temperature > 0:
                    is_up = np.random.random() < 1 / (1 + np.exp(-2 * heard / temperature))  # noqa: NPY002
                    wanted = 1 if is_up else -1
                elif abs(heard) < NO_FIELD:
                    wanted = state[unit]
                else:
                    wanted = 1 if heard > 0 else -1
                if wanted != state[unit]:
                    for number in range(n_patterns):
                        overlap[number] -= 2 * patterns[unit, number] * state[unit]
                    state[unit] = wanted
                    n_flips += 1
            n_sweeps += 1
            if n_flips == 0 and temperature == 0:
                break
    return n_sweeps
