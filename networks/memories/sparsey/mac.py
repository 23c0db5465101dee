"""A mac: modules of units that compete, with bottom-up, horizontal and top-down synapses."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from networks.memories.bits import Words, n_words, pack
from networks.memories.protocol import Operations
from networks.memories.sparsey import ages, kernels
from networks.memories.sparsey.afferents import Afferents, n_synapses, no_synapses, size
from networks.memories.sparsey.codes import Bits, Codes, Gains, check_lines
from networks.memories.sparsey.fading import Decay
from networks.memories.sparsey.hypotheses import Hypotheses
from networks.memories.sparsey.rules import rules
from networks.memories.sparsey.settings import CriticalPeriod, Powers, Selection
from networks.memories.sparsey.signals import scratch
from neuro.errors import SpecError


@dataclass(frozen=True, slots=True)
class Mac:
    """Describe a mac: Q modules of K units, of which one wins in each.

    The support of a unit is V = U**lamU * H**lamH * D**lamD, each signal the fraction of its
    active lines that have a synapse onto the unit, between 0 and 1; a signal without active
    lines is left out. The code is selected as `Selection` says. Learning sets the synapses from
    all active lines onto the winners, once, and clears none; with `decay` they fade afterwards.

    Attributes
    ----------
    lines : int
        Bottom-up lines (pixels, or units of macs below).
    modules, units : int
        Q and K.
    horizontal : bool
        Whether the code of the step before acts on the next one (H), on all modules but its own.
    neighbours : int
        Further horizontal lines: units of neighbouring macs.
    top_down : int
        Lines from above (D): units of macs above, or classes.
    powers : tuple of float
        lamU, lamH, lamD; a signal of power 0 learns but does not select.
    selection : Selection
        How codes are selected.
    period : CriticalPeriod
        When synapses stop to learn.
    decay : Decay, optional
        How synapses fade; without it they stay.
    hypotheses : Hypotheses, optional
        How codes of several hypotheses count; without it F(zeta) = 1.

    References
    ----------
    Rinkus, "A cortical sparse distributed coding model linking mini- and macrocolumn-scale
    functionality", Frontiers in Neuroanatomy 4:17 (2010); and Frontiers in Computational
    Neuroscience 8:160 (2014).
    """

    lines: int
    modules: int
    units: int
    horizontal: bool = False
    neighbours: int = 0
    top_down: int = 0
    powers: Powers = (1.0, 1.0, 1.0)
    selection: Selection = field(default_factory=Selection)
    period: CriticalPeriod = field(default_factory=CriticalPeriod)
    decay: Decay | None = None
    hypotheses: Hypotheses | None = None

    def __post_init__(self) -> None:
        if min(self.lines, self.modules, self.units) < 1 or min(self.neighbours, self.top_down) < 0:
            raise SpecError(
                f"{self.lines} lines, {self.modules} modules of {self.units} units; needed: at "
                "least 1 of each"
            )
        if min(self.powers) < 0:
            raise SpecError(f"powers {self.powers}; needed: 0 or more")

    @property
    def size(self) -> int:
        """Return the number of units, Q K."""
        return self.modules * self.units

    @property
    def beside(self) -> int:
        """Return the number of horizontal lines; the mac's own units are the first of them."""
        return self.size * self.horizontal + self.neighbours

    def empty(self, rng: np.random.Generator) -> MacMemory:
        """Make a mac that has learnt nothing.

        Parameters
        ----------
        rng : numpy.random.Generator
            Source of the draws while learning; also seeds how recall breaks ties.

        Returns
        -------
        MacMemory
            The memory.
        """
        return MacMemory(self, rng)


