"""A mac: modules of units that compete, with bottom-up, horizontal and top-down synapses."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from networks.memories.bits import Words, n_words, pack
from networks.memories.protocol import Operations
from networks.memories.sparsey import kernels
from networks.memories.sparsey.afferents import n_synapses, no_synapses
from networks.memories.sparsey.settings import CriticalPeriod, Powers, Selection
from neuro.errors import SpecError

Bits = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Codes:
    """Hold the codes of some inputs.

    Attributes
    ----------
    winners : array of int64, shape (T, Q)
        The winner of each module, 0 to K - 1.
    familiarity : array of float64, shape (T,)
        G, 0 (novel) to 1.
    """

    winners: NDArray[np.int64]
    familiarity: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Mac:
    """Describe a mac: Q modules of K units, of which one wins in each.

    The support of a unit is V = U**lamU * H**lamH * D**lamD, each signal the fraction of its
    active lines that have a synapse onto the unit, between 0 and 1; a signal without active
    lines is left out. The code is selected as `Selection` says. Learning sets the synapses from
    all active lines onto the winners, once, and clears none.

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
    up, beside, above : Afferents
        The matrices U, H and D.
    """

    def __init__(self, settings: Mac, rng: np.random.Generator) -> None:
        q, k = settings.modules, settings.units
        self.settings = settings
        self.up = no_synapses(q, k, settings.lines)
        self.beside = no_synapses(q, k, settings.beside, own_code=settings.horizontal)
        self.above = no_synapses(q, k, settings.top_down)
        if settings.period.scope == "unit":
            # The period of a unit ends for all its synapses at once.
            self.beside = self.beside._replace(frozen=self.up.frozen)
            self.above = self.above._replace(frozen=self.up.frozen)
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
    def bytes(self) -> int:
        """Return the size of the synapses, their counts and what is frozen."""
        parts = (self.up, self.beside, self.above)
        return sum(part.weight.nbytes + part.n_set.nbytes + part.frozen.nbytes for part in parts)

    @property
    def n_synapses(self) -> int:
        """Return the number of places where a synapse may be."""
        return sum(n_synapses(part) for part in (self.up, self.beside, self.above))

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
            pack(_checked("inputs", inputs, n_inputs, self.settings.lines)),
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

        Returns
        -------
        Codes
            One for each input.
        """
        period, powers = self.settings.period, self.settings.powers
        winners = np.empty((len(begins), self.settings.modules), dtype=np.int64)
        g = np.empty(len(begins))
        reads, writes = kernels.present(
            (self.up, self.beside, self.above),
            words,
            begins,
            self.settings.horizontal,
            (float(powers[0]), float(powers[1]), float(powers[2])),
            self.settings.selection.parameters,
            learns,
            (period.scope != "never", period.scope == "mac", float(period.fill)),
            rng,
            winners,
            g,
        )
        self._operations += Operations(int(reads), int(writes))
        return Codes(winners, g)

    def _from_above(self, above: Bits | None, n_inputs: int) -> Words:
        if above is None:
            return np.zeros((n_inputs, n_words(self.settings.top_down)), dtype=np.uint64)
        return pack(_checked("lines from above", above, n_inputs, self.settings.top_down))


def _checked(name: str, patterns: NDArray[Any], n_patterns: int, lines: int) -> Bits:
    if patterns.shape != (n_patterns, lines) or patterns.dtype != np.bool_:
        raise SpecError(
            f"{name} of {patterns.dtype} {patterns.shape}; needed: bool ({n_patterns}, {lines})"
        )
    return patterns
