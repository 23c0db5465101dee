"""The Hopfield memory: graded synapses of one of five rules, units that settle one at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.kernels import kernel
from networks.memories.hopfield_rules import RULES
from networks.memories.hopfield_settings import RuleName, RuleSettings
from networks.memories.polar import Polar, check_polar, follow
from networks.memories.protocol import Operations
from neuro.errors import SpecError

Array = NDArray[np.float64]
# Rules that divide leave rounding where a field is none: N h below this is a tie.
NO_FIELD = 1e-9


@dataclass(frozen=True, slots=True)
class Hopfield:
    """Store patterns of +1 and -1, and recall by the zero-temperature dynamics of Hopfield.

    In a sweep every unit in turn, from the first to the last, becomes

        s_i = sign(h_i - theta),    h_i = sum_{j != i} J_ij s_j

    and keeps its value if h_i = theta, but for rounding. theta lies half way between the fields of
    units at +1 and at -1: 0, but -a (1 - a^2), a = 2 f - 1, for the covariance rule. A sweep that
    changes nothing ends the recall.

    Attributes
    ----------
    size : int
        N, units.
    rule : str
        One of `networks.memories.hopfield_rules.RULES`.
    sweeps : int
        Most sweeps of one recall.
    learning : RuleSettings
        What the rule is told.
    autapses : bool
        Whether a unit hears itself, if its rule gives it a synapse.

    References
    ----------
    Hopfield, "Neural networks and physical systems with emergent collective computational
    abilities", PNAS 79 (1982).
    """

    size: int
    rule: RuleName = "hebb"
    sweeps: int = 100
    learning: RuleSettings = field(default_factory=RuleSettings)
    autapses: bool = False

    def __post_init__(self) -> None:
        if self.size < 2 or self.sweeps < 1:
            raise SpecError(f"size {self.size}, sweeps {self.sweeps}; needed: at least 2 and 1")
        if self.rule not in RULES:
            raise SpecError(f"rule {self.rule}; there are {', '.join(RULES)}")

    def empty(self) -> HopfieldMemory:
        """Make a memory that stores nothing."""
        return HopfieldMemory(self)


class HopfieldMemory:
    """Hold the synapses of one memory as N J, [source, target].

    Attributes
    ----------
    settings : Hopfield
        What was asked for.
    """

    def __init__(self, settings: Hopfield) -> None:
        self.settings = settings
        self._scaled = np.zeros((settings.size, settings.size))
        self._operations = Operations()

    def store(self, patterns: Polar, /) -> None:
        """Show patterns to the rule, shape (P, N)."""
        check_polar(patterns, self.settings.size)
        learn = RULES[self.settings.rule]
        self._operations += learn(self._scaled, patterns, self.settings.learning)

    def recall(self, cues: Polar, /) -> Polar:
        """Let every cue settle for at most `sweeps` sweeps, shape (P, N)."""
        check_polar(cues, self.settings.size)
        states = cues.copy()
        n_sweeps = settle(
            self._scaled, self._drive(cues), self._own, states, self._threshold,
            self.settings.sweeps,
        )  # fmt: skip
        self._operations += Operations(reads=int(n_sweeps) * self.n_synapses)
        return states

    def fields(self, states: Polar) -> Array:
        """Return h_i - theta of all units in each state, shape (P, N)."""
        check_polar(states, self.settings.size)
        heard = self._drive(states) - self._own * states
        return np.asarray((heard - self._threshold) / self.settings.size)

    def step(self, states: Polar) -> Polar:
        """Return what all units would become at once, shape (P, N)."""
        return follow(self.fields(states) * self.settings.size, states, NO_FIELD)

    def energy(self, states: Polar) -> Array:
        """Return E / N = -(1 / 2N) sum_ij J_ij s_i s_j + (theta / N) sum_i s_i of each state."""
        theta = self._threshold / self.settings.size
        drive = self.fields(states) + theta
        return np.asarray(np.mean(states * (theta - drive / 2), axis=1))

    def stability(self, patterns: Polar) -> Array:
        """Return Gardner's xi_i (h_i - theta) / |J_i| of each unit, shape (P, N)."""
        return np.asarray(patterns * self.fields(patterns) / np.linalg.norm(self.weight, axis=1))

    @property
    def weight(self) -> Array:
        """Return J, shape (N, N), [target, source]; a copy."""
        weight = self._scaled.T / self.settings.size
        if not self.settings.autapses:
            np.fill_diagonal(weight, 0.0)
        return weight

    @property
    def bytes(self) -> int:
        """Return the size of the synapses."""
        return self._scaled.nbytes

    @property
    def n_synapses(self) -> int:
        """Return the number of pairs of different units, each direction one."""
        size = self.settings.size
        return size * (size if self.settings.autapses else size - 1)

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        return self._operations

    @property
    def _own(self) -> Array:
        """Return what of N J a unit has on itself and does not hear."""
        own = np.diagonal(self._scaled).copy()
        return np.zeros_like(own) if self.settings.autapses else own

    @property
    def _threshold(self) -> float:
        """Return N theta."""
        if self.settings.rule != "covariance":
            return 0.0
        mean = 2 * self.settings.learning.level - 1
        return float(-mean * (1 - mean**2) * self.settings.size)

    def _drive(self, states: Polar) -> Array:
        return np.asarray(states.astype(np.float64) @ self._scaled)


@kernel()
def settle(scaled: Any, drive: Any, own: Any, states: Any, threshold: float, most: int) -> int:
    """Let all states settle in place; return how many sweeps there were.

    `drive` is N h of each state with autapses; it follows every flip, so that a unit that keeps
    its value costs one comparison.
    """
    n_units, n_sweeps = states.shape[1], 0
    for number in range(len(states)):
        state, heard = states[number], drive[number]
        for _ in range(most):
            n_flips = 0
            for unit in range(n_units):
                net = heard[unit] - own[unit] * state[unit] - threshold
                if net * state[unit] < -NO_FIELD:
                    change = -2.0 * state[unit]
                    state[unit] = -state[unit]
                    row = scaled[unit]
                    for target in range(n_units):
                        heard[target] += change * row[target]
                    n_flips += 1
            n_sweeps += 1
            if n_flips == 0:
                break
    return n_sweeps