class MacMemory:
    """Hold the synapses of one mac.

    Attributes
    ----------
    settings : Mac
        What was asked for.
    """

    def __init__(self, settings: Mac, rng: np.random.Generator) -> None:
        q, k = settings.modules, settings.units
        self.settings = settings
        fades = settings.decay is not None
        up = no_synapses(q, k, settings.lines, fades=fades)
        beside = no_synapses(q, k, settings.beside, settings.horizontal, fades)
        above = no_synapses(q, k, settings.top_down, fades=fades)
        if settings.period.scope == "unit":
            # The period of a unit ends for all its synapses at once.
            beside = beside._replace(frozen=up.frozen)
            above = above._replace(frozen=up.frozen)
        self._matrices = up, beside, above
        self._rules = rules(
            settings.horizontal, settings.powers, settings.selection, settings.period,
            settings.decay, settings.hypotheses,
        )  # fmt: skip
        self._rng = rng
        self._tie_seed = int(rng.integers(2**63))
        self._operations = Operations()

    def store(self, patterns: Bits, /) -> None:
        """Learn each pattern by one presentation, shape (P, lines)."""
        self.learn(patterns)

    def recall(self, cues: Bits, /) -> Bits:
        """Return the code that each cue brings back, shape (P, Q K); changes nothing."""
        return self.units(self.read(cues).winners)

    def learn(self, inputs: Bits, above: Bits | None = None, begins: Bits | None = None) -> Codes:
        """Present inputs one after the other, drawing codes and setting synapses.

        Parameters
        ----------
        inputs : array of bool, shape (T, lines)
            Active bottom-up lines.
        above : array of bool, shape (T, top_down), optional
            Active lines from above.
        begins : array of bool, shape (T,), optional
            Where a sequence begins, so that the code before does not act; everywhere if left
            out.

        Returns
        -------
        Codes
            One for each input.
        """
        return self._present(inputs, above, begins, self._rng, learns=True)

    def read(self, inputs: Bits, above: Bits | None = None, begins: Bits | None = None) -> Codes:
        """Present inputs and take the best supported units; the memory stays as it is.

        Parameters are those of `learn`. Ties are drawn from a stream of the memory's own that
        begins anew with every call: equal questions have equal answers.
        """
        return self._present(
            inputs, above, begins, np.random.default_rng(self._tie_seed), learns=False
        )

    def units(self, winners: NDArray[np.int64]) -> Bits:
        """Write codes of shape (T, Q) as active units, shape (T, Q K)."""
        active = winners[:, :, None] == np.arange(self.settings.units)
        return np.asarray(active.reshape(len(winners), self.settings.size))

    @property
    def up(self) -> Afferents:
        """Return the matrix U; what has faded is cleared."""
        return self._living(0)

    @property
    def beside(self) -> Afferents:
        """Return the matrix H; what has faded is cleared."""
        return self._living(1)

    @property
    def above(self) -> Afferents:
        """Return the matrix D; what has faded is cleared."""
        return self._living(2)

    @property
    def bytes(self) -> int:
        """Return the size of the synapses, their counts and ages, and what is frozen."""
        return sum(size(part) for part in self._matrices)

    def wait(self, steps: int) -> None:
        """Let learning steps pass without an input; synapses that do not fade stay."""
        if steps < 0:
            raise SpecError(f"steps {steps}; needed: 0 or more")
        if self.settings.decay is not None:
            for part in self._matrices:
                # What has waited for the longest life is dead, however long it waits.
                part.clock[~part.frozen] += min(steps, int(self.settings.decay.lives[-1]))

    @property
    def n_synapses(self) -> int:
        """Return the number of places where a synapse may be."""
        return sum(n_synapses(part) for part in self._matrices)

    @property
    def operations(self) -> Operations:
        """Return the synapse accesses since the memory was made."""
        return self._operations

    def _present(
        self,
        inputs: Bits,
        above: Bits | None,
        begins: Bits | None,
        rng: np.random.Generator,
        learns: bool,
    ) -> Codes:
        n_inputs = len(inputs)
        words = (
            pack(check_lines("inputs", inputs, n_inputs, self.settings.lines)),
            np.zeros((n_inputs, n_words(self.settings.beside)), dtype=np.uint64),
            self._from_above(above, n_inputs),
        )
        first = np.ones(n_inputs, np.bool_) if begins is None else np.asarray(begins, np.bool_)
        if first.shape != (n_inputs,):
            raise SpecError(f"begins of shape {first.shape} for {n_inputs} inputs")
        return self.present(words, first, rng, learns)

    def present(
        self,
        words: tuple[Words, Words, Words],
        begins: Bits,
        rng: np.random.Generator,
        learns: bool,
        gains: Gains | None = None,
    ) -> Codes:
        """Present inputs that are packed already, as a hierarchy does.

        Parameters
        ----------
        words : tuple of three arrays of uint64, shapes (T, n_words)
            Lines from below, beside and above. The mac adds its own code of the step before to
            the second, in place.
        begins : array of bool, shape (T,)
            Where it does not.
        rng : numpy.random.Generator
            Source of the draws.
        learns : bool
            Whether codes are drawn and synapses set.
        gains : tuple of three arrays of float64, shapes (T, lines), optional
            F of each line, 1 if left out. The mac writes that of its own code into the second.

        Returns
        -------
        Codes
            One for each input.
        """
        n_inputs = len(begins)
        winners = np.empty((n_inputs, self.settings.modules), dtype=np.int64)
        g, zeta = np.empty(n_inputs), np.ones(n_inputs, dtype=np.int64)
        if gains is None:
            gains = self._equal_gains(n_inputs)
        mac = self.settings
        room = scratch(mac.modules, mac.units, max(word.shape[1] for word in words))
        reads, writes = kernels.present(
            self._matrices, self._rules, words, gains, begins, learns, rng, winners, g, zeta, room
        )
        self._operations += Operations(int(reads), int(writes))
        return Codes(winners, g, zeta)

    def _equal_gains(self, n_inputs: int) -> Gains | None:
        """Let all lines count 1; they are none where nobody counts hypotheses."""
        mac = self.settings
        if mac.decay is None and mac.hypotheses is None:
            return None
        counts = mac.hypotheses is not None
        up, beside, above = (
            np.ones((n_inputs, lines * counts)) for lines in (mac.lines, mac.beside, mac.top_down)
        )
        return up, beside, above

    def _living(self, signal: int) -> Afferents:
        part = self._matrices[signal]
        if self.settings.decay is not None:
            ages.clear(part, self.settings.decay.lives)
        return part

    def _from_above(self, above: Bits | None, n_inputs: int) -> Words:
        if above is None:
            return np.zeros((n_inputs, n_words(self.settings.top_down)), dtype=np.uint64)
        return pack(check_lines("lines from above", above, n_inputs, self.settings.top_down))
