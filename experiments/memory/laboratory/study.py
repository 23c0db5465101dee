"""What is asked of a memory, and the loop: fresh networks, growing loads, damaged cues."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.memory.laboratory.curves import Scale
from experiments.parts import Ask, at_once
from networks.memories.observables import stored_bits
from networks.memories.protocol import Memory
from networks.streams import generator

Patterns = NDArray[Any]
Array = NDArray[np.float64]
Row = dict[str, list[float]]
EXACT = "the recalled state is the stored pattern, unit for unit"


class Trials(Protocol):
    """Say how much is tried: what the settings of every memory experiment have."""

    @property
    def loads(self) -> tuple[int, ...]:
        """Return the numbers of stored patterns at which recall is tested, ascending."""
        ...

    @property
    def networks(self) -> int:
        """Return the number of independent networks."""
        ...

    @property
    def probes(self) -> int:
        """Return the number of cues tried at each load, fewer if fewer patterns are stored."""
        ...


class Probing(NamedTuple):
    """Hold one test of one network.

    Attributes
    ----------
    memory : Memory
        As it is after `load` patterns.
    cues, states, wanted : array, shape (n_probes, N)
        What was shown, what was recalled, and the patterns behind.
    load : int
        Number of stored patterns.
    stored : array, shape (load, N)
        All of them.
    """

    memory: Any
    cues: Patterns
    states: Patterns
    wanted: Patterns
    load: int
    stored: Patterns


@dataclass(frozen=True, slots=True)
class Measure:
    """Measure something more at every load.

    Attributes
    ----------
    name, definition : str
        Of the metric.
    value : callable
        Takes a `Probing`, returns a number.
    label : str
        On the axis of the figure.
    theory : callable, optional
        Takes a load, returns what a closed form predicts.
    theory_definition : str
        The closed form.
    unit : str
        "1" for plain numbers.
    scale : {"linear", "log"}
        Of its axis.
    bounds : tuple of float
        What an interval cannot exceed.
    is_counted : bool
        Whether it is a fraction of the probes.
    """

    name: str
    definition: str
    value: Callable[[Probing], float]
    label: str
    theory: Callable[[int], float] | None = None
    theory_definition: str = ""
    unit: str = "1"
    scale: Scale = "linear"
    bounds: tuple[float, float] = (0.0, np.inf)
    is_counted: bool = False


def is_exact(states: Patterns, wanted: Patterns) -> NDArray[np.bool_]:
    """Return whether each state is its pattern, shape (P,)."""
    return np.asarray((states == wanted).all(axis=1))


@dataclass(frozen=True, slots=True)
class Study:
    """Describe a memory and what is asked of it.

    Attributes
    ----------
    size : int
        N; the load alpha is P / N.
    make : callable
        Takes a generator (of the network), returns a memory that stores nothing.
    draw : callable
        Takes a number and a generator, returns that many patterns.
    damage : callable
        Takes patterns and a generator, returns cues.
    theory : callable, optional
        Takes a load, returns the predicted fraction recalled.
    theory_definition : str
        The closed form, and what it assumes.
    caution : str
        Why the closed forms do not hold for these settings; empty if they do.
    recalled : callable
        Takes states and patterns, returns whether each counts as recalled, or how much of it.
    recalled_definition : str
        The same in words.
    bits : callable
        Takes states, patterns and the load, returns the bits that the memory gives back.
    bits_definition : str
        The same in words.
    measures : tuple of Measure
        What else is measured.
    is_incremental : bool
        Whether `store` may add patterns to stored ones; if not, each load fills a fresh memory.
    is_compiled : bool
        Whether a memory that was just made leaves nothing to compile.
    stream : str
        Begin of the names of the random streams.
    """

    size: int
    make: Callable[[np.random.Generator], Memory]
    draw: Callable[[int, np.random.Generator], Patterns]
    damage: Callable[[Patterns, np.random.Generator], Patterns]
    theory: Callable[[int], float] | None = None
    theory_definition: str = ""
    caution: str = ""
    recalled: Callable[[Patterns, Patterns], NDArray[Any]] = is_exact
    recalled_definition: str = EXACT
    bits: Callable[[Patterns, Patterns, int], float] = stored_bits
    bits_definition: str = "P N T(f; e01, e10)"
    measures: tuple[Measure, ...] = ()
    is_incremental: bool = True
    is_compiled: bool = False
    stream: str = "experiment"


@dataclass(slots=True)
class Outcome:
    """Gather what all networks did.

    Attributes
    ----------
    loads : tuple of int
        Numbers of stored patterns.
    n_probes : array of int, shape (n_loads,)
        Cues tried at each load.
    rows : dict of str to list of list of float
        By metric: a row for each network that is complete, a number for each load.
    """

    loads: tuple[int, ...]
    n_probes: NDArray[np.int64]
    rows: dict[str, list[list[float]]] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Add a complete network."""
        for name, numbers in row.items():
            self.rows.setdefault(name, []).append(numbers)

    def table(self, name: str) -> Array:
        """Return a metric, shape (n_networks, n_loads)."""
        return np.array(self.rows[name], dtype=np.float64)

    @property
    def n_networks(self) -> int:
        """Return the number of networks that are complete."""
        return len(self.rows.get("recall", ()))


