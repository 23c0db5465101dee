"""A mac as the laboratory asks it: codes are the answers, those given at storing the right ones."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import xlogy

from experiments.memory.laboratory.study import Measure, Probing, Study
from experiments.memory.sparsey_settings import Size, SparseyCapacity
from networks.inputs.patterns import fixed_k
from networks.memories.protocol import Operations
from networks.memories.sparsey.afferents import fill
from networks.memories.sparsey.mac import Mac, MacMemory
from networks.memories.sparsey.settings import CriticalPeriod, Selection
from networks.memories.sparsey.theory import random_code_recall

Bits = NDArray[np.bool_]
Array = NDArray[np.float64]


class Coded:
    """Hold a mac and the codes that it gave to what it stored: the right answers."""

    def __init__(self, mac: MacMemory, codes: dict[bytes, Bits], rng: np.random.Generator) -> None:
        self.mac, self.codes, self.rng = mac, codes, rng
        self.first: Bits | None = None

    def store(self, patterns: Bits, /) -> None:
        """Learn patterns and keep their codes outside of the memory."""
        if self.first is None:
            self.first = patterns
        for pattern, code in zip(
            patterns, self.mac.units(self.mac.learn(patterns).winners), strict=True
        ):
            self.codes.setdefault(pattern.tobytes(), code)

    def recall(self, cues: Bits, /) -> Bits:
        """Return the codes of cues, shape (P, Q K)."""
        return self.mac.recall(cues)

    @property
    def bytes(self) -> int:
        """Return the size of the mac."""
        return self.mac.bytes

    @property
    def n_synapses(self) -> int:
        """Return the synapses of the mac."""
        return self.mac.n_synapses

    @property
    def operations(self) -> Operations:
        """Return the accesses of the mac."""
        return self.mac.operations


def study(
    settings: SparseyCapacity, size: Size, selection: Selection, period: CriticalPeriod
) -> Study:
    """Return one memory and what is asked of it.

    Parameters
    ----------
    settings : SparseyCapacity
        Inputs.
    size : Size
        Q and K.
    selection : Selection
        How codes are drawn; the closed form covers chi = 0 without a period.
    period : CriticalPeriod
        When the mac stops to learn.

    Returns
    -------
    Study
        For `experiments.memory.laboratory`.
    """
    mac = Mac(settings.lines, size.modules, size.units, selection=selection, period=period)
    codes: dict[bytes, Bits] = {}

    def make(rng: np.random.Generator) -> Coded:
        codes.clear()
        return Coded(mac.empty(rng), codes, rng)

    def modules(states: Bits, wanted: Bits) -> Array:
        right = np.stack([codes[pattern.tobytes()] for pattern in wanted])
        return np.asarray((states & right).sum(axis=1) / size.modules)

    def bits(states: Bits, wanted: Bits, load: int) -> float:
        return load * size.modules * module_bits(float(modules(states, wanted).mean()), size.units)

    is_random = selection.chi == 0 and period.scope == "never"
    return Study(
        size=settings.lines,
        make=make,
        draw=lambda number, rng: fixed_k(number, settings.lines, settings.active, rng),
        damage=lambda patterns, _rng: patterns,
        theory=_random_theory(settings, size) if is_random else None,
        theory_definition="modules right if codes are drawn at random, exact",
        recalled=modules,
        recalled_definition="the winner is the one of the stored code, as a fraction of modules",
        bits=bits,
        bits_definition="P Q I(p, K), I the information of a choice of K that is right with p",
        measures=_measures(settings),
        stream=f"experiment.{size.modules}.{size.units}",
    )


def module_bits(right: float, units: int) -> float:
    """Compute the information of a choice among K that is right with chance p, in bits.

    Wrong choices are taken as equally likely: log2 K + p log2 p + (1-p) log2((1-p) / (K-1)).
    """
    if units < 2:
        return 0.0
    wrong = 1 - right
    noise = xlogy(right, right) + xlogy(wrong, wrong / (units - 1))
    return float(np.log2(units) + noise / np.log(2))


def _random_theory(settings: SparseyCapacity, size: Size) -> Callable[[int], float]:
    return lambda load: random_code_recall(settings.lines, settings.active, size.units, load)


def _measures(settings: SparseyCapacity) -> tuple[Measure, ...]:
    def novelty(probing: Probing) -> float:
        source: np.random.Generator = np.random.default_rng(probing.load)
        novel = fixed_k(settings.probes, settings.lines, settings.active, source)
        return float(probing.memory.mac.read(novel).familiarity.mean())

    def retention(probing: Probing) -> float:
        first = probing.memory.first
        right = np.stack([probing.memory.codes[pattern.tobytes()] for pattern in first])
        kept = (probing.memory.recall(first) & right).sum(axis=1)
        return float(kept.mean() / probing.memory.mac.settings.modules)

    return (
        Measure("fill", "fraction of bottom-up synapses that are set",
                lambda probing: fill(probing.memory.mac.up), "fill", bounds=(0.0, 1.0)),
        Measure("novelty", "mean G of inputs that were not stored; 1 means: nothing is novel",
                novelty, "G of novel inputs", bounds=(0.0, 1.0)),
        Measure("retention", "modules right for the inputs of the smallest load",
                retention, "modules right, first inputs", bounds=(0.0, 1.0)),
    )  # fmt: skip