def begin(trials: Trials) -> Outcome:
    """Make an outcome without networks."""
    n_probes = np.minimum(np.array(trials.loads), trials.probes)
    return Outcome(tuple(trials.loads), n_probes)


def measure(
    study: Study,
    trials: Trials,
    seed: int,
    outcome: Outcome,
    told: Callable[[int], None] = lambda _done: None,
    ask: Ask = at_once,
    label: str = "",
) -> None:
    """Ask every network at every load.

    Parameters
    ----------
    study : Study
        The memory.
    trials : Trials
        How much is tried.
    seed : int
        Root seed; every network has its own patterns, cues and memory.
    outcome : Outcome
        Where every network is added as soon as it is complete, so that an interruption loses one.
    told : callable
        Hears after how many loads, of all networks, it is.
    ask : callable
        Returns what a network did: measured now, or kept from before.
    label : str
        Of the study, unlike those of others in the same run.
    """
    _compile(study, seed)
    for network in range(trials.networks):
        done = network * len(trials.loads)

        def here(number: int, done: int = done) -> None:
            told(done + number + 1)

        def alone(network: int = network, here: Callable[[int], None] = here) -> Row:
            return _one_network(study, trials, seed, network, here)

        outcome.add(ask(f"{study.stream}/{label}/{network}", alone))
        told(done + len(trials.loads))


def _one_network(
    study: Study, trials: Trials, seed: int, network: int, told: Callable[[int], None]
) -> Row:
    def stream(what: str) -> np.random.Generator:
        return generator(seed, f"{study.stream}.{what}", network)

    patterns = study.draw(trials.loads[-1], stream("patterns"))
    memory = study.make(stream("memory"))
    rng, rows, before = stream("cues"), dict[str, list[float]](), 0
    for number, load in enumerate(trials.loads):
        if not study.is_incremental:
            memory, before = study.make(stream("memory")), 0
        row = _store(memory, patterns[before:load])
        wanted = patterns[rng.choice(load, min(load, trials.probes), replace=False)]
        row |= _recall(study, memory, study.damage(wanted, rng), wanted, patterns[:load])
        for name, value in row.items():
            rows.setdefault(name, []).append(value)
        before = load
        told(number)
    return rows


def _store(memory: Memory, patterns: Patterns) -> dict[str, float]:
    before, began = memory.operations, time.perf_counter()
    memory.store(patterns)
    seconds, used = time.perf_counter() - began, memory.operations - before
    return {
        "operations_store": (used.reads + used.writes) / len(patterns),
        "seconds_store": seconds / len(patterns),
    }


def _recall(
    study: Study, memory: Memory, cues: Patterns, wanted: Patterns, stored: Patterns
) -> dict[str, float]:
    before, began = memory.operations, time.perf_counter()
    states = memory.recall(cues)
    seconds, used = time.perf_counter() - began, memory.operations - before
    probing = Probing(memory, cues, states, wanted, len(stored), stored)
    return {
        "recall": float(study.recalled(states, wanted).mean()),
        "bits_per_synapse": study.bits(states, wanted, len(stored)) / memory.n_synapses,
        "operations_recall": (used.reads + used.writes) / len(cues),
        "seconds_recall": seconds / len(cues),
        "bytes": float(memory.bytes),
        **{each.name: float(each.value(probing)) for each in study.measures},
    }


def _compile(study: Study, seed: int) -> None:
    """Let kernels compile before anything is timed."""
    if study.is_compiled:
        return
    rng = generator(seed, f"{study.stream}.compilation")
    patterns = study.draw(2, rng)
    memory = study.make(rng)
    memory.store(patterns)
    memory.recall(study.damage(patterns, rng))
